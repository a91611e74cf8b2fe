// SPDX-License-Identifier: Apache-2.0
// Street lamps and traffic lights. They stand among the actors since they hide them.
#include <array>

#include "scene/actors/actors.h"

namespace weir::scene {
namespace {

constexpr Rgb kPost{0.30, 0.32, 0.33};

}  // namespace

void draw_lamp(Painter& painter, const Actor& actor) {
  painter.belong_to(Shape::kNoObject);
  const Vec3 foot = actor.pose.origin;
  const Vec3 top{foot.x, foot.y, actor.head.z - 0.15};
  const Paint post = painter.lit(kPost, {0, 0, 0.3});
  const Vec3 over = actor.head - top;
  painter.stroke(foot, foot + Vec3{0, 0, 1.2}, 0.09, painter.lit(kPost * 0.85, {0, 0, 0.3}));
  painter.stroke(foot, top, 0.06, post);
  painter.stroke(top, actor.head, 0.045, post);
  const Vec3 tip = top + over * 1.35;
  const std::array<Ball, 2> head{Ball{top + over * 0.9, 0.09}, Ball{tip, 0.07}};
  painter.blob(head, painter.lit(kPost * 0.9, {0, 0, 0.5}));
  if (!painter.light().lamps_on) return;
  const Vec3 bulb = between(actor.head, tip, 0.4) - Vec3{0, 0, 0.05};
  painter.blob(std::array<Ball, 1>{Ball{bulb, 0.1}}, painter.shining({1.0, 0.92, 0.70}));
  painter.glow(bulb, 1.5, {1.0, 0.85, 0.55}, 0.36);
}

void draw_signal(Painter& painter, const Actor& actor) {
  painter.belong_to(Shape::kNoObject);
  const Vec3 foot = actor.pose.origin;
  painter.stroke(foot, foot + Vec3{0, 0, 3.3}, 0.055, painter.lit(kPost, {0, 0, 0.3}));
  std::array<Vec3, 8> housing;
  for (size_t i = 0; i < 8; ++i) {
    housing[i] =
        actor.pose.at({(i & 1) != 0 ? 0.12 : -0.14, (i & 2) != 0 ? 0.15 : -0.15, (i & 4) != 0 ? 3.35 : 2.45});
  }
  painter.hull(housing, painter.lit({0.08, 0.09, 0.08}, {0, 0, 0.3}));
  const Vec3 face = actor.pose.at({-0.15, 0, 2.9});
  if (!painter.faces_camera(face, actor.pose.turn({-1, 0, 0}))) return;
  constexpr std::array<Rgb, 3> kColours{{{1.0, 0.16, 0.12}, {1.0, 0.72, 0.10}, {0.15, 0.95, 0.45}}};
  for (size_t i = 0; i < 3; ++i) {
    const bool on = i == (actor.is_green ? 2U : 0U);
    const Vec3 lamp = actor.pose.at({-0.15, 0, 3.2 - 0.3 * static_cast<double>(i)});
    const Rgb colour = on ? kColours[i] : kColours[i] * painter.light().ambient * 0.25;
    painter.disc(lamp, actor.pose.turn({0, 0.11, 0}), Vec3{0, 0, 0.11}, painter.shining(colour));
  }
}

}  // namespace weir::scene
