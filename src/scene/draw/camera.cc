// SPDX-License-Identifier: Apache-2.0
#include "scene/draw/camera.h"

namespace weir::scene {

Camera::Camera(const CameraPlace& place, int width_px, int height_px)
    : eye_(place.eye),
      centre_{width_px / 2.0, height_px / 2.0},
      focal_px_(width_px / place.width_of_view),
      width_px_(width_px),
      height_px_(height_px) {
  const double cos_yaw = cosine(place.yaw_turns);
  const double sin_yaw = sine(place.yaw_turns);
  const double cos_pitch = cosine(place.pitch_turns);
  const double sin_pitch = sine(place.pitch_turns);
  forward_ = normalized({cos_yaw * cos_pitch, sin_yaw * cos_pitch, -sin_pitch});
  const Vec3 level_right = normalized(cross(forward_, {0, 0, 1}));
  const Vec3 level_down = cross(forward_, level_right);
  right_ = normalized(level_right * cosine(place.roll_turns) + level_down * sine(place.roll_turns));
  down_ = cross(forward_, right_);
}

bool Camera::may_see(Vec3 centre, double radius_m) const {
  const Vec3 c = to_camera(centre);
  if (c.z + radius_m < kNear_m) return false;
  // The pyramid of sight, widened by the radius (a little more than needed).
  const double depth = c.z + radius_m;
  const double half_width = centre_.x / focal_px_ * depth + radius_m;
  const double half_height = centre_.y / focal_px_ * depth + radius_m;
  return std::abs(c.x) < half_width && std::abs(c.y) < half_height;
}

}  // namespace weir::scene
