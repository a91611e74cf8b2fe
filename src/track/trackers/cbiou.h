// SPDX-License-Identifier: Apache-2.0
// C-BIoU: Yang, Odashima, Masui, Jiang, "Hard to track objects with irregular motions and similar
// appearances? Make it easier by buffering the matching space", WACV 2023. Boxes are made larger before their
// overlap is taken, a little for those that are easy to tell and more for those that are left.
#pragma once

#include <algorithm>
#include <span>

#include "track/trackers/basic_tracker.h"
#include "track/trackers/mean_motion.h"

namespace weir::track {

/// To the paper's cascade are added: buffers that grow with the time since a track was seen; tracks that are
/// sure before those that are not; and boxes of low scores for tracks that were seen just before (as in
/// ByteTrack).
class Cbiou {
 public:
  using Motion = MeanMotion;

  explicit Cbiou(const TrackerConfig& config)
      : across_classes_(config.across_classes), strong_score_(config.start_score) {}

  template <class Track>
  void match(std::span<const Track> tracks, std::span<const Detection> boxes, const FrameTime& frame,
             Matching& matching) const {
    const auto is_recent = [&](size_t t) {
      return frame.now - tracks[t].last_seen <= std::max(kRecent, 2 * frame.interval);
    };
    const auto is_sure = [&](size_t t) { return tracks[t].is_sure() && is_recent(t); };
    const auto is_any = [](size_t) { return true; };
    const auto is_strong = [&](size_t b) { return boxes[b].score >= strong_score_; };
    const auto buffered_overlap = [&](double buffer, double least) {
      return [&, buffer, least](size_t t) {
        const Track& track = tracks[t];
        const double part = buffer_after(frame.now, track, buffer);
        const Box there = buffered(track.expected, part);
        return [&, part, there, least](size_t b) {
          if (!across_classes_ && track.class_id != boxes[b].class_id) return 0.0;
          const double overlapping = overlap(there, buffered(boxes[b].box, part));
          return overlapping >= least ? overlapping : 0.0;
        };
      };
    };
    matching.match(is_sure, is_strong, buffered_overlap(kSmallBuffer, kLeast));
    matching.match(is_recent, is_strong, buffered_overlap(kSmallBuffer, kLeast));
    matching.match(is_recent, is_any, buffered_overlap(kSmallBuffer, kLeastOfWeak));
    matching.match(is_any, is_strong, buffered_overlap(kLargeBuffer, kLeast));
  }

 private:
  static constexpr Time kRecent = std::chrono::milliseconds(500);
  /// Parts of a box's size that are added at each side; the paper's.
  static constexpr double kSmallBuffer = 0.3;
  static constexpr double kLargeBuffer = 0.5;
  static constexpr double kMaxBuffer = 1.0;
  /// How fast they grow: by how much a velocity, or the lack of one, can be wrong in a second.
  static constexpr double kGrowth_per_s = 0.3;
  static constexpr double kGrowthUnknown_per_s = 1.0;
  /// Overlaps of the larger boxes that are needed.
  static constexpr double kLeast = 0.2;
  static constexpr double kLeastOfWeak = 0.5;

  template <class Track>
  static double buffer_after(Time now, const Track& track, double buffer) {
    const double growth = track.motion.is_known() ? kGrowth_per_s : kGrowthUnknown_per_s;
    return std::min(buffer + growth * seconds(now - track.last_seen), kMaxBuffer);
  }

  static Box buffered(const Box& box, double part) {
    return grown(box, part * width_of(box), part * height_of(box));
  }

  bool across_classes_;
  double strong_score_;
};

}  // namespace weir::track
