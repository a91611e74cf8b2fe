// SPDX-License-Identifier: Apache-2.0
// From boxes in each frame to tracks over time: one interface for all trackers. docs/tracking.md describes
// them.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "track/time.h"
#include "types/detection.h"

namespace weir::track {

enum class TrackerKind { kCbiou, kByteTrack, kOcSort };

/// "cbiou", "bytetrack", "ocsort"
[[nodiscard]] std::string_view to_string(TrackerKind kind);

struct TrackerConfig {
  TrackerKind kind = TrackerKind::kCbiou;
  bool across_classes = false;            ///< whether a track may change its class from box to box
  double start_score = 0.5;               ///< a track begins with a box of at least this score, 0..1
  Time memory = std::chrono::seconds(2);  ///< how long who is not seen is waited for
  /// The same for who stood still, for at most as long as it did.
  Time still_memory = std::chrono::seconds(60);
  int max_boxes = 500;  ///< of a frame; the weakest of more are not tracked

  /// Errors: kInvalidArgument.
  [[nodiscard]] Status validate() const;
};

/// A track, as its tracker sees it after the last frame.
struct TrackState {
  int64_t id = 0;
  Time first_seen{0};
  Time last_seen{0};
  Time still_since{0};  ///< since when it has been where it is, at most last_seen
};

/// Deterministic: the same calls give the same ids. Works in seconds of presentation time: frames may be any
/// time apart. Its memory is bounded by the configuration, however long it runs. Thread-bound.
class Tracker {
 public:
  [[nodiscard]] static std::unique_ptr<Tracker> create(const TrackerConfig& config);
  virtual ~Tracker() = default;

  /// Sets the `track_id` of each of a frame's detections. `time` never goes back.
  virtual void update(Time time, std::span<Detection> detections) = 0;

  /// There is a gap in the pictures up to `time`: who moved is forgotten, who stood still counts as seen at
  /// `time`.
  virtual void skip_to(Time time) = 0;
  /// Ends all tracks. Their ids are not used again.
  virtual void forget_all() = 0;

  /// The tracks that are there or waited for, by id.
  [[nodiscard]] virtual std::span<const TrackState> tracks() const = 0;

  /// How many boxes were not tracked because there were more than `max_boxes` in their frame.
  [[nodiscard]] virtual int64_t boxes_left_out() const = 0;
};

}  // namespace weir::track
