// SPDX-License-Identifier: Apache-2.0
// What actors do to the light on the ground. It is painted before all of them.
#include <algorithm>
#include <array>
#include <vector>

#include "scene/actors/actors.h"

namespace weir::scene {
namespace {

/// Black that leaves of sunlit ground what the sky alone would give.
Paint cast_shadow(const Light& light, double strength) {
  const double sun = light.sun.g * light.to_sun.z;
  const double kept = light.ambient.g / (light.ambient.g + sun);
  return {Yuv{16, 128, 128}, 0, static_cast<int>((1.0 - kept) * strength * kOpaque)};
}

Paint contact_shadow(double strength) {
  return {Yuv{16, 128, 128}, 0, static_cast<int>(strength * kOpaque)};
}

/// The corners of a box around the middle of an actor.
std::array<Vec3, 8> box(const Pose& pose, double x0, double x1, double half_width, double z0, double z1) {
  std::array<Vec3, 8> corners;
  for (size_t i = 0; i < 8; ++i) {
    corners[i] =
        pose.at({(i & 1) != 0 ? x1 : x0, (i & 2) != 0 ? half_width : -half_width, (i & 4) != 0 ? z1 : z0});
  }
  return corners;
}

void cast(Painter& painter, std::span<const Vec3> points, const Paint& paint) {
  std::vector<Vec3> ground;
  for (const Vec3 point : points) ground.push_back(painter.light().shadow_of(point));
  painter.hull(ground, paint);
}

void shade_under_vehicle(Painter& painter, const Actor& actor, double x0, double x1, double half_width) {
  for (const double margin : {0.22, 0.04}) {
    const auto foot = box(actor.pose, x0 - margin, x1 + margin, half_width + margin, 0, 0);
    const std::array<Vec3, 4> ground{foot[0], foot[1], foot[3], foot[2]};
    painter.face(ground, contact_shadow(margin > 0.1 ? 0.28 : 0.55));
  }
}

void shine_ahead(Painter& painter, const Actor& actor, double front) {
  if (!painter.light().lamps_on || actor.travelled == 0) return;
  painter.pool(actor.pose.at({front + 4.2, 0, 0}), actor.pose.turn({4.4, 0, 0}), actor.pose.turn({0, 2.0, 0}),
               {1.0, 0.95, 0.86}, 0.18);
}

void draw_below_car(Painter& painter, const Actor& actor) {
  const CarShape shape = car_shape(actor.look);
  const double back = shape.body.front().x;
  const double front = shape.body.back().x;
  const double half_width = shape.body[2].half_width;
  if (painter.sunlit() > 0) {
    const Cabin& cabin = shape.cabin;
    auto low = box(actor.pose, back, front, half_width, 0.1, shape.body[2].top);
    const auto high =
        box(actor.pose, cabin.roof_back, cabin.roof_front, cabin.roof_half_width, cabin.base, cabin.roof);
    std::vector<Vec3> all(low.begin(), low.end());
    all.insert(all.end(), high.begin(), high.end());
    cast(painter, all, cast_shadow(painter.light(), 0.95));
  }
  shade_under_vehicle(painter, actor, back, front, half_width * 0.92);
  shine_ahead(painter, actor, front);
}

void draw_below_bus(Painter& painter, const Actor& actor) {
  constexpr double kEnd = kBusLength_m / 2;
  if (painter.sunlit() > 0) {
    cast(painter, box(actor.pose, -kEnd, kEnd, kBusHalfWidth_m, 0.1, kBusHeight_m),
         cast_shadow(painter.light(), 0.95));
  }
  shade_under_vehicle(painter, actor, -kEnd, kEnd, kBusHalfWidth_m * 0.95);
  shine_ahead(painter, actor, kEnd);
}

/// A standing figure from `foot` to `height`, as broad as people are, seen from the sun.
void cast_figure(Painter& painter, const Pose& pose, double foot, double height, const Paint& paint) {
  const Vec3 sun = painter.light().to_sun;
  const Vec3 across = normalized(Vec3{-sun.y, sun.x, 0});
  const auto at = [&](double z, double side) { return pose.origin + Vec3{0, 0, z} + across * side; };
  const std::array<Vec3, 8> body{at(foot, -0.08),          at(foot, 0.08),         at(height * 0.5, -0.19),
                                 at(height * 0.5, 0.19),   at(height * 0.8, -0.2), at(height * 0.8, 0.2),
                                 at(height * 0.84, -0.12), at(height * 0.84, 0.12)};
  cast(painter, body, paint);
  const std::array<Vec3, 6> head{at(height * 0.85, -0.06), at(height * 0.85, 0.06), at(height * 0.92, -0.1),
                                 at(height * 0.92, 0.1),   at(height, -0.05),       at(height, 0.05)};
  cast(painter, head, paint);
}

void draw_below_person(Painter& painter, const Actor& actor) {
  if (painter.sunlit() > 0) {
    cast_figure(painter, actor.pose, 0, person_height(actor.look), cast_shadow(painter.light(), 0.85));
  }
  for (const double size : {0.34, 0.2}) {
    painter.disc(actor.pose.origin, actor.pose.turn({size, 0, 0}), actor.pose.turn({0, size * 0.75, 0}),
                 contact_shadow(0.2));
  }
}

void draw_below_bicycle(Painter& painter, const Actor& actor) {
  if (painter.sunlit() > 0) {
    const Paint paint = cast_shadow(painter.light(), 0.45);
    for (const double axle : {-0.53, 0.53}) {
      std::array<Vec3, 12> wheel;
      for (size_t i = 0; i < wheel.size(); ++i) {
        const double turns = static_cast<double>(i) / 12;
        wheel[i] = actor.pose.at(
            {axle + 0.34 * cosine(turns), (i % 2 == 0) ? 0.02 : -0.02, 0.34 + 0.34 * sine(turns)});
      }
      cast(painter, wheel, paint);
    }
    const std::array<Vec3, 4> frame{actor.pose.at({-0.2, 0, 0.3}), actor.pose.at({0.05, 0, 0.3}),
                                    actor.pose.at({-0.2, 0, 0.95}), actor.pose.at({0.34, 0, 0.95})};
    cast(painter, frame, paint);
    if (actor.has_rider) cast_figure(painter, actor.pose, 0.6, 1.75, cast_shadow(painter.light(), 0.85));
  }
  painter.disc(actor.pose.origin, actor.pose.turn({0.8, 0, 0}), actor.pose.turn({0, 0.14, 0}),
               contact_shadow(0.25));
}

}  // namespace

void draw_on_ground(Painter& painter, const Actor& actor) {
  painter.belong_to(Shape::kLightOnly);
  switch (actor.kind) {
    case ActorKind::kCar:
      return draw_below_car(painter, actor);
    case ActorKind::kBus:
      return draw_below_bus(painter, actor);
    case ActorKind::kBicycle:
      return draw_below_bicycle(painter, actor);
    case ActorKind::kPerson:
      return draw_below_person(painter, actor);
    case ActorKind::kLamp:
    case ActorKind::kSignal:
      return;  // the background has theirs
  }
}

}  // namespace weir::scene
