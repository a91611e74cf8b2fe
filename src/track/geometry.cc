// SPDX-License-Identifier: Apache-2.0
#include "track/geometry.h"

#include <algorithm>
#include <cmath>

namespace weir::track {
namespace {

/// Twice the area of the triangle; above 0 if c is to the right of the way from a to b (y goes down).
double turn(Point a, Point b, Point c) {
  return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
}

bool is_between(Point a, Point b, Point c) {
  return std::min(a.x, b.x) <= c.x && c.x <= std::max(a.x, b.x) && std::min(a.y, b.y) <= c.y &&
         c.y <= std::max(a.y, b.y);
}

int sign(double value) {
  return value > 0 ? 1 : value < 0 ? -1 : 0;
}

Point corner(std::span<const Point> polygon, size_t i) {
  return polygon[i % polygon.size()];
}

/// Whether the side after side i folds back on it.
bool folds_back(std::span<const Point> polygon, size_t i) {
  const Point a = corner(polygon, i);
  const Point b = corner(polygon, i + 1);
  const Point c = corner(polygon, i + 2);
  const double along = (b.x - a.x) * (c.x - b.x) + (b.y - a.y) * (c.y - b.y);
  return turn(a, b, c) == 0 && along <= 0;
}

/// What of the polygon lies where `inside` is 0 or more (Sutherland and Hodgman).
template <class Inside>
Polygon cut(const Polygon& polygon, Inside inside) {
  Polygon kept;
  for (size_t i = 0; i < polygon.size(); ++i) {
    const Point a = polygon[i];
    const Point b = corner(polygon, i + 1);
    const double from = inside(a);
    const double to = inside(b);
    if (from >= 0) kept.push_back(a);
    if ((from < 0) == (to < 0)) continue;
    const double part = from / (from - to);
    kept.push_back({a.x + (b.x - a.x) * part, a.y + (b.y - a.y) * part});
  }
  return kept;
}

}  // namespace

std::optional<std::pair<size_t, size_t>> crossing_sides(std::span<const Point> polygon) {
  const size_t sides = polygon.size();
  for (size_t i = 0; i < sides; ++i) {
    if (folds_back(polygon, i)) return std::pair(i, (i + 1) % sides);
    for (size_t j = i + 2; j < sides; ++j) {
      const bool are_neighbours = i == 0 && j == sides - 1;
      if (are_neighbours) continue;
      if (segments_meet(polygon[i], corner(polygon, i + 1), polygon[j], corner(polygon, j + 1))) {
        return std::pair(i, j);
      }
    }
  }
  return std::nullopt;
}

double area_of(std::span<const Point> polygon) {
  double twice = 0;
  for (size_t i = 0; i < polygon.size(); ++i) {
    const Point a = polygon[i];
    const Point b = corner(polygon, i + 1);
    twice += a.x * b.y - b.x * a.y;
  }
  return std::abs(twice) / 2;
}

bool contains(std::span<const Point> polygon, Point point) {
  bool inside = false;
  for (size_t i = 0; i < polygon.size(); ++i) {
    const Point a = polygon[i];
    const Point b = corner(polygon, i + 1);
    if ((a.y > point.y) == (b.y > point.y)) continue;
    const double x = a.x + (b.x - a.x) * (point.y - a.y) / (b.y - a.y);
    if (point.x < x) inside = !inside;
  }
  return inside;
}

bool touches(std::span<const Point> polygon, const Box& box) {
  Polygon shared(polygon.begin(), polygon.end());
  shared = cut(shared, [&](Point p) { return p.x - box.x1; });
  shared = cut(shared, [&](Point p) { return p.y - box.y1; });
  shared = cut(shared, [&](Point p) { return box.x2 - p.x; });
  shared = cut(shared, [&](Point p) { return box.y2 - p.y; });
  return area_of(shared) > 0;
}

bool segments_meet(Point a, Point b, Point c, Point d) {
  const int c_side = sign(turn(a, b, c));
  const int d_side = sign(turn(a, b, d));
  const int a_side = sign(turn(c, d, a));
  const int b_side = sign(turn(c, d, b));
  if (c_side * d_side < 0 && a_side * b_side < 0) return true;
  return (c_side == 0 && is_between(a, b, c)) || (d_side == 0 && is_between(a, b, d)) ||
         (a_side == 0 && is_between(c, d, a)) || (b_side == 0 && is_between(c, d, b));
}

double distance_right_of(Point from, Point to, Point point) {
  return turn(from, to, point) / std::hypot(to.x - from.x, to.y - from.y);
}

}  // namespace weir::track
