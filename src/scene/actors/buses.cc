// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "scene/actors/vehicle_parts.h"
#include "scene/draw/random.h"
#include "scene/scene.h"

namespace weir::scene {
namespace {

constexpr std::array<Rgb, 8> kBusPaints{{{0.75, 0.12, 0.10},
                                         {0.86, 0.86, 0.84},
                                         {0.88, 0.68, 0.12},
                                         {0.15, 0.38, 0.62},
                                         {0.16, 0.50, 0.32},
                                         {0.85, 0.45, 0.12},
                                         {0.55, 0.58, 0.62},
                                         {0.42, 0.62, 0.78}}};

constexpr double kEnd = kBusLength_m / 2;
constexpr double kSill = 0.32;
constexpr double kBelt = 1.25;    ///< foot of the windows
constexpr double kHeader = 2.45;  ///< head of the windows
constexpr double kBusWheelRadius = 0.48;
constexpr std::array<double, 2> kAxles{-3.1, 3.0};
constexpr std::array<Section, 4> kBody{{{-kEnd, 1.16, kSill, 2.96},
                                        {-kEnd + 0.25, kBusHalfWidth_m, kSill, kBusHeight_m},
                                        {kEnd - 0.3, kBusHalfWidth_m, kSill, kBusHeight_m},
                                        {kEnd, 1.14, kSill, 2.94}}};
constexpr Rgb kAmber{1.0, 0.62, 0.12};

struct Livery {
  Rgb body;
  Rgb stripe;
};

Livery livery_of(uint64_t look) {
  const Rgb body = kBusPaints[key(look, 2) % kBusPaints.size()];
  const bool is_white = body.r > 0.8 && body.b > 0.7;
  const Rgb stripe = kBusPaints[(key(look, 3) % 2) * 3];  // red or blue
  return {body, is_white ? stripe : mixed(body, {1, 1, 1}, 0.65)};
}

void draw_door(Painter& painter, const Pose& pose, double y, double x, const Paint& frame,
               const Paint& pane) {
  draw_along(painter, pose, y, x - 0.62, kSill + 0.05, x + 0.62, kHeader + 0.1, frame);
  draw_along(painter, pose, y, x - 0.54, kSill + 0.18, x - 0.04, kHeader, pane);
  draw_along(painter, pose, y, x + 0.04, kSill + 0.18, x + 0.54, kHeader, pane);
}

void draw_bus_side(Painter& painter, const Actor& actor, double side, const Livery& livery) {
  const Pose& pose = actor.pose;
  const double y = side * kBusHalfWidth_m;
  const Vec3 normal = pose.turn({0, side, 0});
  if (!painter.faces_camera(pose.at({0, y, 1}), normal)) return;
  const Paint dark = painter.lit({0.09, 0.09, 0.10}, normal);
  const Paint pane = glass(painter, normal);
  const double end = kEnd - 0.35;
  draw_along(painter, pose, y, -end, kSill, end, kSill + 0.14, dark);
  draw_along(painter, pose, y, -end, 0.78, end, 1.02, painter.lit(livery.stripe, normal));
  draw_along(painter, pose, y, -end, kBelt, end, kHeader, dark);
  constexpr int kWindows = 7;
  const double wide = 2 * end / kWindows;
  for (int i = 0; i < kWindows; ++i) {
    const double x = -end + i * wide;
    draw_along(painter, pose, y, x + 0.06, kBelt + 0.07, x + wide - 0.06, kHeader - 0.07, pane);
  }
  if ((side > 0) == actor.kerb_is_left) {
    for (const double x : {4.55, -0.1}) draw_door(painter, pose, y, x, dark, pane);
  }
  for (const double axle : kAxles) {
    draw_wheel_side(painter, pose, axle, y, kBusWheelRadius, actor.travelled);
  }
}

void draw_bus_front(Painter& painter, const Pose& pose, const Lights& lights) {
  const Vec3 normal = pose.turn({1, 0, 0});
  const double x = kEnd + 0.005;
  if (!painter.faces_camera(pose.at({x, 0, 1}), normal)) return;
  const Paint dark = painter.lit({0.08, 0.08, 0.09}, normal);
  draw_across(painter, pose, x, -1.1, 1.12, 1.1, 2.9, dark);
  draw_across(painter, pose, x, -1.02, 1.2, 1.02, 2.42, glass(painter, normal));
  draw_across(painter, pose, x, -0.7, 2.55, 0.7, 2.8, painter.shining(kAmber * 0.85));
  draw_across(painter, pose, x, -1.14, kSill, 1.14, 0.5, dark);
  draw_across(painter, pose, x, -0.26, 0.52, 0.26, 0.66, painter.lit(kPlate, normal));
  for (const double side : {-1.0, 1.0}) {
    draw_across(painter, pose, x, side * 0.72, 0.62, side * 1.08, 0.86, painter.shining(lights.head));
  }
}

void draw_bus_back(Painter& painter, const Pose& pose, const Lights& lights) {
  const Vec3 normal = pose.turn({-1, 0, 0});
  const double x = -kEnd - 0.005;
  if (!painter.faces_camera(pose.at({x, 0, 1}), normal)) return;
  const Paint dark = painter.lit({0.10, 0.10, 0.11}, normal);
  draw_across(painter, pose, x, -0.95, 1.6, 0.95, 2.6, glass(painter, normal));
  draw_across(painter, pose, x, -0.8, 0.75, 0.8, 1.4, dark);  // the engine's grille
  draw_across(painter, pose, x, -1.14, kSill, 1.14, 0.5, dark);
  draw_across(painter, pose, x, -0.26, 0.52, 0.26, 0.66, painter.lit(kPlate, normal));
  for (const double side : {-1.0, 1.0}) {
    draw_across(painter, pose, x, side * 0.9, 0.62, side * 1.12, 1.25, painter.shining(lights.tail));
  }
}

/// The box with the cooling on the roof.
void draw_roof_box(Painter& painter, const Pose& pose, Rgb albedo) {
  constexpr std::array<Section, 2> kBox{
      {{-2.6, 0.8, kBusHeight_m, kBusHeight_m + 0.22}, {0.2, 0.8, kBusHeight_m, kBusHeight_m + 0.22}}};
  draw_body(painter, pose, kBox, albedo);
}

}  // namespace

void draw_bus(Painter& painter, const Actor& actor) {
  painter.belong_to(painter.list().begin_object({static_cast<int>(SceneClass::kBus), actor.id}));
  const Livery livery = livery_of(actor.look);
  const Lights lights = lights_of(painter, actor);
  for (const double side : {-1.0, 1.0}) {
    for (const double axle : kAxles) {
      draw_wheel(painter, actor.pose, axle, side * kBusHalfWidth_m * 0.98, kBusWheelRadius, 0.3);
    }
  }
  draw_body(painter, actor.pose, kBody, livery.body);
  for (const double side : {-1.0, 1.0}) draw_bus_side(painter, actor, side, livery);
  draw_bus_front(painter, actor.pose, lights);
  draw_bus_back(painter, actor.pose, lights);
  draw_roof_box(painter, actor.pose, mixed(livery.body, {0.8, 0.8, 0.8}, 0.6));
  draw_glows(painter, actor, kEnd, -kEnd, 0.95, 0.75);
}

}  // namespace weir::scene
