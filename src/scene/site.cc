// SPDX-License-Identifier: Apache-2.0
#include "scene/site.h"

#include <algorithm>
#include <cmath>

#include "scene/draw/random.h"
#include "scene/site_parts.h"

namespace weir::scene {
namespace {

Side make_side(Random& random, int sign, bool wants_bicycles) {
  Side side;
  side.sign = sign;
  const double lane = random.real(3.1, 3.5);
  side.lanes = lane * (random.chance(0.3) ? 2 : 1);
  side.bicycles = side.lanes + (wants_bicycles ? random.real(1.6, 2.0) : 0.0);
  side.kerb = side.bicycles + (random.chance(0.45) ? 2.2 : 0.35);
  side.pavement = side.kerb + random.real(2.8, 5.0);
  side.houses = side.pavement + (random.chance(0.5) ? random.real(3.2, 6.0) : random.real(0.0, 0.6));
  side.is_park = random.chance(0.18);
  return side;
}

void add_lanes(Random& random, const Side& side, int direction, std::vector<Lane>& lanes) {
  const int count = side.lanes > 4 ? 2 : 1;
  const double width = side.lanes / count;
  for (int i = 0; i < count; ++i) {
    Lane lane{LaneKind::kRoad, side.sign * (i + 0.5) * width, direction, random.real(8.0, 12.5)};
    lane.density = random.real(0.3, 0.7);
    lanes.push_back(lane);
  }
  if (!side.has_bicycles()) return;
  Lane lane{LaneKind::kBicycle, side.sign * (side.lanes + side.bicycles) / 2, direction,
            random.real(4.2, 6.0)};
  lane.density = random.real(0.3, 0.7);
  lanes.push_back(lane);
}

/// Where cameras hang: high over the road, on a lamp post, low on the pavement, at a window.
enum class Hang { kOverRoad, kPost, kLow, kWindow };

Hang pick_hang(Random& random) {
  const double dice = random.real(0, 1);
  return dice < 0.3 ? Hang::kOverRoad : dice < 0.58 ? Hang::kPost : dice < 0.78 ? Hang::kLow : Hang::kWindow;
}

void hang_camera(Random& random, Site& site) {
  const Hang hang = pick_hang(random);
  const Side& side = random.chance(0.5) ? site.left : site.right;
  double height = 0;
  double yaw_degrees = 0;
  double pitch_degrees = 0;
  double d = 0;  // distance from the middle, on that side
  switch (hang) {
    case Hang::kOverRoad:
      d = random.real(0.0, side.kerb);
      height = random.real(6.0, 9.0);
      yaw_degrees = random.real(-4, 9);
      pitch_degrees = random.real(9, 17);
      break;
    case Hang::kPost:
      d = side.kerb + random.real(0.2, 1.0);
      height = random.real(4.2, 6.5);
      yaw_degrees = random.real(10, 32);
      pitch_degrees = random.real(8, 15);
      break;
    case Hang::kLow:
      d = side.pavement - random.real(0.2, 0.8);
      height = random.real(2.7, 3.6);
      yaw_degrees = random.real(20, 42);
      pitch_degrees = random.real(3.5, 7.5);
      break;
    case Hang::kWindow:
      d = side.houses - random.real(0.4, 0.9);
      height = random.real(4.2, 7.5);
      yaw_degrees = random.real(55, 84);
      pitch_degrees = random.real(12, 20);
      break;
  }
  CameraPlace& camera = site.camera;
  camera.yaw_turns = -side.sign * yaw_degrees / 360;
  camera.pitch_turns = pitch_degrees / 360;
  camera.roll_turns = random.real(-0.8, 0.8) / 360;
  camera.width_of_view = hang == Hang::kOverRoad ? random.real(0.75, 1.2) : random.real(1.0, 1.45);
  site.camera_place = {0, side.sign * d};
  camera.eye = site.course.at(site.camera_place, height);
}

/// Ahead of the camera, where it sees it well.
void add_crossing(Random& random, Site& site) {
  const CameraPlace& camera = site.camera;
  const double reach = camera.eye.z * cosine(camera.pitch_turns) / sine(camera.pitch_turns);
  const double looks_at = cosine(camera.yaw_turns) * reach;
  const double s = std::clamp(looks_at + random.real(-7, 8), 7.0, 45.0);
  const double half_width = random.real(1.6, 2.4);
  const double wide = site.left.kerb + site.right.kerb;
  if (!random.chance(0.65)) {
    site.signal = {30, 0};
    return;
  }
  site.crossing = Crossing{s, half_width};
  const double red = wide / 1.2 + 5;  // time enough for the slowest to cross
  site.signal = {red + random.real(13, 20), red};
}

}  // namespace

Vec3 Course::at(Along place, double z) const {
  const double slope = bend_per_m * place.s;
  const double stretch = 1.0 / std::sqrt(1.0 + slope * slope);
  return {place.s - slope * stretch * place.d, slope * place.s / 2 + stretch * place.d, z};
}

Vec2 Course::heading(double s) const {
  const double slope = bend_per_m * s;
  const double stretch = 1.0 / std::sqrt(1.0 + slope * slope);
  return {stretch, slope * stretch};
}

Along Course::nearest(Vec2 ground) const {
  double s = ground.x;
  for (int i = 0; i < 3 && bend_per_m != 0; ++i) {  // Newton's steps to where the way there is square
    const double slope = bend_per_m * s;
    const double off = (ground.x - s) + (ground.y - slope * s / 2) * slope;
    const double change = -1.0 + bend_per_m * ground.y - 1.5 * slope * slope;
    s -= std::clamp(off / std::min(change, -0.2), -60.0, 60.0);
  }
  const double slope = bend_per_m * s;
  const Vec2 away = ground - Vec2{s, slope * s / 2};
  return {s, (away.y - slope * away.x) / std::sqrt(1.0 + slope * slope)};
}

double Site::sunlit(Vec2 ground) const {
  const auto covers = [ground](const std::vector<Vec2>& shade) { return contains(shade, ground); };
  return light.has_sun() && std::none_of(shades.begin(), shades.end(), covers) ? 1.0 : 0.0;
}

bool Site::is_round_the_bend(Vec2 ground) const {
  constexpr int kSteps = 8;
  const Vec2 eye{camera.eye.x, camera.eye.y};
  for (int i = 1; i < kSteps; ++i) {
    const double d = course.nearest(eye + (ground - eye) * (i / double{kSteps})).d;
    const Side& there = side(d);
    if (std::abs(d) > (there.is_park ? there.pavement + 3.0 : there.houses + 0.3)) return true;
  }
  return false;
}

Site make_site(uint64_t seed) {
  Random random(key(seed, 1));
  Site site;
  site.seed = seed;
  if (random.chance(0.55)) site.course.bend_per_m = random.real(-1, 1) / 110;
  const int bicycles = random.integer(0, 2);  // on the left, on the right, on both sides
  site.left = make_side(random, 1, bicycles != 1);
  site.right = make_side(random, -1, bicycles != 0);
  const bool keeps_left = random.chance(0.2);
  add_lanes(random, site.left, keeps_left ? 1 : -1, site.lanes);
  add_lanes(random, site.right, keeps_left ? -1 : 1, site.lanes);
  hang_camera(random, site);
  add_crossing(random, site);
  site.walkers_per_m = random.real(0.02, 0.08);
  const double grey = random.real(0.27, 0.42);
  site.asphalt = {grey, grey * random.real(0.98, 1.02), grey * random.real(0.97, 1.08)};
  const double pale = random.real(0.5, 0.66);
  site.paving = {pale, pale * random.real(0.94, 1.0), pale * random.real(0.86, 1.0)};
  const double green = random.real(0.3, 0.46);
  site.foliage = {green * random.real(0.5, 1.05), green, green * random.real(0.3, 0.5)};
  set_weather(Random(key(seed, 2)), site);
  add_houses(Random(key(seed, 3)), site);
  add_greenery(Random(key(seed, 4)), site);
  add_furniture(Random(key(seed, 5)), site);
  return site;
}

std::array<Vec3, 4> corners_of(const House& house, const Course& course, double z) {
  const double front = house.sign * house.front;
  const Vec3 a = course.at({house.s0, front}, z);
  const Vec3 b = course.at({house.s1, front}, z);
  const Vec3 along = normalized(b - a);
  const Vec3 back = Vec3{-along.y, along.x, 0} * (house.sign * house.depth);
  return {a, b, b + back, a + back};
}

}  // namespace weir::scene
