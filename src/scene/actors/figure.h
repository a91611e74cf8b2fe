// SPDX-License-Identifier: Apache-2.0
// The human figure: joints for walking, standing and riding, and how a dressed body is drawn on them.
#pragma once

#include <array>
#include <cstdint>

#include "scene/draw/painter.h"

namespace weir::scene {

/// What a person wears and how tall it is; a key gives all of it.
struct Dress {
  enum class Cut { kTrousers, kShorts, kSkirt, kCoat };

  double height = 1.75;
  double girth = 1;  ///< against the usual
  Cut cut = Cut::kTrousers;
  Rgb top;
  Rgb bottom;
  Rgb shoes;
  Rgb skin;
  Rgb hair;
  bool long_hair = false;
  bool has_backpack = false;
  Rgb backpack;
  bool has_hat = false;
  Rgb hat;
};
[[nodiscard]] Dress dress_of(uint64_t look);

/// Joints in the figure's own coordinates (x forward, y left, z up, metres); right first, then left.
struct Figure {
  std::array<Vec3, 2> hips;
  std::array<Vec3, 2> knees;
  std::array<Vec3, 2> ankles;
  std::array<Vec3, 2> shoulders;
  std::array<Vec3, 2> elbows;
  std::array<Vec3, 2> hands;
  Vec3 head;
};
[[nodiscard]] Figure walking_figure(double height, double travelled);
[[nodiscard]] Figure standing_figure(double height, uint64_t look);
/// On a bicycle whose wheels have rolled this far.
[[nodiscard]] Figure riding_figure(double height, double travelled);

/// Draws in two steps, so that a bicycle fits between: the limbs turned away, then the rest.
class FigureDrawing {
 public:
  FigureDrawing(Painter& painter, const Pose& pose, const Figure& figure, const Dress& dress);
  void draw_far_side();
  void draw_near_side();

 private:
  [[nodiscard]] Vec3 world(Vec3 local) const { return pose_.at(local); }
  void draw_leg(size_t side);
  void draw_arm(size_t side);
  void draw_torso();
  void draw_backpack();
  void draw_head();
  [[nodiscard]] Paint cloth(Rgb albedo, double fall = 0) const { return painter_.lit(albedo, normal_, fall); }

  Painter& painter_;
  const Pose& pose_;
  const Figure& figure_;
  const Dress& dress_;
  size_t near_ = 0;  ///< index of the side towards the camera
  bool from_behind_ = false;
  Vec3 normal_;  ///< of what the camera sees, roughly
};

}  // namespace weir::scene
