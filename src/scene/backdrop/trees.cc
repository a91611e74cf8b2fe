// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <vector>

#include "scene/backdrop/background.h"
#include "scene/draw/random.h"

namespace weir::scene {
namespace {

struct Leaves {
  Ball ball;
  Vec3 outwards;  ///< from the middle of the crown, of length 1
  double tone = 1;
};

struct Crown {
  Vec3 middle;
  double half_width = 2;
  double half_height = 2;
};

Crown crown_of(const Tree& tree) {
  Random random(key(tree.look, 1));
  const double share = random.real(0.64, 0.74);  // of the height
  const double slim = random.real(0.62, 0.95);
  const double half_height = tree.height * share / 2;
  return {tree.foot + Vec3{0, 0, tree.height - half_height}, half_height * slim, half_height};
}

std::vector<Leaves> leaves_of(const Tree& tree, int count) {
  const Crown crown = crown_of(tree);
  Random random(key(tree.look, 2));
  std::vector<Leaves> leaves;
  for (int i = 0; i < count; ++i) {
    const Vec3 cube{random.real(-1, 1), random.real(-1, 1), random.real(-1, 1)};
    const Vec3 out = normalized(cube + Vec3{1e-3, 0, 0});
    const double depth = random.real(0.45, 1.0);
    const double size = random.real(0.05, 0.15) * crown.half_height;
    const Vec3 offset{out.x * crown.half_width * depth, out.y * crown.half_width * depth,
                      out.z * crown.half_height * depth};
    const double shaded = 0.55 + 0.45 * depth;  // within the crown
    const double tone = random.real(0.72, 1.2) * shaded;
    leaves.push_back({{crown.middle + offset, size}, out, tone});
  }
  return leaves;
}

}  // namespace

void draw_tree(Painter& painter, const Site& site, const Tree& tree) {
  if (!painter.camera().may_see(tree.foot + Vec3{0, 0, tree.height / 2}, tree.height)) return;
  painter.stand_at(tree.foot, 1.0);
  const Crown crown = crown_of(tree);
  const Vec3 fork = crown.middle - Vec3{0, 0, crown.half_height * 0.2};
  const double thick = tree.height * 0.022;
  painter.stroke(tree.foot, fork, thick, painter.lit({0.25, 0.20, 0.16}, {0, 0, 0.2}));
  const double px = painter.px_per_m() * crown.half_width;
  std::vector<Leaves> leaves = leaves_of(tree, px < 15 ? 110 : px < 60 ? 420 : px < 150 ? 1300 : 2600);
  const Vec3 eye = painter.camera().eye();
  std::stable_sort(leaves.begin(), leaves.end(), [eye](const Leaves& a, const Leaves& b) {
    return length(a.ball.centre - eye) > length(b.ball.centre - eye);
  });
  Random random(key(tree.look, 3));
  const Rgb green = site.foliage * random.real(0.85, 1.15);
  for (const Leaves& leaf : leaves) {
    const Rgb albedo = green * (leaf.tone * (0.85 + 0.15 * leaf.outwards.z));
    painter.blob(std::array<Ball, 1>{leaf.ball}, painter.lit(albedo, leaf.outwards));
  }
}

void draw_tree_shade(Painter& painter, const Tree& tree, const Paint& paint) {
  const Light& light = painter.light();
  painter.stand_at(tree.foot, 1.0);
  painter.stroke(tree.foot, light.shadow_of(crown_of(tree).middle), tree.height * 0.022, paint);
  const Vec3 level = normalized(Vec3{light.to_sun.x, light.to_sun.y, 0});
  for (const Leaves& leaf : leaves_of(tree, 150)) {
    const double r = leaf.ball.radius_m * 1.1;
    painter.disc(light.shadow_of(leaf.ball.centre), level * (r / light.to_sun.z),
                 Vec3{-level.y, level.x, 0} * r, paint);
  }
}

}  // namespace weir::scene
