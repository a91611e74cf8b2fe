// SPDX-License-Identifier: Apache-2.0
// What a detector found in a stream, or what was there, as frames for trackers; and how well they did.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "eval/files/results.h"
#include "eval/files/truth.h"
#include "eval/tracking/track_evaluation.h"
#include "track/time.h"
#include "types/detection.h"

namespace weir::bench {

/// Of the frames of a recording, those that a tracker gets.
struct Selection {
  int every = 1;       ///< each n-th: 3 makes 30 frames a second 10
  double dropped = 0;  ///< of these, the part that is left out at random
  double score = 0;    ///< least score of a box
};

/// One stream with its truth. Class ids are numbers of the truth's labels; boxes of other classes are not
/// there.
class Recording {
 public:
  /// Errors: kInvalidArgument.
  static Result<Recording> create(eval::Results results, eval::Truth truth, double frames_per_s);
  /// The truth in place of what was found: perfect boxes.
  static Result<Recording> perfect(eval::Truth truth, double frames_per_s);

  /// Calls `track(time, detections)`, which sets their track ids, with each frame that is selected; then
  /// compares these frames with the truth.
  using Track = std::function<void(track::Time, std::vector<Detection>&)>;
  [[nodiscard]] Result<eval::PairedTracks> run(const Selection& selection, const Track& track) const;

  /// All frames.
  [[nodiscard]] const std::vector<FrameResult>& frames() const { return frames_; }
  [[nodiscard]] std::vector<std::string> labels() const {
    return {truth_.labels.begin(), truth_.labels.end()};
  }
  [[nodiscard]] const eval::Truth& truth() const { return truth_; }

 private:
  eval::Truth truth_;
  std::vector<FrameResult> frames_;
};

/// What several streams come to together.
class Together {
 public:
  void add(eval::PairedTracks paired);
  [[nodiscard]] eval::TrackFigures figures() const { return eval::evaluate_tracks(classes_).all; }

 private:
  std::vector<eval::ClassTracks> classes_;
};

/// A function that tracks, for "plain", "cbiou", "bytetrack" or "ocsort"; none for another name.
[[nodiscard]] std::optional<Recording::Track> tracker_named(std::string_view name);

}  // namespace weir::bench
