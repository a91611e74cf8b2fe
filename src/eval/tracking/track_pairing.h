// SPDX-License-Identifier: Apache-2.0
// Brings tracks and truth together: what pairing.h does with boxes, with their tracks.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "eval/evaluation.h"
#include "eval/files/results.h"
#include "eval/files/truth.h"
#include "eval/pairing.h"
#include "eval/tracking/sequence.h"

namespace weir::eval {

struct ClassTracks {
  std::string label;
  int64_t objects = 0;                   ///< boxes of the truth that count
  std::vector<TrackSequence> sequences;  ///< of each stream that has any of this class
};

/// What does not stand in Coverage.
struct TrackCoverage {
  int64_t detections_without_track = 0;  ///< of classes that the truth knows; not evaluated
  int64_t detections_ignored = 0;        ///< on ignored objects, or too small and on nothing
  int64_t detections_below_score = 0;
};

struct PairedTracks {
  std::vector<ClassTracks> classes;  ///< by label
  Coverage coverage;
  TrackCoverage tracks;
};

/// As in MOTChallenge, what is on an ignored object is taken away before anything is measured: at an overlap
/// of at least 0.5, by the assignment of all objects and boxes of a class whose overlaps add up to the most.
/// An error where no detection has a track, an object has no id, or a track or an id is in a frame twice; and
/// the errors of pair_frames().
[[nodiscard]] Result<PairedTracks> pair_tracks(const Results& results, const Truth& truth,
                                               const EvalOptions& options);

}  // namespace weir::eval
