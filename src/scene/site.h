// SPDX-License-Identifier: Apache-2.0
// The plan of a street, drawn from a seed: its course, lanes, houses, trees, lamps, the weather, and where
// the camera hangs. Everything that stands still; traffic.h has what moves.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "scene/draw/camera.h"
#include "scene/draw/light.h"

namespace weir::scene {

/// A place in street coordinates, metres: `s` along the middle of the road, `d` to its left.
struct Along {
  double s = 0;
  double d = 0;
};

/// The course of the street: a parabola, so that going to and fro needs no trigonometry.
struct Course {
  double bend_per_m = 0;  ///< 1 / radius at s = 0; positive to the left

  [[nodiscard]] Vec3 at(Along place, double z = 0) const;
  /// The direction of growing s, of length 1.
  [[nodiscard]] Vec2 heading(double s) const;
  [[nodiscard]] Along nearest(Vec2 ground) const;
};

enum class LaneKind { kRoad, kBicycle };

struct Lane {
  LaneKind kind = LaneKind::kRoad;
  double d = 0;          ///< of its middle
  int direction = 1;     ///< +1: towards growing s
  double speed = 10;     ///< m/s
  double density = 0.6;  ///< 0..1: how many of the places in its traffic are taken
};

/// One half of the street, from its middle outwards; all distances from the middle, metres, positive.
struct Side {
  int sign = 1;           ///< +1 left, -1 right
  double lanes = 3.3;     ///< outer edge of the lanes for cars
  double bicycles = 3.3;  ///< outer edge of the bicycle lane; equal to `lanes` where there is none
  double kerb = 3.3;      ///< edge of the roadway, parked cars included
  double pavement = 6;    ///< outer edge of the pavement
  double houses = 8;      ///< front of the houses
  bool is_park = false;   ///< grass and trees in place of houses

  [[nodiscard]] bool has_bicycles() const { return bicycles > lanes; }
  [[nodiscard]] bool has_parking() const { return kerb > bicycles; }
};

struct House {
  uint64_t look = 0;
  int sign = 1;
  double s0 = 0;  ///< ends of its front
  double s1 = 0;
  double front = 8;  ///< distance from the middle of the street
  double depth = 11;
  double height = 12;  ///< of the walls
};

struct Tree {
  uint64_t look = 0;
  Vec3 foot;
  double height = 7;
};

struct Lamp {
  Vec3 foot;
  Vec3 head;
};

/// Something that stands on the street for good: parked cars and bicycles, people who wait.
enum class StandingKind { kCar, kBicycle, kPerson };
struct Standing {
  StandingKind kind = StandingKind::kCar;
  uint64_t look = 0;
  Along place;
  double turned = 0;  ///< heading in turns, against that of the street
};

struct Crossing {
  double s = 20;
  double half_width = 2;
};

/// The traffic light at a crossing, or the beat of the traffic where there is none.
struct Signal {
  double cycle_s = 30;
  double green_s = 12;  ///< when the cars' green begins within the cycle; 0: always green
};

struct Site {
  uint64_t seed = 1;
  Course course;
  Side left;
  Side right;
  CameraPlace camera;
  Along camera_place;
  Light light;
  double noise = 1.5;  ///< deviation in steps of luma
  std::vector<Lane> lanes;
  std::optional<Crossing> crossing;
  Signal signal;
  double walkers_per_m = 0.05;  ///< on each pavement
  std::vector<House> houses;
  std::vector<Tree> trees;
  std::vector<Lamp> lamps;
  std::vector<Standing> standing;
  std::vector<std::vector<Vec2>> shades;  ///< convex polygons on the ground where houses take the sun
  Rgb asphalt;
  Rgb paving;
  Rgb foliage;

  [[nodiscard]] const Side& side(double d) const { return d >= 0 ? left : right; }
  /// 0 in the shade of a house, 1 in the sun.
  [[nodiscard]] double sunlit(Vec2 ground) const;
  /// Whether houses or trees on the inside of a bend stand between the camera and this place.
  [[nodiscard]] bool is_round_the_bend(Vec2 ground) const;
};

/// How far the street is built, and how far it is used, in s.
inline constexpr double kStreetBegin_m = -90;
inline constexpr double kStreetEnd_m = 230;
inline constexpr double kTrafficEnd_m = 165;

[[nodiscard]] Site make_site(uint64_t seed);

/// The corners of a house's walls at height z: front at s0, front at s1, back at s1, back at s0.
[[nodiscard]] std::array<Vec3, 4> corners_of(const House& house, const Course& course, double z);

}  // namespace weir::scene
