// SPDX-License-Identifier: Apache-2.0
// The way that an object went, in few points.
#pragma once

#include <cstddef>
#include <vector>

#include "track/geometry.h"
#include "track/time.h"

namespace weir::track {

struct PathPoint {
  Time time{0};
  Point place;
};

/// Keeps the first point, the last one, and in between those at which the way turns most: kMost at most.
class Path {
 public:
  static constexpr size_t kMost = 32;

  /// A point that is less than `least_px` from the last one that was kept takes the place of the one after
  /// that.
  void add(PathPoint point, double least_px);
  [[nodiscard]] const std::vector<PathPoint>& points() const { return points_; }

 private:
  void drop_least();

  std::vector<PathPoint> points_;
  bool last_is_kept_ = false;  ///< else it is where the object is just now
};

}  // namespace weir::track
