// SPDX-License-Identifier: Apache-2.0
#include "track/path.h"

#include <cmath>

namespace weir::track {
namespace {

/// Of the triangle of three points: what is lost if the middle one goes (Visvalingam and Whyatt, 1993).
double triangle(Point a, Point b, Point c) {
  return std::abs((b.x - a.x) * (c.y - a.y) - (c.x - a.x) * (b.y - a.y)) / 2;
}

double distance(Point a, Point b) {
  return std::hypot(a.x - b.x, a.y - b.y);
}

}  // namespace

void Path::add(PathPoint point, double least_px) {
  if (points_.empty()) {
    points_.push_back(point);
    last_is_kept_ = true;
    return;
  }
  if (!last_is_kept_) points_.pop_back();
  last_is_kept_ = distance(points_.back().place, point.place) >= least_px;
  points_.push_back(point);
  if (points_.size() > kMost) drop_least();
}

/// The first one and the last two stay.
void Path::drop_least() {
  size_t least = 1;
  double least_area = -1;
  for (size_t i = 1; i + 2 < points_.size(); ++i) {
    const double area = triangle(points_[i - 1].place, points_[i].place, points_[i + 1].place);
    if (least_area >= 0 && area >= least_area) continue;
    least = i;
    least_area = area;
  }
  points_.erase(points_.begin() + static_cast<ptrdiff_t>(least));
}

}  // namespace weir::track
