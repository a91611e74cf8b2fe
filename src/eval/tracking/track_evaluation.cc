// SPDX-License-Identifier: Apache-2.0
#include "eval/tracking/track_evaluation.h"

#include "eval/tracking/measures.h"

namespace weir::eval {
namespace {

struct TrackSums {
  int64_t objects = 0;
  int64_t object_tracks = 0;
  int64_t found_tracks = 0;
  HotaSums hota;
  ClearSums clear;
  IdentitySums identity;

  TrackSums& operator+=(const TrackSums& other) {
    objects += other.objects;
    object_tracks += other.object_tracks;
    found_tracks += other.found_tracks;
    hota += other.hota;
    clear += other.clear;
    identity += other.identity;
    return *this;
  }
};

TrackSums sums_of(const ClassTracks& one) {
  TrackSums sums;
  sums.objects = one.objects;
  for (const TrackSequence& sequence : one.sequences) {
    sums.object_tracks += static_cast<int64_t>(sequence.object_ids.size());
    sums.found_tracks += static_cast<int64_t>(sequence.found_ids.size());
    sums.hota += measure_hota(sequence);
    sums.clear += measure_clear(sequence);
    sums.identity += measure_identity(sequence);
  }
  return sums;
}

TrackFigures figures_of(const TrackSums& sums) {
  TrackFigures figures;
  figures.objects = sums.objects;
  figures.object_tracks = sums.object_tracks;
  figures.found_tracks = sums.found_tracks;
  figures.id_switches = sums.clear.id_switches;
  figures.right = sums.clear.right;
  figures.missed = sums.clear.missed;
  figures.wrong = sums.clear.wrong;
  if (sums.objects == 0) return figures;
  figures.hota = sums.hota.hota();
  figures.deta = sums.hota.detection_accuracy();
  figures.assa = sums.hota.association_accuracy();
  figures.mota = sums.clear.mota();
  figures.idf1 = sums.identity.idf1();
  return figures;
}

}  // namespace

TrackEvaluation evaluate_tracks(std::span<const ClassTracks> classes) {
  TrackEvaluation evaluation;
  TrackSums all;
  for (const ClassTracks& one : classes) {
    const TrackSums sums = sums_of(one);
    evaluation.by_class.push_back({one.label, figures_of(sums)});
    all += sums;
  }
  evaluation.all = figures_of(all);
  return evaluation;
}

}  // namespace weir::eval
