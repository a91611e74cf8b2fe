// SPDX-License-Identifier: Apache-2.0
#include "scene/actors/vehicle_parts.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace weir::scene {
namespace {

constexpr Rgb kTyre{0.06, 0.06, 0.065};
constexpr Rgb kRim{0.52, 0.53, 0.55};
constexpr Rgb kHeadOff{0.80, 0.83, 0.86};
constexpr Rgb kHeadOn{1.0, 0.98, 0.88};
constexpr Rgb kTailOff{0.45, 0.05, 0.05};
constexpr Rgb kTailDim{0.80, 0.10, 0.08};
constexpr Rgb kTailOn{1.0, 0.22, 0.15};

// The rim, with spokes where they can be seen.
void draw_rim(Painter& painter, const Pose& pose, double x, double y, double radius, double travelled) {
  const Vec3 normal = pose.turn({0, y > 0 ? 1.0 : -1.0, 0});
  const Vec3 centre = pose.at({x, y * 1.005, radius});
  const Vec3 forward = pose.turn({1, 0, 0});
  const double r = radius * 0.66;
  painter.disc(centre, forward * r, Vec3{0, 0, r}, painter.lit(kRim, normal));
  if (!painter.shows(r / 9)) return;
  const Paint dark = painter.lit(kTrim, normal);
  for (int spoke = 0; spoke < 5; ++spoke) {
    const double turns = spoke / 5.0 - travelled / (6.283185307 * radius);
    const Vec3 out = forward * cosine(turns) + Vec3{0, 0, sine(turns)};
    painter.disc(centre + out * (r * 0.62), forward * (r * 0.2), Vec3{0, 0, r * 0.2}, dark);
  }
  painter.disc(centre, forward * (r * 0.18), Vec3{0, 0, r * 0.18}, dark);
}

}  // namespace

Lights lights_of(const Painter& painter, const Actor& actor) {
  const bool parked = actor.travelled == 0;
  const bool on = painter.light().lamps_on && !parked;
  const Rgb dark_head = painter.light().ambient * kHeadOff;
  const Rgb dark_tail = painter.light().ambient * kTailOff;
  return {on ? kHeadOn : dark_head, actor.is_braking ? kTailOn : on ? kTailDim : dark_tail, on};
}

void draw_across(Painter& painter, const Pose& pose, double x, double y0, double z0, double y1, double z1,
                 const Paint& paint) {
  if (!painter.shows(std::min(std::abs(y1 - y0), z1 - z0))) return;
  const std::array<Vec3, 4> corners{pose.at({x, y0, z0}), pose.at({x, y1, z0}), pose.at({x, y1, z1}),
                                    pose.at({x, y0, z1})};
  painter.face(corners, paint);
}

void draw_along(Painter& painter, const Pose& pose, double y, double x0, double z0, double x1, double z1,
                const Paint& paint) {
  if (!painter.shows(std::min(x1 - x0, z1 - z0))) return;
  const std::array<Vec3, 4> corners{pose.at({x0, y, z0}), pose.at({x1, y, z0}), pose.at({x1, y, z1}),
                                    pose.at({x0, y, z1})};
  painter.face(corners, paint);
}

void draw_wheel(Painter& painter, const Pose& pose, double x, double y, double radius, double width) {
  const double inner = y > 0 ? y - width : y + width;
  const size_t corners = painter.shows(radius / 12) ? 12 : 6;
  std::array<Vec3, 24> rim;
  for (size_t i = 0; i < corners; ++i) {
    const double turns = (static_cast<double>(i) + 0.5) / static_cast<double>(corners);
    const double dx = radius * cosine(turns);
    const double dz = radius * sine(turns);
    rim[2 * i] = pose.at({x + dx, y, radius + dz});
    rim[2 * i + 1] = pose.at({x + dx, inner, radius + dz});
  }
  painter.hull(std::span(rim).first(2 * corners), painter.lit(kTyre, {0, 0, 0.3}));
}

