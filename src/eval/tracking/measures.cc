// SPDX-License-Identifier: Apache-2.0
#include "eval/tracking/measures.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

#include "base/assignment.h"

namespace weir::eval {
namespace {

constexpr double kEpsilon = std::numeric_limits<double>::epsilon();

/// The i-th threshold of HOTA. Rounded as TrackEval's, since overlaps do lie exactly on thresholds.
constexpr double hota_threshold(size_t i) {
  return 0.05 + static_cast<double>(i) * 0.05;
}

double share(double part, int64_t whole) {
  return part / static_cast<double>(std::max<int64_t>(1, whole));
}

int64_t size_of(const std::vector<TrackBox>& boxes) {
  return static_cast<int64_t>(boxes.size());
}

using TrackPair = std::pair<int32_t, int32_t>;  ///< a true track, one that was found

TrackPair tracks_of(const TrackFrame& frame, const Overlap& overlap) {
  return {frame.objects[static_cast<size_t>(overlap.object)].track,
          frame.found[static_cast<size_t>(overlap.found)].track};
}

/// In how many frames each track is.
struct TrackLengths {
  std::vector<int64_t> objects;
  std::vector<int64_t> found;

  explicit TrackLengths(const TrackSequence& sequence)
      : objects(sequence.object_ids.size()), found(sequence.found_ids.size()) {
    for (const TrackFrame& frame : sequence.frames) {
      for (const TrackBox& one : frame.objects) ++objects[static_cast<size_t>(one.track)];
      for (const TrackBox& one : frame.found) ++found[static_cast<size_t>(one.track)];
    }
  }
  [[nodiscard]] int64_t sum(TrackPair pair) const {
    return objects[static_cast<size_t>(pair.first)] + found[static_cast<size_t>(pair.second)];
  }
};

/// A frame's overlaps that belong together, such that the sum of `weight(overlap)` is the largest.
template <class Weight>
std::vector<Overlap> match(const TrackFrame& frame, Assignment& assignment, Weight weight) {
  std::vector<WeightedPair> pairs;
  for (const Overlap& overlap : frame.overlaps) {
    pairs.push_back({overlap.object, overlap.found, weight(overlap)});
  }
  const auto found_of =
      assignment.solve(static_cast<int>(frame.objects.size()), static_cast<int>(frame.found.size()), pairs);
  std::vector<Overlap> matches;
  for (const Overlap& overlap : frame.overlaps) {
    if (found_of[static_cast<size_t>(overlap.object)] == overlap.found) matches.push_back(overlap);
  }
  return matches;
}

/// How well two tracks fit in all frames together, 0..1.
std::map<TrackPair, double> alignments(const TrackSequence& sequence, const TrackLengths& lengths) {
  std::map<TrackPair, double> fits;
  for (const TrackFrame& frame : sequence.frames) {
    std::vector<double> of_object(frame.objects.size());
    std::vector<double> of_found(frame.found.size());
    for (const Overlap& overlap : frame.overlaps) {
      of_object[static_cast<size_t>(overlap.object)] += overlap.iou;
      of_found[static_cast<size_t>(overlap.found)] += overlap.iou;
    }
    for (const Overlap& overlap : frame.overlaps) {
      const double all = of_object[static_cast<size_t>(overlap.object)] +
                         of_found[static_cast<size_t>(overlap.found)] - overlap.iou;
      fits[tracks_of(frame, overlap)] += overlap.iou / all;
    }
  }
  for (auto& [pair, fit] : fits) fit /= static_cast<double>(lengths.sum(pair)) - fit;
  return fits;
}

/// At each threshold of HOTA, how many matches.
using MatchCounts = std::array<int64_t, kHotaThresholds>;

template <class Value>
double mean_of(const HotaSums& sums, Value value) {
  double sum = 0;
  for (const HotaSums::AtThreshold& at : sums.at) sum += value(at);
  return sum / kHotaThresholds;
}

double detection_accuracy_at(const HotaSums::AtThreshold& at) {
  return share(static_cast<double>(at.right), at.right + at.missed + at.wrong);
}

double association_accuracy_at(const HotaSums::AtThreshold& at) {
  return share(at.association, at.right);
}

}  // namespace

HotaSums& HotaSums::operator+=(const HotaSums& other) {
  for (size_t i = 0; i < at.size(); ++i) {
    at[i].right += other.at[i].right;
    at[i].missed += other.at[i].missed;
    at[i].wrong += other.at[i].wrong;
    at[i].association += other.at[i].association;
  }
  return *this;
}

double HotaSums::hota() const {
  return mean_of(*this, [](const AtThreshold& one) {
    return std::sqrt(detection_accuracy_at(one) * association_accuracy_at(one));
  });
}

double HotaSums::detection_accuracy() const {
  return mean_of(*this, detection_accuracy_at);
}

double HotaSums::association_accuracy() const {
  return mean_of(*this, association_accuracy_at);
}

HotaSums measure_hota(const TrackSequence& sequence) {
  HotaSums sums;
  Assignment assignment;
  const TrackLengths lengths(sequence);
  const auto fits = alignments(sequence, lengths);
  std::map<TrackPair, MatchCounts> counts;
  for (const TrackFrame& frame : sequence.frames) {
    const auto matches = match(frame, assignment, [&](const Overlap& overlap) {
      return fits.at(tracks_of(frame, overlap)) * overlap.iou;
    });
    MatchCounts right{};
    for (const Overlap& overlap : matches) {
      MatchCounts& together = counts[tracks_of(frame, overlap)];
      for (size_t i = 0; i < right.size(); ++i) {
        if (overlap.iou < hota_threshold(i) - kEpsilon) break;
        ++right[i];
        ++together[i];
      }
    }
    for (size_t i = 0; i < sums.at.size(); ++i) {
      sums.at[i].right += right[i];
      sums.at[i].missed += size_of(frame.objects) - right[i];
      sums.at[i].wrong += size_of(frame.found) - right[i];
    }
  }
  for (const auto& [pair, matched] : counts) {
    for (size_t i = 0; i < sums.at.size(); ++i) {
      sums.at[i].association += static_cast<double>(matched[i]) *
                                share(static_cast<double>(matched[i]), lengths.sum(pair) - matched[i]);
    }
  }
  return sums;
}

ClearSums& ClearSums::operator+=(const ClearSums& other) {
  right += other.right;
  missed += other.missed;
  wrong += other.wrong;
  id_switches += other.id_switches;
  return *this;
}

double ClearSums::mota() const {
  return share(static_cast<double>(right - wrong - id_switches), right + missed);
}

ClearSums measure_clear(const TrackSequence& sequence) {
  constexpr int32_t kNone = -1;
  constexpr double kGoesOn = 1000;  // worth more than all overlaps of a frame
  ClearSums sums;
  Assignment assignment;
  // By true track, what it was matched with: in the last frame in which anything could be, and ever.
  std::vector<int32_t> before(sequence.object_ids.size(), kNone);
  std::vector<int32_t> last(before);
  for (const TrackFrame& frame : sequence.frames) {
    std::vector<Overlap> matches;
    if (!frame.objects.empty() && !frame.found.empty()) {
      matches = match(frame, assignment, [&](const Overlap& overlap) {
        if (overlap.iou < kTrackIou - kEpsilon) return 0.0;
        const auto [object, found] = tracks_of(frame, overlap);
        return (before[static_cast<size_t>(object)] == found ? kGoesOn : 0) + overlap.iou;
      });
      std::ranges::fill(before, kNone);
    }
    for (const Overlap& overlap : matches) {
      const auto [object, found] = tracks_of(frame, overlap);
      int32_t& known = last[static_cast<size_t>(object)];
      if (known != kNone && known != found) ++sums.id_switches;
      known = before[static_cast<size_t>(object)] = found;
    }
    const auto right = static_cast<int64_t>(matches.size());
    sums.right += right;
    sums.missed += size_of(frame.objects) - right;
    sums.wrong += size_of(frame.found) - right;
  }
  return sums;
}

IdentitySums& IdentitySums::operator+=(const IdentitySums& other) {
  right += other.right;
  missed += other.missed;
  wrong += other.wrong;
  return *this;
}

double IdentitySums::idf1() const {
  const double all = static_cast<double>(right) + 0.5 * static_cast<double>(wrong + missed);
  return static_cast<double>(right) / std::max(1.0, all);
}

IdentitySums measure_identity(const TrackSequence& sequence) {
  IdentitySums sums;
  std::map<TrackPair, double> together;  // in how many frames
  for (const TrackFrame& frame : sequence.frames) {
    sums.missed += size_of(frame.objects);
    sums.wrong += size_of(frame.found);
    for (const Overlap& overlap : frame.overlaps) {
      if (overlap.iou >= kTrackIou) ++together[tracks_of(frame, overlap)];
    }
  }
  std::vector<WeightedPair> pairs;
  for (const auto& [pair, frames] : together) pairs.push_back({pair.first, pair.second, frames});
  Assignment assignment;
  const auto found_of = assignment.solve(static_cast<int>(sequence.object_ids.size()),
                                         static_cast<int>(sequence.found_ids.size()), pairs);
  for (const WeightedPair& pair : pairs) {
    if (found_of[static_cast<size_t>(pair.row)] == pair.column)
      sums.right += static_cast<int64_t>(pair.weight);
  }
  sums.missed -= sums.right;
  sums.wrong -= sums.right;
  return sums;
}

}  // namespace weir::eval
