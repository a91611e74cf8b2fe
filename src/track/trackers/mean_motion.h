// SPDX-License-Identifier: Apache-2.0
// The motion model of C-BIoU: a track goes on as it has moved in the mean of late.
#pragma once

#include <array>
#include <cstddef>

#include "track/time.h"
#include "types/detection.h"

namespace weir::track {

/// In the paper, the mean of the movements between the last few frames; here, so that frames may be any time
/// apart, the slope of the line that fits the boxes of the last 0.7 s best (least squares), drawn towards
/// standing still as far as the boxes' own noise could be what is seen.
class MeanMotion {
 public:
  MeanMotion(const Box& box, Time time) { seen_[0] = {box, time}; }

  void see(const Box& box, Time time);
  [[nodiscard]] Box expect(Time time) const;
  /// Whether a velocity is known.
  [[nodiscard]] bool is_known() const { return count_ > 1; }

 private:
  struct Seen {
    Box box;
    Time time{0};
  };
  /// Of a box's centre and size, in pixels a second.
  struct Velocity {
    double x = 0;
    double y = 0;
    double width = 0;
    double height = 0;
  };
  static constexpr size_t kMost = 32;

  /// The i-th last one.
  [[nodiscard]] const Seen& last(size_t i) const { return seen_[(newest_ + kMost - i) % kMost]; }
  [[nodiscard]] Velocity estimate() const;

  std::array<Seen, kMost> seen_{};  ///< a ring
  size_t newest_ = 0;
  size_t count_ = 1;
  Velocity velocity_;
};

}  // namespace weir::track
