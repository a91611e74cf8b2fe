// SPDX-License-Identifier: Apache-2.0
#include "scene/draw/painter.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace weir::scene {
namespace {

constexpr int kCircle = 24;

/// Points on the unit circle, every 15 degrees.
const std::array<Vec2, kCircle>& circle() {
  static const auto points = [] {
    std::array<Vec2, kCircle> p;
    for (int i = 0; i < kCircle; ++i) {
      p[static_cast<size_t>(i)] = {cosine(i / double{kCircle}), sine(i / double{kCircle})};
    }
    return p;
  }();
  return points;
}

/// How many of the circle's points to leave out: small things need few.
size_t circle_step(double radius_px) {
  return radius_px < 2.5 ? 4 : radius_px < 8 ? 3 : radius_px < 30 ? 2 : 1;
}

/// A glow is this many discs of light on each other, or fewer where they are small.
int glow_steps(double radius_px) {
  return radius_px < 6 ? 3 : radius_px < 20 ? 6 : 9;
}

}  // namespace

void Painter::stand_at(Vec3 point, double sunlit) {
  distance_m_ = length(point - camera_.eye());
  px_per_m_ = camera_.focal_px() / std::max(camera_.to_camera(point).z, Camera::kNear_m);
  sunlit_ = sunlit;
}

Paint Painter::lit(Rgb albedo, Vec3 normal, double fall) const {
  const Rgb colour = light_.through_haze(light_.on(albedo, normal, sunlit_), distance_m_);
  Paint paint{to_yuv(colour, matrix_)};
  if (fall != 0) paint.luma_fall = static_cast<int>(std::floor((paint.colour.y - 16) * fall + 0.5));
  return paint;
}

Paint Painter::shining(Rgb colour, double opacity) const {
  return {to_yuv(light_.through_haze(colour, distance_m_ * 0.5), matrix_), 0,
          static_cast<int>(opacity * kOpaque + 0.5)};
}

void Painter::face(std::span<const Vec3> corners, const Paint& paint) {
  clipped_.clear();
  Vec3 a = camera_.to_camera(corners.back());
  for (const Vec3& corner : corners) {  // Sutherland and Hodgman's clipping, against one plane
    const Vec3 b = camera_.to_camera(corner);
    const bool a_in = a.z >= Camera::kNear_m;
    const bool b_in = b.z >= Camera::kNear_m;
    if (a_in != b_in) clipped_.push_back(between(a, b, (Camera::kNear_m - a.z) / (b.z - a.z)));
    if (b_in) clipped_.push_back(b);
    a = b;
  }
  if (clipped_.size() < 3) return;
  outline_.clear();
  for (Vec3& c : clipped_) {
    c.z = std::max(c.z, Camera::kNear_m);
    outline_.push_back(camera_.to_picture(c));
  }
  list_.add(outline_, paint, object_);
}

void Painter::hull(std::span<const Vec3> corners, const Paint& paint) {
  outline_.clear();
  for (const Vec3& corner : corners) {
    const Vec3 c = camera_.to_camera(corner);
    if (c.z < Camera::kNear_m) return;
    outline_.push_back(camera_.to_picture(c));
  }
  reduce_to_hull(outline_);
  list_.add(outline_, paint, object_);
}

void Painter::blob(std::span<const Ball> balls, const Paint& paint) {
  outline_.clear();
  for (const Ball& ball : balls) {
    const Vec3 c = camera_.to_camera(ball.centre);
    if (c.z < Camera::kNear_m) return;
    const Vec2 centre = camera_.to_picture(c);
    const double radius = ball.radius_m * camera_.focal_px() / c.z;
    const size_t step = circle_step(radius);
    for (size_t i = 0; i < kCircle; i += step) outline_.push_back(centre + circle()[i] * radius);
  }
  if (balls.size() > 1) reduce_to_hull(outline_);
  list_.add(outline_, paint, object_);
}

void Painter::stroke(Vec3 from, Vec3 to, double radius_m, const Paint& paint) {
  const Vec3 a = camera_.to_camera(from);
  const Vec3 b = camera_.to_camera(to);
  if (a.z < Camera::kNear_m || b.z < Camera::kNear_m) return;
  const Vec2 p = camera_.to_picture(a);
  const Vec2 q = camera_.to_picture(b);
  const double size = length(q - p);
  if (size < 1e-6) return;
  const Vec2 across = Vec2{-(q.y - p.y), q.x - p.x} * (radius_m * camera_.focal_px() / size);
  const std::array<Vec2, 4> corners{p + across * (1 / a.z), q + across * (1 / b.z), q - across * (1 / b.z),
                                    p - across * (1 / a.z)};
  list_.add(corners, paint, object_);
}

void Painter::disc(Vec3 centre, Vec3 a, Vec3 b, const Paint& paint) {
  const double radius_px = std::max(length(a), length(b)) * px_per_m_;
  const size_t step = circle_step(radius_px);
  std::array<Vec3, kCircle> rim;
  size_t corners = 0;
  for (size_t i = 0; i < kCircle; i += step) rim[corners++] = centre + a * circle()[i].x + b * circle()[i].y;
  face(std::span(rim).first(corners), paint);
}

void Painter::glow(Vec3 centre, double radius_m, Rgb colour, double strength) {
  const int steps = glow_steps(radius_m * px_per_m_);
  const int owner = std::exchange(object_, Shape::kLightOnly);
  const Paint paint = shining(colour, strength / steps);
  for (int i = steps; i > 0; --i) {
    const double part = static_cast<double>(i) / steps;
    blob(std::array<Ball, 1>{Ball{centre, radius_m * part * part}}, paint);
  }
  object_ = owner;
}

void Painter::pool(Vec3 centre, Vec3 a, Vec3 b, Rgb colour, double strength) {
  const int steps = glow_steps(length(a) * px_per_m_);
  const int owner = std::exchange(object_, Shape::kLightOnly);
  const Paint paint = shining(colour, strength / steps);
  for (int i = steps; i > 0; --i) {
    const double part = static_cast<double>(i) / steps;
    disc(centre, a * part, b * part, paint);
  }
  object_ = owner;
}

}  // namespace weir::scene
