// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "scene/actors/vehicle_parts.h"
#include "scene/draw/random.h"
#include "scene/scene.h"

namespace weir::scene {
namespace {

constexpr std::array<Rgb, 16> kCarPaints{{{0.86, 0.87, 0.88},
                                          {0.80, 0.81, 0.82},
                                          {0.62, 0.64, 0.66},
                                          {0.50, 0.52, 0.55},
                                          {0.30, 0.31, 0.33},
                                          {0.13, 0.13, 0.14},
                                          {0.10, 0.11, 0.13},
                                          {0.62, 0.10, 0.10},
                                          {0.46, 0.08, 0.10},
                                          {0.12, 0.22, 0.48},
                                          {0.20, 0.36, 0.60},
                                          {0.10, 0.30, 0.24},
                                          {0.72, 0.66, 0.52},
                                          {0.78, 0.55, 0.14},
                                          {0.38, 0.26, 0.20},
                                          {0.45, 0.58, 0.62}}};
constexpr CarShape kSedan{.body = {{{-2.30, 0.72, 0.32, 0.86},
                                    {-2.02, 0.88, 0.22, 0.95},
                                    {1.30, 0.89, 0.20, 0.93},
                                    {2.02, 0.86, 0.22, 0.80},
                                    {2.30, 0.68, 0.32, 0.66}}},
                          .cabin = {-1.62, 1.10, -0.95, 0.30, 0.92, 1.45, 0.84, 0.62},
                          .wheel_radius = 0.32,
                          .axles = {-1.36, 1.40}};
constexpr CarShape kHatchback{.body = {{{-2.00, 0.76, 0.34, 0.90},
                                        {-1.80, 0.86, 0.24, 0.96},
                                        {1.15, 0.87, 0.22, 0.95},
                                        {1.78, 0.83, 0.24, 0.82},
                                        {2.02, 0.66, 0.34, 0.66}}},
                              .cabin = {-1.93, 1.05, -1.52, 0.28, 0.94, 1.50, 0.82, 0.62},
                              .wheel_radius = 0.31,
                              .axles = {-1.24, 1.26}};
constexpr CarShape kSuv{.body = {{{-2.28, 0.80, 0.42, 1.02},
                                  {-2.05, 0.93, 0.32, 1.08},
                                  {1.25, 0.94, 0.30, 1.08},
                                  {2.05, 0.91, 0.32, 0.98},
                                  {2.30, 0.76, 0.42, 0.82}}},
                        .cabin = {-2.20, 1.10, -1.86, 0.42, 1.05, 1.74, 0.89, 0.69},
                        .wheel_radius = 0.38,
                        .axles = {-1.38, 1.42}};
constexpr CarShape kVan{.body = {{{-2.55, 0.86, 0.36, 1.15},
                                  {-2.45, 0.95, 0.28, 1.22},
                                  {1.85, 0.95, 0.26, 1.20},
                                  {2.35, 0.90, 0.28, 1.00},
                                  {2.56, 0.76, 0.36, 0.80}}},
                        .cabin = {-2.52, 1.95, -2.48, 1.10, 1.18, 2.12, 0.93, 0.84},
                        .wheel_radius = 0.34,
                        .axles = {-1.55, 1.62},
                        .has_rear_windows = false};

void draw_side_details(Painter& painter, const Pose& pose, const CarShape& shape, double y, Rgb albedo,
                       double travelled) {
  const Vec3 normal = pose.turn({0, y > 0 ? 1.0 : -1.0, 0});
  if (!painter.faces_camera(pose.at({0, y, 0.6}), normal)) return;
  const double sill = shape.body[2].bottom;
  draw_along(painter, pose, y, shape.axles[0], sill, shape.axles[1], sill + 0.12, painter.lit(kTrim, normal));
  for (const double axle : shape.axles) {
    draw_wheel_side(painter, pose, axle, y, shape.wheel_radius, travelled);
  }
  if (!painter.shows(0.04)) return;
  const Paint seam = painter.lit(albedo * 0.45, normal);
  const double middle = (shape.cabin.base_back + shape.cabin.base_front) / 2;
  const double top = shape.cabin.base - 0.04;
  for (const double x : {middle - 0.05, shape.cabin.base_front - 0.12}) {
    draw_along(painter, pose, y, x, sill + 0.12, x + 0.04, top, seam);
  }
  for (const double x : {middle + 0.1, middle - 0.9}) {
    draw_along(painter, pose, y, x, top - 0.15, x + 0.2, top - 0.10, seam);
  }
}

void draw_nose(Painter& painter, const Pose& pose, const CarShape& shape, const Lights& lights) {
  const Section& s = shape.body.back();
  const Vec3 normal = pose.turn({1, 0, 0});
  if (!painter.faces_camera(pose.at({s.x, 0, 0.5}), normal)) return;
  const double w = s.half_width;
  const double high = s.top - s.bottom;
  const double x = s.x + 0.005;
  draw_across(painter, pose, x, -w, s.bottom, w, s.bottom + high * 0.3, painter.lit(kTrim, normal));
  draw_across(painter, pose, x, -w * 0.5, s.bottom + high * 0.42, w * 0.5, s.bottom + high * 0.82,
              painter.lit(kTrim * 0.7, normal));
  draw_across(painter, pose, x, -0.25, s.bottom + high * 0.2, 0.25, s.bottom + high * 0.48,
              painter.lit(kPlate, normal));
  for (const double side : {-1.0, 1.0}) {
    draw_across(painter, pose, x, side * w * 0.56, s.bottom + high * 0.55, side * w * 1.0,
                s.bottom + high * 0.95, painter.shining(lights.head));
  }
}

void draw_tail(Painter& painter, const Pose& pose, const CarShape& shape, const Lights& lights) {
  const Section& s = shape.body.front();
  const Vec3 normal = pose.turn({-1, 0, 0});
  if (!painter.faces_camera(pose.at({s.x, 0, 0.5}), normal)) return;
  const double w = s.half_width;
  const double high = s.top - s.bottom;
  const double x = s.x - 0.005;
  draw_across(painter, pose, x, -w, s.bottom, w, s.bottom + high * 0.28, painter.lit(kTrim, normal));
  draw_across(painter, pose, x, -0.27, s.bottom + high * 0.42, 0.27, s.bottom + high * 0.66,
              painter.lit(kPlate, normal));
  for (const double side : {-1.0, 1.0}) {
    draw_across(painter, pose, x, side * w * 0.66, s.bottom + high * 0.5, side * w, s.bottom + high * 0.92,
                painter.shining(lights.tail));
  }
}

void draw_cabin(Painter& painter, const Pose& pose, const CarShape& shape, Rgb albedo) {
  const double wb = shape.cabin.base_half_width;
  const double wr = shape.cabin.roof_half_width;
  const auto base = [&](double x, double y) { return pose.at({x, y, shape.cabin.base}); };
  const auto roof = [&](double x, double y) { return pose.at({x, y, shape.cabin.roof}); };
  const std::array<Vec3, 8> all{base(shape.cabin.base_back, -wb),  base(shape.cabin.base_back, wb),
                                base(shape.cabin.base_front, -wb), base(shape.cabin.base_front, wb),
                                roof(shape.cabin.roof_back, -wr),  roof(shape.cabin.roof_back, wr),
                                roof(shape.cabin.roof_front, -wr), roof(shape.cabin.roof_front, wr)};
  const Vec3 inside = pose.at({(shape.cabin.base_back + shape.cabin.base_front) / 2, 0, shape.cabin.base});
  painter.hull(all, painter.lit(albedo * 0.92, {0, 0, 0.6}));

  const auto draw = [&](const std::array<Vec3, 4>& corners, auto&& windows) {
    const Panel panel = make_panel(corners, inside);
    if (!is_visible(painter, panel)) return;
    draw_panel(painter, panel, painter.lit(albedo, panel.normal));
    windows(panel, glass(painter, panel.normal));
  };
  const auto one_window = [&](const Panel& panel, const Paint& paint) {
    draw_part(painter, panel, 0.06, 0.06, 0.94, 0.92, paint);
  };
  const auto side_windows = [&](const Panel& panel, const Paint& paint) {
    draw_part(painter, panel, 0.56, 0.08, 0.95, 0.88, paint);
    if (shape.has_rear_windows) draw_part(painter, panel, 0.07, 0.08, 0.52, 0.88, paint);
  };
  draw({all[0], all[1], all[5], all[4]}, [&](const Panel& panel, const Paint& paint) {
    draw_part(painter, panel, 0.1, 0.12, 0.9, 0.88, paint);
  });
  draw({all[2], all[3], all[7], all[6]}, one_window);
  draw({all[0], all[2], all[6], all[4]}, side_windows);
  draw({all[1], all[3], all[7], all[5]}, side_windows);
  draw({all[4], all[6], all[7], all[5]}, [](const Panel&, const Paint&) {});
}

}  // namespace

void draw_car(Painter& painter, const Actor& actor) {
  painter.belong_to(painter.list().begin_object({static_cast<int>(SceneClass::kCar), actor.id}));
  const CarShape shape = car_shape(actor.look);
  const Rgb albedo = kCarPaints[key(actor.look, 2) % kCarPaints.size()];
  const Lights lights = lights_of(painter, actor);
  const double y = shape.body[2].half_width;
  for (const double side : {-1.0, 1.0}) {
    for (const double axle : shape.axles) {
      if (!painter.shows(shape.wheel_radius / 3)) break;
      draw_wheel(painter, actor.pose, axle, side * y * 0.98, shape.wheel_radius, 0.22);
    }
  }
  draw_body(painter, actor.pose, shape.body, albedo);
  for (const double side : {-1.0, 1.0}) {
    draw_side_details(painter, actor.pose, shape, side * y, albedo, actor.travelled);
  }
  draw_nose(painter, actor.pose, shape, lights);
  draw_tail(painter, actor.pose, shape, lights);
  draw_cabin(painter, actor.pose, shape, albedo);
  const Section& nose = shape.body.back();
  draw_glows(painter, actor, nose.x, shape.body.front().x, nose.half_width * 0.8, 0.65);
}

CarShape car_shape(uint64_t look) {
  const double dice = unit(key(look, 1));
  return dice < 0.34 ? kHatchback : dice < 0.64 ? kSedan : dice < 0.86 ? kSuv : kVan;
}

}  // namespace weir::scene
