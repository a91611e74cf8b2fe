// SPDX-License-Identifier: Apache-2.0
// OC-SORT: Cao et al., "Observation-centric SORT: rethinking SORT for robust multi-object tracking", CVPR
// 2023. What was seen counts for more than what the filter says.
#pragma once

#include <array>
#include <cmath>
#include <numbers>
#include <span>

#include "track/trackers/basic_tracker.h"
#include "track/trackers/kalman.h"

namespace weir::track {

/// A Kalman filter of a box's centre and area, with their rates, and of its aspect.
class OcMotion {
 public:
  OcMotion(const Box& box, Time time);

  /// Observation-centric re-update: after a gap, the filter goes through it again from the last box, along a
  /// straight line to this one.
  void see(const Box& box, Time time);
  [[nodiscard]] Box expect(Time time);
  /// Observation-centric momentum: how well a move from the last box to this one goes on with the move
  /// before, 0.5 for the same direction to -0.5 for the opposite one; 0 if there was none.
  [[nodiscard]] double consistency(const Box& box) const;
  /// How far off the centre may be after a time without boxes, in pixels.
  [[nodiscard]] double doubt_px() const;

 private:
  struct Filter {
    Kalman x;
    Kalman y;
    Kalman area;
    Kalman aspect;
    Time time{0};

    Filter() = default;
    Filter(const Box& box, Time at);
    void predict(Time to);
    void correct(const Box& box);
  };
  struct Seen {
    Box box;
    Time time{0};
  };
  static constexpr size_t kMost = 8;

  [[nodiscard]] const Seen& last(size_t i) const { return seen_[(newest_ + kMost - i) % kMost]; }

  Filter filter_;
  Filter after_last_box_;
  std::array<Seen, kMost> seen_{};  ///< a ring
  size_t newest_ = 0;
  size_t count_ = 1;
};

class OcSort {
 public:
  using Motion = OcMotion;

  explicit OcSort(const TrackerConfig& config)
      : across_classes_(config.across_classes), strong_score_(config.start_score) {}

  template <class Track>
  void match(std::span<const Track> tracks, std::span<const Detection> boxes, const FrameTime& frame,
             Matching& matching) const {
    const auto is_any = [](size_t) { return true; };
    const auto is_recent = [&](size_t t) {
      return frame.now - tracks[t].last_seen <= std::max(kRecent, 2 * frame.interval);
    };
    const auto is_strong = [&](size_t b) { return boxes[b].score >= strong_score_; };
    const auto is_weak = [&](size_t b) { return !is_strong(b); };
    // The overlap, of boxes that are larger by what is in doubt.
    const auto overlap_at = [&](const Track& track, const Box& where, double doubt, double least) {
      const Box there = grown(where, doubt, doubt);
      return [&, doubt, there, least](size_t b) {
        if (!across_classes_ && track.class_id != boxes[b].class_id) return 0.0;
        const double overlapping = overlap(there, grown(boxes[b].box, doubt, doubt));
        return overlapping >= least ? overlapping : 0.0;
      };
    };
    const auto overlap_ahead = [&](double least) {
      return [&, least](size_t t) {
        return overlap_at(tracks[t], tracks[t].expected, tracks[t].motion.doubt_px(), least);
      };
    };
    matching.match(is_any, is_strong, [&](size_t t) {
      const auto overlapping = overlap_ahead(kLeast)(t);
      return [&, overlapping, t](size_t b) {
        const double by_place = overlapping(b);
        if (by_place == 0) return 0.0;
        return by_place + kMomentum * boxes[b].score * tracks[t].motion.consistency(boxes[b].box);
      };
    });
    matching.match(is_recent, is_weak, overlap_ahead(kLeastOfWeak));
    // Observation-centric recovery: somebody who stopped is where it was.
    matching.match(is_any, is_strong,
                   [&](size_t t) { return overlap_at(tracks[t], tracks[t].last_box, 0, kLeast); });
  }

 private:
  static constexpr Time kRecent = std::chrono::milliseconds(100);
  static constexpr double kLeast = 0.3;
  static constexpr double kLeastOfWeak = 0.5;
  static constexpr double kMomentum = 0.2;

  bool across_classes_;
  double strong_score_;
};

}  // namespace weir::track
