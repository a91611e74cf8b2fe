// SPDX-License-Identifier: Apache-2.0
// What cars and buses are put together from.
#pragma once

#include <span>

#include "scene/actors/actors.h"
#include "scene/draw/solids.h"

namespace weir::scene {

inline constexpr Rgb kTrim{0.10, 0.10, 0.11};
inline constexpr Rgb kPlate{0.85, 0.85, 0.80};

struct Lights {
  Rgb head;
  Rgb tail;
  bool on = false;
};
/// The colour of its lamps; those of a parked vehicle are off.
[[nodiscard]] Lights lights_of(const Painter& painter, const Actor& actor);

/// A patch in the plane across the vehicle at x.
void draw_across(Painter& painter, const Pose& pose, double x, double y0, double z0, double y1, double z1,
                 const Paint& paint);
/// A patch in the plane along the vehicle at y.
void draw_along(Painter& painter, const Pose& pose, double y, double x0, double z0, double x1, double z1,
                const Paint& paint);
/// A tyre; its outer side at y.
void draw_wheel(Painter& painter, const Pose& pose, double x, double y, double radius, double width);
/// Arch, tyre and rim on the body's side at y.
void draw_wheel_side(Painter& painter, const Pose& pose, double x, double y, double radius, double travelled);
/// The convex lower body: its sections, from back to front, joined by faces; both ends closed.
void draw_body(Painter& painter, const Pose& pose, std::span<const Section> body, Rgb albedo);
/// What a window shows of the sky; lighter upwards.
[[nodiscard]] Paint glass(const Painter& painter, Vec3 normal);
/// The light around the lamps at both ends (x), at half_width and height z.
void draw_glows(Painter& painter, const Actor& actor, double front, double back, double half_width, double z);

void draw_car(Painter& painter, const Actor& actor);
void draw_bus(Painter& painter, const Actor& actor);

}  // namespace weir::scene
