// SPDX-License-Identifier: Apache-2.0
// Vectors and the few functions of geometry that the scene needs. Only + - * / and square roots, which
// IEEE 754 rounds the same everywhere: the pixels and the truth of a seed must not depend on the machine.
#pragma once

#include <cmath>
#include <span>
#include <vector>

namespace weir::scene {

struct Vec2 {
  double x = 0;
  double y = 0;
};

struct Vec3 {
  double x = 0;
  double y = 0;
  double z = 0;
};

[[nodiscard]] constexpr Vec2 operator+(Vec2 a, Vec2 b) {
  return {a.x + b.x, a.y + b.y};
}
[[nodiscard]] constexpr Vec2 operator-(Vec2 a, Vec2 b) {
  return {a.x - b.x, a.y - b.y};
}
[[nodiscard]] constexpr Vec2 operator*(Vec2 a, double k) {
  return {a.x * k, a.y * k};
}
[[nodiscard]] constexpr double cross(Vec2 a, Vec2 b) {
  return a.x * b.y - a.y * b.x;
}
[[nodiscard]] inline double length(Vec2 a) {
  return std::sqrt(a.x * a.x + a.y * a.y);
}

[[nodiscard]] constexpr Vec3 operator+(Vec3 a, Vec3 b) {
  return {a.x + b.x, a.y + b.y, a.z + b.z};
}
[[nodiscard]] constexpr Vec3 operator-(Vec3 a, Vec3 b) {
  return {a.x - b.x, a.y - b.y, a.z - b.z};
}
[[nodiscard]] constexpr Vec3 operator*(Vec3 a, double k) {
  return {a.x * k, a.y * k, a.z * k};
}
[[nodiscard]] constexpr double dot(Vec3 a, Vec3 b) {
  return a.x * b.x + a.y * b.y + a.z * b.z;
}
[[nodiscard]] constexpr Vec3 cross(Vec3 a, Vec3 b) {
  return {a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}
[[nodiscard]] inline double length(Vec3 a) {
  return std::sqrt(dot(a, a));
}
[[nodiscard]] inline Vec3 normalized(Vec3 a) {
  return a * (1.0 / length(a));
}
[[nodiscard]] constexpr Vec3 between(Vec3 a, Vec3 b, double part) {
  return a + (b - a) * part;
}

/// Sine of an angle in turns (1 = 360 degrees); error below 1e-5.
[[nodiscard]] double sine(double turns);
[[nodiscard]] inline double cosine(double turns) {
  return sine(turns + 0.25);
}

/// Leaves the corners of the convex hull, in order around it.
void reduce_to_hull(std::vector<Vec2>& points);

/// Whether a point lies within a convex polygon (corners in either direction of turn).
[[nodiscard]] bool contains(std::span<const Vec2> polygon, Vec2 point);

/// Where a thing stands and which way it faces: local x forward, y left, z up, metres.
struct Pose {
  Vec3 origin;
  Vec2 heading{1, 0};  ///< of length 1

  [[nodiscard]] constexpr Vec3 turn(Vec3 v) const {
    return {v.x * heading.x - v.y * heading.y, v.x * heading.y + v.y * heading.x, v.z};
  }
  [[nodiscard]] constexpr Vec3 at(Vec3 local) const { return origin + turn(local); }
};

}  // namespace weir::scene
