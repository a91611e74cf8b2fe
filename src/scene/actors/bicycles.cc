// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "scene/actors/actors.h"
#include "scene/actors/figure.h"
#include "scene/draw/random.h"
#include "scene/scene.h"

namespace weir::scene {
namespace {

constexpr double kWheelRadius = 0.34;
constexpr double kAxle = 0.53;  ///< to either side of the middle
constexpr Rgb kRubber{0.07, 0.07, 0.07};
constexpr Rgb kSteel{0.55, 0.56, 0.58};
constexpr std::array<Rgb, 8> kFrames{{{0.10, 0.10, 0.11},
                                      {0.62, 0.10, 0.10},
                                      {0.12, 0.28, 0.55},
                                      {0.80, 0.80, 0.78},
                                      {0.12, 0.42, 0.30},
                                      {0.82, 0.60, 0.12},
                                      {0.50, 0.52, 0.55},
                                      {0.40, 0.62, 0.70}}};

void draw_wheel(Painter& painter, const Pose& pose, double x, double steer, double travelled) {
  const Vec3 centre = pose.at({x, 0, kWheelRadius});
  const Vec3 forward = pose.turn({cosine(steer), sine(steer), 0});
  const double px = kWheelRadius * painter.px_per_m();
  const int parts = px < 10 ? 8 : px < 40 ? 14 : 22;
  const double r = kWheelRadius - 0.02;
  const auto rim = [&](double turns, double radius) {
    return centre + forward * (radius * cosine(turns)) + Vec3{0, 0, radius * sine(turns)};
  };
  painter.disc(centre, forward * r, Vec3{0, 0, r}, painter.shining(painter.light().ambient * 0.5, 0.12));
  const Paint rubber = painter.lit(kRubber, {0, 0, 0.5});
  if (px > 14) {
    const Paint steel = painter.lit(kSteel, {0, 0, 0.5});
    for (int i = 0; i < 5; ++i) {
      const double turns = i / 10.0 - travelled / (6.283185307 * kWheelRadius);
      painter.stroke(rim(turns, r), rim(turns + 0.5, r), 0.004, steel);
    }
  }
  for (int i = 0; i < parts; ++i) {  // overlapping a little, so that no joint shows
    painter.stroke(rim((i - 0.1) / parts, r), rim((i + 1.1) / parts, r), 0.021, rubber);
  }
}

void draw_frame(Painter& painter, const Pose& pose, uint64_t look, double steer) {
  Random random(key(look, 20));
  const Rgb albedo = random.pick(kFrames);
  const bool step_through = random.chance(0.4);
  const bool has_basket = random.chance(0.35);
  const Paint tube = painter.lit(albedo, pose.turn({0, 0.5, 0.6}));
  const Paint dark = painter.lit(kRubber, {0, 0, 0.6});
  const auto at = [&](double x, double z) { return pose.at({x, 0, z}); };
  const Vec3 crank = at(-0.06, 0.29);
  const Vec3 seat = at(-0.20, 0.80);
  const Vec3 head_low = at(0.36, 0.62);
  const Vec3 head_high = at(0.31, 0.86);
  constexpr double kTube = 0.019;
  painter.stroke(at(-kAxle, kWheelRadius), crank, 0.013, tube);
  painter.stroke(at(-kAxle, kWheelRadius), between(crank, seat, 0.92), 0.012, tube);
  painter.stroke(crank, seat, kTube, tube);
  painter.stroke(crank, head_low, kTube, tube);
  painter.stroke(step_through ? between(crank, seat, 0.45) : between(crank, seat, 0.9), head_high, kTube,
                 tube);
  painter.stroke(at(kAxle, kWheelRadius), head_high, 0.017, tube);
  painter.stroke(seat, at(-0.23, 0.93), 0.014, painter.lit(kSteel, {0, 0, 0.6}));
  const std::array<Ball, 2> saddle{Ball{at(-0.31, 0.95), 0.045}, Ball{at(-0.12, 0.96), 0.025}};
  painter.blob(saddle, dark);
  const Vec3 bar = at(0.33, 1.04);
  painter.stroke(head_high, bar, 0.014, painter.lit(kSteel, {0, 0, 0.6}));
  const Vec3 across = pose.turn({-sine(steer) * 0.27, cosine(steer) * 0.27, 0});
  painter.stroke(bar - across, bar + across, 0.016, dark);
  if (!has_basket) return;
  const std::array<Vec3, 8> basket{pose.at({0.42, -0.17, 0.78}), pose.at({0.42, 0.17, 0.78}),
                                   pose.at({0.66, -0.17, 0.78}), pose.at({0.66, 0.17, 0.78}),
                                   pose.at({0.40, -0.2, 1.0}),   pose.at({0.40, 0.2, 1.0}),
                                   pose.at({0.72, -0.2, 1.0}),   pose.at({0.72, 0.2, 1.0})};
  painter.hull(basket, painter.lit({0.36, 0.28, 0.18}, {0, 0, 0.5}));
}

void draw_lights(Painter& painter, const Pose& pose) {
  if (!painter.light().lamps_on) return;
  for (const bool front : {true, false}) {
    const Vec3 lamp = pose.at({front ? 0.42 : -0.72, 0, front ? 0.84 : 0.62});
    if (!painter.faces_camera(lamp, pose.turn({front ? 1.0 : -1.0, 0, 0}))) continue;
    const Rgb colour = front ? Rgb{1, 0.98, 0.9} : Rgb{1, 0.15, 0.1};
    painter.blob(std::array<Ball, 1>{Ball{lamp, 0.035}}, painter.shining(colour));
    painter.glow(lamp, 0.28, colour, 0.4);
  }
}

}  // namespace

void draw_bicycle(Painter& painter, const Actor& actor) {
  DrawList& list = painter.list();
  const int bicycle = list.begin_object({static_cast<int>(SceneClass::kBicycle), actor.id});
  const auto draw_machine = [&] {
    painter.belong_to(bicycle);
    const double steer = actor.has_rider ? 0.0 : (unit(key(actor.look, 21)) - 0.5) * 0.1;
    draw_wheel(painter, actor.pose, -kAxle, 0, actor.travelled);
    draw_wheel(painter, actor.pose, kAxle, steer, actor.travelled);
    draw_frame(painter, actor.pose, actor.look, steer);
  };
  if (!actor.has_rider) {
    draw_machine();
    return;
  }
  const int rider = list.begin_object({static_cast<int>(SceneClass::kPerson), actor.id + 1});
  Dress dress = dress_of(actor.look);
  dress.height = dress.height < 1.5 ? 1.6 : dress.height;  // no children on these bicycles
  const double pedalled = actor.gait == Gait::kWalking ? actor.travelled : 1.2;
  const Figure figure = riding_figure(dress.height, pedalled);
  FigureDrawing drawing(painter, actor.pose, figure, dress);
  painter.belong_to(rider);
  drawing.draw_far_side();
  draw_machine();
  painter.belong_to(rider);
  drawing.draw_near_side();
  painter.belong_to(bicycle);
  draw_lights(painter, actor.pose);
}

}  // namespace weir::scene
