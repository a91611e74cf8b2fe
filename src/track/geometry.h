// SPDX-License-Identifier: Apache-2.0
// Points, polygons and lines in a picture: x to the right, y down.
#pragma once

#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "types/detection.h"

namespace weir::track {

struct Point {
  double x = 0;
  double y = 0;
  friend bool operator==(const Point&, const Point&) = default;
};

/// Its corners in order; the last one is joined to the first.
using Polygon = std::vector<Point>;

/// Two sides, by the index of their first corner, that meet elsewhere than neighbours do at their common
/// corner.
[[nodiscard]] std::optional<std::pair<size_t, size_t>> crossing_sides(std::span<const Point> polygon);

/// Of a polygon that does not cross itself.
[[nodiscard]] double area_of(std::span<const Point> polygon);

/// A point on a side may be in or out.
[[nodiscard]] bool contains(std::span<const Point> polygon, Point point);

/// Whether polygon and box share an area.
[[nodiscard]] bool touches(std::span<const Point> polygon, const Box& box);

/// Whether the ways from a to b and from c to d have a point in common.
[[nodiscard]] bool segments_meet(Point a, Point b, Point c, Point d);

/// How far the point is from the line through `from` and `to`, which are not the same: above 0 to the right
/// for who looks from `from` to `to`, below 0 to the left.
[[nodiscard]] double distance_right_of(Point from, Point to, Point point);

}  // namespace weir::track
