// SPDX-License-Identifier: Apache-2.0
// What is to be painted in a frame, back to front: convex polygons in picture coordinates. The pixels,
// the truth's boxes and the visible parts are all made from this one list, so that they agree.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "scene/draw/colour.h"
#include "scene/draw/geometry.h"

namespace weir::scene {

inline constexpr int kOpaque = 256;

struct Paint {
  Yuv colour;
  int luma_fall = 0;      ///< added to the luma from the polygon's top (0) to its bottom (all of it)
  int opacity = kOpaque;  ///< 0..256
};

/// A thing that the truth knows.
struct ObjectTag {
  int class_id = 0;
  int64_t id = 0;
};

struct Shape {
  static constexpr int kNoObject = -1;   ///< background, street furniture
  static constexpr int kLightOnly = -2;  ///< shadows and glows: hide nothing

  uint32_t first = 0;  ///< of its corners
  uint32_t corners = 0;
  Paint paint;
  int object = kNoObject;  ///< index into objects()
};

class DrawList {
 public:
  /// What is added from now on belongs to a new object; returns its index.
  int begin_object(ObjectTag tag) {
    objects_.push_back(tag);
    return static_cast<int>(objects_.size()) - 1;
  }
  void add(std::span<const Vec2> polygon, const Paint& paint, int object) {
    shapes_.push_back(
        {static_cast<uint32_t>(corners_.size()), static_cast<uint32_t>(polygon.size()), paint, object});
    corners_.insert(corners_.end(), polygon.begin(), polygon.end());
  }
  [[nodiscard]] std::span<const Shape> shapes() const { return shapes_; }
  [[nodiscard]] std::span<const ObjectTag> objects() const { return objects_; }
  [[nodiscard]] std::span<const Vec2> corners(const Shape& shape) const {
    return std::span(corners_).subspan(shape.first, shape.corners);
  }

 private:
  std::vector<Shape> shapes_;
  std::vector<Vec2> corners_;
  std::vector<ObjectTag> objects_;
};

}  // namespace weir::scene
