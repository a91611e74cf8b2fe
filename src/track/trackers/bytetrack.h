// SPDX-License-Identifier: Apache-2.0
// ByteTrack: Zhang et al., "ByteTrack: multi-object tracking by associating every detection box", ECCV 2022.
// Boxes of high scores are matched first, then those of low scores with the tracks that are left.
#pragma once

#include <span>

#include "track/trackers/basic_tracker.h"
#include "track/trackers/kalman.h"

namespace weir::track {

/// A Kalman filter of a box's centre, aspect and height, with their rates.
class ByteMotion {
 public:
  ByteMotion(const Box& box, Time time);

  void see(const Box& box, Time time);
  [[nodiscard]] Box expect(Time time);
  /// How far off the centre may be after a time without boxes, in pixels.
  [[nodiscard]] double doubt_px() const;

 private:
  void predict(Time time);

  Kalman x_;
  Kalman y_;
  Kalman aspect_;
  Kalman height_;
  Time time_{0};
  Time seen_at_{0};
};

class ByteTrack {
 public:
  using Motion = ByteMotion;

  explicit ByteTrack(const TrackerConfig& config)
      : across_classes_(config.across_classes), strong_score_(config.start_score) {}

  template <class Track>
  void match(std::span<const Track> tracks, std::span<const Detection> boxes, const FrameTime& frame,
             Matching& matching) const {
    const auto is_sure = [&](size_t t) { return tracks[t].is_sure(); };
    const auto is_recent = [&](size_t t) {
      return is_sure(t) && frame.now - tracks[t].last_seen <= std::max(kRecent, 2 * frame.interval);
    };
    const auto is_unsure = [&](size_t t) { return !is_sure(t); };
    const auto is_strong = [&](size_t b) { return boxes[b].score >= strong_score_; };
    const auto is_weak = [&](size_t b) { return !is_strong(b); };
    // The overlap, of boxes that are larger by what is in doubt.
    const auto overlap_of = [&](double least) {
      return [&, least](size_t t) {
        const Track& track = tracks[t];
        const double doubt = track.motion.doubt_px();
        const Box there = grown(track.expected, doubt, doubt);
        return [&, doubt, there, least](size_t b) {
          if (!across_classes_ && track.class_id != boxes[b].class_id) return 0.0;
          const double overlapping = overlap(there, grown(boxes[b].box, doubt, doubt));
          return overlapping >= least ? overlapping : 0.0;
        };
      };
    };
    matching.match(is_sure, is_strong, overlap_of(kLeast));
    matching.match(is_recent, is_weak, overlap_of(kLeastOfWeak));
    matching.match(is_unsure, is_strong, overlap_of(kLeastOfUnsure));
  }

 private:
  static constexpr Time kRecent = std::chrono::milliseconds(100);
  static constexpr double kLeast = 0.2;
  static constexpr double kLeastOfWeak = 0.5;
  static constexpr double kLeastOfUnsure = 0.3;

  bool across_classes_;
  double strong_score_;
};

}  // namespace weir::track
