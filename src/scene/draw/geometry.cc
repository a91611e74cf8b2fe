// SPDX-License-Identifier: Apache-2.0
#include "scene/draw/geometry.h"

#include <algorithm>

namespace weir::scene {

double sine(double turns) {
  double t = turns - std::floor(turns);  // 0..1
  if (t > 0.75) {
    t -= 1.0;
  } else if (t > 0.25) {
    t = 0.5 - t;  // the second and third quarter mirror the first and fourth
  }
  const double x = t * 6.283185307179586;  // -pi/2..pi/2
  const double q = x * x;                  // Taylor's series up to x^9
  return x * (1.0 - q / 6.0 * (1.0 - q / 20.0 * (1.0 - q / 42.0 * (1.0 - q / 72.0))));
}

void reduce_to_hull(std::vector<Vec2>& points) {
  if (points.size() < 3) return;
  std::sort(points.begin(), points.end(),
            [](Vec2 a, Vec2 b) { return a.x < b.x || (a.x == b.x && a.y < b.y); });
  // Andrew's monotone chain: the lower side from left to right, then the upper one back.
  std::vector<Vec2> hull;
  hull.reserve(points.size() + 1);
  const auto extend = [&hull](Vec2 p, size_t keep) {
    while (hull.size() > keep && cross(hull.back() - hull[hull.size() - 2], p - hull.back()) <= 0) {
      hull.pop_back();
    }
    hull.push_back(p);
  };
  for (const Vec2 p : points) extend(p, 1);
  const size_t lower = hull.size();
  for (size_t i = points.size() - 1; i-- > 0;) extend(points[i], lower);
  hull.pop_back();
  points.swap(hull);
}

bool contains(std::span<const Vec2> polygon, Vec2 point) {
  bool left = false;
  bool right = false;
  for (size_t i = 0; i < polygon.size(); ++i) {
    const Vec2 a = polygon[i];
    const Vec2 b = polygon[(i + 1) % polygon.size()];
    const double side = cross(b - a, point - a);
    left = left || side > 0;
    right = right || side < 0;
  }
  return left != right;
}

}  // namespace weir::scene
