// SPDX-License-Identifier: Apache-2.0
// How everything that moves, or hides what moves, looks. Each draws itself back to front, as one or two
// objects of the draw list.
#pragma once

#include <array>

#include "scene/draw/painter.h"
#include "scene/traffic.h"

namespace weir::scene {

/// Cars and buses.
void draw_vehicle(Painter& painter, const Actor& actor);
/// A bicycle, and its rider as a person of its own.
void draw_bicycle(Painter& painter, const Actor& actor);
void draw_person(Painter& painter, const Actor& actor);
void draw_lamp(Painter& painter, const Actor& actor);
void draw_signal(Painter& painter, const Actor& actor);

/// What an actor does to the light on the ground around it: contact and cast shadow, head lights.
void draw_on_ground(Painter& painter, const Actor& actor);

/// A car or bus is a lower body and a cabin on it, both convex.
struct Section {  ///< of the lower body, across
  double x;
  double half_width;
  double bottom;
  double top;
};
struct Cabin {
  double base_back;  ///< its foot, in x
  double base_front;
  double roof_back;
  double roof_front;
  double base;  ///< heights
  double roof;
  double base_half_width;
  double roof_half_width;
};
struct CarShape {
  std::array<Section, 5> body;  ///< from back to front
  Cabin cabin;
  double wheel_radius;
  std::array<double, 2> axles;
  bool has_rear_windows = true;  ///< beside the back seats
};
/// The shape of the car with this look.
[[nodiscard]] CarShape car_shape(uint64_t look);

inline constexpr double kBusLength_m = 11.4;
inline constexpr double kBusHalfWidth_m = 1.26;
inline constexpr double kBusHeight_m = 3.05;

inline constexpr double kBicycleLength_m = 1.76;

/// Height of the person with this look, metres.
[[nodiscard]] double person_height(uint64_t look);

}  // namespace weir::scene
