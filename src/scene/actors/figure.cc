// SPDX-License-Identifier: Apache-2.0
#include "scene/actors/figure.h"

#include <algorithm>
#include <cmath>

#include "scene/actors/actors.h"
#include "scene/draw/random.h"
#include "scene/scene.h"

namespace weir::scene {
namespace {

constexpr std::array<Rgb, 18> kCloth{{{0.12, 0.13, 0.16},
                                      {0.20, 0.22, 0.26},
                                      {0.42, 0.43, 0.45},
                                      {0.80, 0.80, 0.78},
                                      {0.88, 0.86, 0.80},
                                      {0.68, 0.14, 0.14},
                                      {0.45, 0.10, 0.16},
                                      {0.16, 0.24, 0.46},
                                      {0.25, 0.42, 0.66},
                                      {0.45, 0.62, 0.76},
                                      {0.14, 0.36, 0.26},
                                      {0.36, 0.42, 0.22},
                                      {0.78, 0.62, 0.20},
                                      {0.82, 0.44, 0.18},
                                      {0.52, 0.38, 0.26},
                                      {0.70, 0.58, 0.44},
                                      {0.50, 0.28, 0.50},
                                      {0.84, 0.58, 0.62}}};
constexpr std::array<Rgb, 7> kTrouserCloth{{{0.13, 0.17, 0.28},
                                            {0.20, 0.26, 0.40},
                                            {0.10, 0.10, 0.12},
                                            {0.28, 0.28, 0.30},
                                            {0.58, 0.52, 0.42},
                                            {0.32, 0.26, 0.20},
                                            {0.70, 0.69, 0.66}}};
constexpr std::array<Rgb, 6> kSkins{{{0.92, 0.74, 0.62},
                                     {0.86, 0.66, 0.52},
                                     {0.74, 0.54, 0.40},
                                     {0.58, 0.40, 0.28},
                                     {0.40, 0.27, 0.19},
                                     {0.95, 0.79, 0.69}}};
constexpr std::array<Rgb, 6> kHairs{{{0.07, 0.06, 0.06},
                                     {0.17, 0.11, 0.08},
                                     {0.32, 0.21, 0.13},
                                     {0.66, 0.52, 0.32},
                                     {0.60, 0.59, 0.58},
                                     {0.44, 0.20, 0.10}}};

/// A unit vector in the figure's plane, leaning forward by `lean` (its sine), pointing down.
Vec3 downwards(double lean) {
  const double x = std::clamp(lean, -0.95, 0.95);
  return {x, 0, -std::sqrt(1 - x * x)};
}

/// The joint between two limbs of equal length that reach from a to b, bent forwards.
Vec3 bent_joint(Vec3 a, Vec3 b, double limb) {
  const Vec3 middle = between(a, b, 0.5);
  const Vec3 half = (b - a) * 0.5;
  const double rest = limb * limb - dot(half, half);
  const Vec3 forward = normalized(Vec3{-half.z, 0, half.x});
  return middle + forward * std::sqrt(std::max(rest, 0.0));
}

double side_sign(size_t side) {
  return side == 0 ? -1.0 : 1.0;
}

}  // namespace

double person_height(uint64_t look) {
  Random random(key(look, 10));
  return random.chance(0.1) ? random.real(1.1, 1.4) : random.real(1.55, 1.92);
}

Dress dress_of(uint64_t look) {
  Random random(key(look, 11));
  Dress dress;
  dress.height = person_height(look);
  dress.girth = random.real(0.9, 1.25);
  const double dice = random.real(0, 1);
  dress.cut = dice < 0.6    ? Dress::Cut::kTrousers
              : dice < 0.72 ? Dress::Cut::kShorts
              : dice < 0.85 ? Dress::Cut::kSkirt
                            : Dress::Cut::kCoat;
  dress.top = random.pick(kCloth);
  dress.bottom = dress.cut == Dress::Cut::kSkirt ? random.pick(kCloth) : random.pick(kTrouserCloth);
  dress.shoes = random.chance(0.4) ? Rgb{0.8, 0.8, 0.78} : Rgb{0.12, 0.10, 0.09};
  dress.skin = random.pick(kSkins);
  dress.hair = random.pick(kHairs);
  dress.long_hair = random.chance(0.4);
  dress.has_backpack = random.chance(0.25);
  dress.backpack = random.pick(kCloth);
  dress.has_hat = random.chance(0.12);
  dress.hat = random.pick(kCloth);
  return dress;
}

Figure walking_figure(double height, double travelled) {
  const double h = height;
  const double phase = travelled / (0.82 * h);
  Figure f;
  double lowest = h;
  for (size_t side = 0; side < 2; ++side) {
    const double y = side_sign(side);
    const double turns = phase + 0.5 * static_cast<double>(side);
    const double swing = sine(turns);
    const double bend = std::max(0.0, cosine(turns)) * 0.6;  // the leg that comes forward
    f.hips[side] = {0, y * 0.052 * h, 0.52 * h};
    f.knees[side] = f.hips[side] + downwards(0.40 * swing + 0.1 * bend) * (0.245 * h);
    f.ankles[side] = f.knees[side] + downwards(0.36 * swing - bend) * (0.24 * h);
    lowest = std::min(lowest, f.ankles[side].z);
    f.shoulders[side] = {0.015 * h, y * 0.108 * h, 0.81 * h};
    f.elbows[side] = f.shoulders[side] + downwards(-0.42 * swing) * (0.165 * h) + Vec3{0, y * 0.025 * h, 0};
    f.hands[side] = f.elbows[side] + downwards(-0.36 * swing + 0.3) * (0.16 * h);
  }
  f.head = {0.03 * h, 0, 0.925 * h};
  const Vec3 drop{0, 0, 0.035 * h - lowest};  // one foot is always on the ground
  for (auto* joints : {&f.hips, &f.knees, &f.ankles, &f.shoulders, &f.elbows, &f.hands}) {
    for (Vec3& joint : *joints) joint = joint + drop;
  }
  f.head = f.head + drop;
  return f;
}

Figure standing_figure(double height, uint64_t look) {
  Random random(key(look, 12));
  const double h = height;
  const double bent_arm = random.chance(0.4) ? 0.8 : 0.1;  // holding something before the chest
  Figure f;
  for (size_t side = 0; side < 2; ++side) {
    const double y = side_sign(side);
    f.hips[side] = {0, y * 0.05 * h, 0.53 * h};
    f.knees[side] = {0.01 * h, y * 0.06 * h, 0.285 * h};
    f.ankles[side] = {0, y * 0.07 * h, 0.035 * h};
    f.shoulders[side] = {0, y * 0.108 * h, 0.815 * h};
    f.elbows[side] = f.shoulders[side] + Vec3{-0.01 * h, y * 0.03 * h, -0.165 * h};
    f.hands[side] = f.elbows[side] + downwards(side == 0 ? bent_arm : 0.15) * (0.16 * h);
  }
  f.head = {0.02 * h, 0, 0.93 * h};
  return f;
}

Figure riding_figure(double height, double travelled) {
  constexpr Vec3 kCrank{-0.06, 0, 0.29};
  constexpr double kGear_m = 4.6;  // a turn of the pedals
  const double h = height;
  Figure f;
  for (size_t side = 0; side < 2; ++side) {
    const double y = side_sign(side);
    const double turns = -travelled / kGear_m + 0.5 * static_cast<double>(side);
    f.hips[side] = {-0.20, y * 0.05 * h, 1.0};
    f.ankles[side] = kCrank + Vec3{0.16 * cosine(turns) - 0.04, y * 0.11, 0.16 * sine(turns) + 0.08};
    f.knees[side] = bent_joint(f.hips[side], f.ankles[side], 0.24 * h);
    f.shoulders[side] = {0.02 * h, y * 0.108 * h, 1.0 + 0.27 * h};
    f.hands[side] = {0.36, y * 0.24, 1.08};
    f.elbows[side] = between(f.shoulders[side], f.hands[side], 0.5) + Vec3{-0.02, y * 0.06, -0.08};
  }
  f.head = {0.07 * h, 0, 1.0 + 0.385 * h};
  return f;
}

FigureDrawing::FigureDrawing(Painter& painter, const Pose& pose, const Figure& figure, const Dress& dress)
    : painter_(painter), pose_(pose), figure_(figure), dress_(dress) {
  const Vec3 to_camera = normalized(painter.camera().eye() - pose.origin);
  near_ = dot(to_camera, pose.turn({0, 1, 0})) > 0 ? 1 : 0;
  from_behind_ = dot(to_camera, pose.turn({1, 0, 0})) < 0;
  normal_ = normalized(Vec3{to_camera.x, to_camera.y, 0.45});
}

void FigureDrawing::draw_far_side() {
  draw_arm(1 - near_);
  draw_leg(1 - near_);
}

void FigureDrawing::draw_near_side() {
  draw_leg(near_);
  if (!from_behind_) draw_backpack();
  draw_torso();
  draw_head();
  if (from_behind_) draw_backpack();
  draw_arm(near_);
}

void FigureDrawing::draw_leg(size_t side) {
  const double h = dress_.height;
  const double g = dress_.girth;
  const Vec3 hip = world(figure_.hips[side]);
  const Vec3 knee = world(figure_.knees[side]);
  const Vec3 ankle = world(figure_.ankles[side]);
  const bool bare = dress_.cut == Dress::Cut::kShorts || dress_.cut == Dress::Cut::kSkirt;
  const Rgb shade = Rgb{1, 1, 1} * (side == near_ ? 1.0 : 0.8);
  const std::array<Ball, 2> thigh{Ball{hip, 0.05 * h * g}, Ball{knee, 0.036 * h}};
  const std::array<Ball, 2> shin{Ball{knee, 0.035 * h}, Ball{ankle, 0.025 * h}};
  const Vec3 toe = ankle + pose_.turn({0.095 * h, 0, -0.012 * h});
  const std::array<Ball, 2> shoe{Ball{ankle + Vec3{0, 0, -0.012 * h}, 0.023 * h}, Ball{toe, 0.018 * h}};
  if (!painter_.shows(0.07)) {  // far away a leg is one line
    const std::array<Ball, 2> leg{thigh[0], shin[1]};
    return painter_.blob(leg, cloth(dress_.bottom * shade));
  }
  painter_.blob(shoe, cloth(dress_.shoes * shade));
  painter_.blob(shin, cloth((bare ? dress_.skin : dress_.bottom) * shade));
  painter_.blob(thigh, cloth(dress_.bottom * shade));
}

void FigureDrawing::draw_arm(size_t side) {
  const double h = dress_.height;
  const Vec3 shoulder = world(figure_.shoulders[side]);
  const Vec3 elbow = world(figure_.elbows[side]);
  const Vec3 hand = world(figure_.hands[side]);
  const bool bare = dress_.cut == Dress::Cut::kShorts;
  const Rgb shade = Rgb{1, 1, 1} * (side == near_ ? 0.92 : 0.75);
  const std::array<Ball, 2> lower{Ball{elbow, 0.025 * h}, Ball{hand, 0.02 * h}};
  const std::array<Ball, 2> upper{Ball{shoulder, 0.034 * h}, Ball{elbow, 0.027 * h}};
  const std::array<Ball, 1> palm{Ball{hand, 0.024 * h}};
  if (!painter_.shows(0.07)) {
    const std::array<Ball, 2> arm{upper[0], lower[1]};
    return painter_.blob(arm, cloth(dress_.top * shade));
  }
  painter_.blob(palm, cloth(dress_.skin * shade));
  painter_.blob(lower, cloth((bare ? dress_.skin : dress_.top) * shade));
  painter_.blob(upper, cloth(dress_.top * shade));
}

void FigureDrawing::draw_torso() {
  const double h = dress_.height;
  const double g = dress_.girth;
  const auto ball = [&](Vec3 local, double radius) { return Ball{world(local), radius}; };
  const Vec3 waist = between(figure_.hips[0], figure_.hips[1], 0.5);
  const bool skirted = dress_.cut == Dress::Cut::kSkirt || dress_.cut == Dress::Cut::kCoat;
  if (skirted) {  // follows the knees
    const std::array<Ball, 4> skirt{ball(figure_.hips[0], 0.055 * h * g),
                                    ball(figure_.hips[1], 0.055 * h * g),
                                    ball(between(figure_.hips[0], figure_.knees[0], 0.85), 0.06 * h),
                                    ball(between(figure_.hips[1], figure_.knees[1], 0.85), 0.06 * h)};
    painter_.blob(skirt, cloth(dress_.cut == Dress::Cut::kCoat ? dress_.top : dress_.bottom, -0.2));
  }
  const std::array<Ball, 5> torso{ball(between(figure_.shoulders[0], figure_.shoulders[1], 0.12), 0.042 * h),
                                  ball(between(figure_.shoulders[0], figure_.shoulders[1], 0.88), 0.042 * h),
                                  ball(figure_.hips[0], 0.052 * h * g), ball(figure_.hips[1], 0.052 * h * g),
                                  ball(waist + Vec3{0, 0, 0.12 * h}, 0.075 * h * g)};
  painter_.blob(torso, cloth(dress_.top, -0.22));
}

void FigureDrawing::draw_backpack() {
  if (!dress_.has_backpack) return;
  const double h = dress_.height;
  const Vec3 top = between(figure_.shoulders[0], figure_.shoulders[1], 0.5);
  const Vec3 foot = between(figure_.hips[0], figure_.hips[1], 0.5);
  const Vec3 back{-0.085 * h, 0, 0};
  const std::array<Ball, 2> pack{Ball{world(between(top, foot, 0.1) + back), 0.065 * h},
                                 Ball{world(between(top, foot, 0.62) + back), 0.075 * h}};
  painter_.blob(pack, cloth(dress_.backpack, -0.15));
}

void FigureDrawing::draw_head() {
  const double h = dress_.height;
  const Vec3 neck = between(figure_.shoulders[0], figure_.shoulders[1], 0.5);
  const std::array<Ball, 2> throat{Ball{world(neck), 0.03 * h}, Ball{world(figure_.head), 0.03 * h}};
  const Vec3 crown = figure_.head + Vec3{-0.018 * h, 0, 0.016 * h};
  const std::array<Ball, 2> face{Ball{world(figure_.head + Vec3{0.008 * h, 0, 0.01 * h}), 0.052 * h},
                                 Ball{world(figure_.head + Vec3{0.012 * h, 0, -0.022 * h}), 0.042 * h}};
  const double fall = dress_.long_hair ? -0.09 : -0.015;
  const std::array<Ball, 2> hair{Ball{world(crown), 0.06 * h},
                                 Ball{world(crown + Vec3{-0.012 * h, 0, fall * h}), 0.05 * h}};
  if (!painter_.shows(0.07)) return painter_.blob(face, cloth(from_behind_ ? dress_.hair : dress_.skin));
  painter_.blob(throat, cloth(dress_.skin * 0.85));
  if (from_behind_) {
    painter_.blob(face, cloth(dress_.skin));
    painter_.blob(hair, cloth(dress_.hair, -0.2));
  } else {
    painter_.blob(hair, cloth(dress_.hair));
    painter_.blob(face, cloth(dress_.skin, -0.12));
  }
  if (!dress_.has_hat) return;
  const std::array<Ball, 2> hat{Ball{world(crown + Vec3{0.02 * h, 0, 0.028 * h}), 0.056 * h},
                                Ball{world(crown + Vec3{-0.01 * h, 0, 0.03 * h}), 0.056 * h}};
  painter_.blob(hat, cloth(dress_.hat));
}

void draw_person(Painter& painter, const Actor& actor) {
  painter.belong_to(painter.list().begin_object({static_cast<int>(SceneClass::kPerson), actor.id}));
  const Dress dress = dress_of(actor.look);
  const Figure figure = actor.gait == Gait::kWalking ? walking_figure(dress.height, actor.travelled)
                                                     : standing_figure(dress.height, actor.look);
  FigureDrawing drawing(painter, actor.pose, figure, dress);
  drawing.draw_far_side();
  drawing.draw_near_side();
}

}  // namespace weir::scene
