// SPDX-License-Identifier: Apache-2.0
// Which box belongs to which track: in stages, each with a rule of its own for those that are still free.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/assignment.h"

namespace weir::track {

/// Tracks and boxes are indexes from 0 on. Keeps its memory from frame to frame.
class Matching {
 public:
  /// Nothing is matched.
  void begin(size_t tracks, size_t boxes) {
    box_of_.assign(tracks, -1);
    track_of_.assign(boxes, -1);
  }

  /// The next track, which begins with this box.
  void join(size_t track, size_t box) {
    box_of_.push_back(static_cast<int32_t>(box));
    track_of_[box] = static_cast<int32_t>(track);
  }

  /// -1: none
  [[nodiscard]] int32_t box_of(size_t track) const { return box_of_[track]; }
  [[nodiscard]] int32_t track_of(size_t box) const { return track_of_[box]; }

  /// Matches free tracks and free boxes for which `takes_track(t)` and `takes_box(b)` hold such that the sum
  /// of `weigh(t)(b)` is the largest; never a pair with a weight of 0 or less.
  template <class TakesTrack, class TakesBox, class Weigh>
  void match(TakesTrack takes_track, TakesBox takes_box, Weigh weigh) {
    take_free(box_of_, takes_track, tracks_);
    take_free(track_of_, takes_box, boxes_);
    pairs_.clear();
    for (size_t i = 0; i < tracks_.size(); ++i) {
      const size_t begin = pairs_.size();
      const auto weight = weigh(tracks_[i]);
      for (size_t j = 0; j < boxes_.size(); ++j) {
        const double w = weight(boxes_[j]);
        if (w > 0) pairs_.push_back({static_cast<int32_t>(i), static_cast<int32_t>(j), w});
      }
      keep_best(begin);
    }
    assign();
  }

 private:
  /// A track chooses among so many boxes at most: in a heap of boxes, the time to solve it stays bounded.
  static constexpr size_t kMaxChoices = 16;

  template <class Takes>
  static void take_free(const std::vector<int32_t>& partners, Takes takes, std::vector<size_t>& free) {
    free.clear();
    for (size_t i = 0; i < partners.size(); ++i) {
      if (partners[i] < 0 && takes(i)) free.push_back(i);
    }
  }
  void keep_best(size_t begin);
  void assign();

  std::vector<int32_t> box_of_;
  std::vector<int32_t> track_of_;

  // One stage's.
  std::vector<size_t> tracks_;
  std::vector<size_t> boxes_;
  std::vector<WeightedPair> pairs_;  ///< of indexes into these
  Assignment assignment_;
};

}  // namespace weir::track