void draw_wheel_side(Painter& painter, const Pose& pose, double x, double y, double radius,
                     double travelled) {
  const Vec3 normal = pose.turn({0, y > 0 ? 1.0 : -1.0, 0});
  const Vec3 centre = pose.at({x, y, radius});
  const double arch = radius * 1.17;
  if (!painter.shows(radius / 2)) return;
  painter.disc(centre, pose.turn({arch, 0, 0}), Vec3{0, 0, arch}, painter.lit(kTrim * 0.6, {0, 0, 0.3}));
  painter.disc(centre, pose.turn({radius, 0, 0}), Vec3{0, 0, radius}, painter.lit(kTyre, normal));
  if (!painter.shows(radius / 4)) return;
  draw_rim(painter, pose, x, y, radius, travelled);
}

void draw_body(Painter& painter, const Pose& pose, std::span<const Section> body, Rgb albedo) {
  const Section& middle = body[body.size() / 2];
  const Vec3 inside = pose.at({0, 0, (middle.bottom + middle.top) / 2});
  std::vector<Vec3> all;
  std::vector<std::array<Vec3, 4>> rings;  // bottom right, bottom left, top left, top right
  for (const Section& s : body) {
    rings.push_back({pose.at({s.x, -s.half_width, s.bottom}), pose.at({s.x, s.half_width, s.bottom}),
                     pose.at({s.x, s.half_width * 0.95, s.top}),
                     pose.at({s.x, -s.half_width * 0.95, s.top})});
    all.insert(all.end(), rings.back().begin(), rings.back().end());
  }
  painter.hull(all, painter.lit(albedo * 0.92, {0, 0, 0.6}));
  const auto draw = [&](const std::array<Vec3, 4>& corners, double fall) {
    const Panel panel = make_panel(corners, inside);
    if (is_visible(painter, panel)) draw_panel(painter, panel, painter.lit(albedo, panel.normal, fall));
  };
  for (size_t i = 0; i + 1 < rings.size(); ++i) {
    const auto& a = rings[i];
    const auto& b = rings[i + 1];
    draw({a[0], b[0], b[3], a[3]}, -0.25);
    draw({a[1], b[1], b[2], a[2]}, -0.25);
    draw({a[3], b[3], b[2], a[2]}, 0);
  }
  draw(rings.front(), -0.2);
  draw(rings.back(), -0.2);
}

Paint glass(const Painter& painter, Vec3 normal) {
  const Light& light = painter.light();
  const Rgb sky = mixed(light.zenith, light.horizon, 0.5);
  const Rgb reflected = mixed(Rgb{0.05, 0.06, 0.07}, sky, 0.14 + 0.3 * std::max(0.0, normal.z));
  Paint paint = painter.shining(reflected);
  paint.luma_fall = -(paint.colour.y - 16) / 3;
  return paint;
}

void draw_glows(Painter& painter, const Actor& actor, double front, double back, double half_width,
                double z) {
  const bool on = lights_of(painter, actor).on;
  const Pose& pose = actor.pose;
  for (const double side : {-1.0, 1.0}) {
    const Vec3 head = pose.at({front, side * half_width, z});
    const Vec3 tail = pose.at({back, side * half_width, z});
    if (on && painter.faces_camera(head, pose.turn({1, 0, 0}))) {
      painter.glow(head, 0.6, kHeadOn, 0.36);
    }
    if ((on || actor.is_braking) && painter.faces_camera(tail, pose.turn({-1, 0, 0}))) {
      painter.glow(tail, on ? 0.35 : 0.2, kTailOn, 0.4);
    }
  }
}

double vehicle_length(ActorKind kind, uint64_t look) {
  if (kind == ActorKind::kBus) return kBusLength_m;
  if (kind != ActorKind::kCar) return kBicycleLength_m;
  const CarShape shape = car_shape(look);
  return shape.body.back().x - shape.body.front().x;
}

void draw_vehicle(Painter& painter, const Actor& actor) {
  if (actor.kind == ActorKind::kBus) {
    draw_bus(painter, actor);
  } else {
    draw_car(painter, actor);
  }
}

}  // namespace weir::scene
