// SPDX-License-Identifier: Apache-2.0
// What lights a scene: sky, sun, haze, and whether the lamps are on.
#pragma once

#include <algorithm>

#include "scene/draw/colour.h"
#include "scene/draw/geometry.h"

namespace weir::scene {

struct Light {
  Rgb ambient{0.5, 0.5, 0.5};
  Rgb sun{0, 0, 0};           ///< black: no sun and no cast shadows
  Vec3 to_sun{0, 0, 1};       ///< of length 1
  Rgb zenith;                 ///< the sky above
  Rgb horizon;                ///< the sky low down, and the haze before distant things
  double haze_range_m = 400;  ///< half of the light of a thing at this distance is haze
  double clouds = 0;          ///< 0..1 of the sky
  bool lamps_on = false;

  [[nodiscard]] bool has_sun() const { return sun.g > 0; }

  /// A matt surface. `sunlit` is 0 in the shade, 1 in the sun.
  [[nodiscard]] Rgb on(Rgb albedo, Vec3 normal, double sunlit) const {
    const double from_sky = 0.78 + 0.22 * normal.z;
    const double from_sun = sunlit * std::max(0.0, dot(normal, to_sun));
    return albedo * (ambient * from_sky + sun * from_sun);
  }
  [[nodiscard]] Rgb through_haze(Rgb colour, double distance_m) const {
    const double q = distance_m / haze_range_m;
    return mixed(colour, horizon, q * q / (1.0 + q * q));
  }
  /// Where the shadow of a point falls on the ground.
  [[nodiscard]] Vec3 shadow_of(Vec3 point) const {
    const double reach = point.z / to_sun.z;
    return {point.x - to_sun.x * reach, point.y - to_sun.y * reach, 0};
  }
};

}  // namespace weir::scene
