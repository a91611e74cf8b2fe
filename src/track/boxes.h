// SPDX-License-Identifier: Apache-2.0
// Arithmetic on boxes that the trackers share.
#pragma once

#include <algorithm>
#include <cmath>

#include "types/detection.h"

namespace weir::track {

/// Whether the box has finite corners and an area: what a tracker can use.
[[nodiscard]] inline bool is_usable(const Box& box) {
  constexpr float kFarthest = 1e6F;
  const bool is_near = std::abs(box.x1) < kFarthest && std::abs(box.y1) < kFarthest &&
                       std::abs(box.x2) < kFarthest && std::abs(box.y2) < kFarthest;
  return is_near && box.x1 < box.x2 && box.y1 < box.y2;  // NaN is never near
}

/// The area that both cover.
[[nodiscard]] inline double shared_area(const Box& a, const Box& b) {
  const double width = std::min(a.x2, b.x2) - std::max(a.x1, b.x1);
  const double height = std::min(a.y2, b.y2) - std::max(a.y1, b.y1);
  return width <= 0 || height <= 0 ? 0 : width * height;
}

/// Intersection over union, 0..1.
[[nodiscard]] inline double overlap(const Box& a, const Box& b) {
  const double shared = shared_area(a, b);
  return shared == 0 ? 0 : shared / (a.area() + b.area() - shared);
}

/// The box with `dx` added at the left and at the right, and `dy` above and below.
[[nodiscard]] inline Box grown(const Box& box, double dx, double dy) {
  const auto x = static_cast<float>(dx);
  const auto y = static_cast<float>(dy);
  return {box.x1 - x, box.y1 - y, box.x2 + x, box.y2 + y};
}

[[nodiscard]] inline double centre_x(const Box& box) {
  return (box.x1 + box.x2) / 2;
}

[[nodiscard]] inline double centre_y(const Box& box) {
  return (box.y1 + box.y2) / 2;
}

/// The box of that centre and size, which is at least a pixel.
[[nodiscard]] inline Box box_at(double x, double y, double width, double height) {
  const double dx = std::max(1.0, width) / 2;
  const double dy = std::max(1.0, height) / 2;
  return {static_cast<float>(x - dx), static_cast<float>(y - dy), static_cast<float>(x + dx),
          static_cast<float>(y + dy)};
}

[[nodiscard]] inline float width_of(const Box& box) {
  return box.x2 - box.x1;
}

[[nodiscard]] inline float height_of(const Box& box) {
  return box.y2 - box.y1;
}

}  // namespace weir::track
