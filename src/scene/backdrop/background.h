// SPDX-License-Identifier: Apache-2.0
// Everything that stands still, painted once per scene.
#pragma once

#include "scene/draw/painter.h"
#include "scene/draw/raster.h"
#include "scene/site.h"

namespace weir::scene {

/// Sky, ground, houses and trees as the camera sees them.
[[nodiscard]] Canvas make_background(const Site& site, const Camera& camera, ColorMatrix matrix);

/// Smooth noise, -1..1, that changes over a distance of 1.
[[nodiscard]] double smooth_noise(uint64_t seed, double x, double y);

/// A place on the ground, and how much of it one pixel covers.
struct GroundSpot {
  Vec2 ground;
  Along place;
  double size_s = 0;  ///< metres
  double size_d = 0;
};
/// What the ground is made of there, markings included; detail finer than a pixel is averaged.
[[nodiscard]] Rgb ground_albedo(const Site& site, const GroundSpot& spot);

/// The colour of the sky in this direction (of any length, upwards).
[[nodiscard]] Rgb sky_colour(const Site& site, Vec3 direction);

void draw_skyline(Painter& painter, const Site& site);
void draw_house(Painter& painter, const Site& site, const House& house);
void draw_tree(Painter& painter, const Site& site, const Tree& tree);
/// The shade of a tree on the ground, in this paint.
void draw_tree_shade(Painter& painter, const Tree& tree, const Paint& paint);

}  // namespace weir::scene
