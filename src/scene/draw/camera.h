// SPDX-License-Identifier: Apache-2.0
// A pinhole camera. World: x along the street, y to the left, z up, metres. Picture: pixels from the
// top-left corner of the top-left pixel, x to the right, y down.
#pragma once

#include "scene/draw/geometry.h"

namespace weir::scene {

struct CameraPlace {
  Vec3 eye;
  double yaw_turns = 0;    ///< to the left of +x
  double pitch_turns = 0;  ///< downwards
  double roll_turns = 0;
  double width_of_view = 1;  ///< of the picture, at a distance of 1: 2 tan(field of view / 2)
};

class Camera {
 public:
  /// Nothing nearer than this is drawn.
  static constexpr double kNear_m = 0.3;

  Camera(const CameraPlace& place, int width_px, int height_px);

  /// x right, y down, z depth, metres.
  [[nodiscard]] Vec3 to_camera(Vec3 world) const {
    const Vec3 v = world - eye_;
    return {dot(v, right_), dot(v, down_), dot(v, forward_)};
  }
  /// For depths of at least kNear_m.
  [[nodiscard]] Vec2 to_picture(Vec3 camera) const {
    const double scale = focal_px_ / camera.z;
    return {centre_.x + camera.x * scale, centre_.y + camera.y * scale};
  }
  /// The direction of sight, not of length 1: its depth is 1.
  [[nodiscard]] Vec3 ray(Vec2 picture) const {
    return forward_ + right_ * ((picture.x - centre_.x) / focal_px_) +
           down_ * ((picture.y - centre_.y) / focal_px_);
  }
  [[nodiscard]] Vec3 eye() const { return eye_; }
  [[nodiscard]] double focal_px() const { return focal_px_; }
  [[nodiscard]] int width_px() const { return width_px_; }
  [[nodiscard]] int height_px() const { return height_px_; }
  /// Whether a ball may show in the picture.
  [[nodiscard]] bool may_see(Vec3 centre, double radius_m) const;

 private:
  Vec3 eye_;
  Vec3 right_;
  Vec3 down_;
  Vec3 forward_;
  Vec2 centre_;
  double focal_px_;
  int width_px_;
  int height_px_;
};

}  // namespace weir::scene
