// SPDX-License-Identifier: Apache-2.0
// Flat parts of cars, buses and houses: a face with its own two coordinates, to put windows and doors on.
#pragma once

#include <array>

#include "scene/draw/painter.h"

namespace weir::scene {

/// Four corners: (0,0), (1,0), (1,1), (0,1) of its coordinates u (across) and v (up).
struct Panel {
  std::array<Vec3, 4> corners;
  Vec3 normal;  ///< outwards, of length 1

  [[nodiscard]] Vec3 at(double u, double v) const {
    return between(between(corners[0], corners[1], u), between(corners[3], corners[2], u), v);
  }
};

/// The panel through these corners, with its normal away from `inside`.
[[nodiscard]] inline Panel make_panel(const std::array<Vec3, 4>& corners, Vec3 inside) {
  // Across both diagonals: also right where two corners meet.
  Vec3 normal = normalized(cross(corners[2] - corners[0], corners[3] - corners[1]));
  if (dot(normal, corners[0] - inside) < 0) normal = normal * -1.0;
  return {corners, normal};
}

[[nodiscard]] inline bool is_visible(const Painter& painter, const Panel& panel) {
  return painter.faces_camera(panel.corners[0], panel.normal);
}

/// The part u0..u1, v0..v1 of a panel.
inline void draw_part(Painter& painter, const Panel& panel, double u0, double v0, double u1, double v1,
                      const Paint& paint) {
  const std::array<Vec3, 4> corners{panel.at(u0, v0), panel.at(u1, v0), panel.at(u1, v1), panel.at(u0, v1)};
  painter.face(corners, paint);
}

inline void draw_panel(Painter& painter, const Panel& panel, const Paint& paint) {
  painter.face(panel.corners, paint);
}

}  // namespace weir::scene
