// SPDX-License-Identifier: Apache-2.0
// From solids in the world to lit polygons in a draw list.
#pragma once

#include <span>
#include <vector>

#include "scene/draw/camera.h"
#include "scene/draw/draw_list.h"
#include "scene/draw/light.h"

namespace weir::scene {

struct Ball {
  Vec3 centre;
  double radius_m = 0;
};

/// Holds what the next polygons have in common: the object they belong to, their distance (for the haze)
/// and whether they are in the sun. Solids of one kind: `face`, `hull`, `blob`, `stroke`, `disc`.
class Painter {
 public:
  Painter(const Camera& camera, const Light& light, ColorMatrix matrix, DrawList& list)
      : camera_(camera), light_(light), matrix_(matrix), list_(list) {}

  /// The next polygons stand around this point.
  void stand_at(Vec3 point, double sunlit);
  /// The next polygons belong to this object: what DrawList::begin_object gave, or a constant of Shape.
  void belong_to(int object) { object_ = object; }

  /// Paint for a matt surface; `fall` is how much brighter (1 = as bright again) its lower end is.
  [[nodiscard]] Paint lit(Rgb albedo, Vec3 normal, double fall = 0) const;
  /// Paint for what shines by itself, or reflects the sky.
  [[nodiscard]] Paint shining(Rgb colour, double opacity = 1) const;

  /// A flat convex polygon; cut off where it comes too near.
  void face(std::span<const Vec3> corners, const Paint& paint);
  /// The outline of a convex solid with these corners; nothing where one is too near.
  void hull(std::span<const Vec3> corners, const Paint& paint);
  /// The outline of the hull of balls: a limb, a torso.
  void blob(std::span<const Ball> balls, const Paint& paint);
  /// A straight rod with blunt ends.
  void stroke(Vec3 from, Vec3 to, double radius_m, const Paint& paint);
  /// The ellipse around `centre` that `a` and `b` span.
  void disc(Vec3 centre, Vec3 a, Vec3 b, const Paint& paint);

  /// Light around a lamp, strongest in the middle; belongs to no object.
  void glow(Vec3 centre, double radius_m, Rgb colour, double strength);
  /// The same, flat on the ground, as the ellipse that `a` and `b` span.
  void pool(Vec3 centre, Vec3 a, Vec3 b, Rgb colour, double strength);

  [[nodiscard]] bool faces_camera(Vec3 point, Vec3 normal) const {
    return dot(camera_.eye() - point, normal) > 0;
  }
  /// How large a metre shows where we stand.
  [[nodiscard]] double px_per_m() const { return px_per_m_; }
  /// Whether a part of this size is worth painting.
  [[nodiscard]] bool shows(double size_m) const { return size_m * px_per_m_ >= 2.4; }
  [[nodiscard]] const Light& light() const { return light_; }
  [[nodiscard]] const Camera& camera() const { return camera_; }
  [[nodiscard]] double sunlit() const { return sunlit_; }
  [[nodiscard]] DrawList& list() { return list_; }

 private:
  const Camera& camera_;
  const Light& light_;
  ColorMatrix matrix_;
  DrawList& list_;
  int object_ = Shape::kNoObject;
  double distance_m_ = 0;
  double px_per_m_ = 1;
  double sunlit_ = 1;
  std::vector<Vec2> outline_;
  std::vector<Vec3> clipped_;
};

}  // namespace weir::scene
