// SPDX-License-Identifier: Apache-2.0
// Who is where at a given time. Nothing is simulated: every place is a closed formula of the time, so that
// any frame can be had without those before it.
#pragma once

#include <cstdint>
#include <vector>

#include "scene/site.h"

namespace weir::scene {

enum class ActorKind { kCar, kBus, kBicycle, kPerson, kLamp, kSignal };
enum class Gait { kStanding, kWalking };

struct Actor {
  ActorKind kind = ActorKind::kPerson;
  int64_t id = 0;     ///< stays with it as long as it is there; a bicycle's rider has id + 1
  uint64_t look = 0;  ///< key of everything about how it looks
  Along place;
  Pose pose;
  double half_length = 0.3;  ///< in s
  double half_width = 0.3;   ///< in d
  double travelled = 0;      ///< metres so far: turns wheels, swings legs
  Gait gait = Gait::kStanding;
  bool has_rider = false;     ///< bicycles
  bool is_braking = false;    ///< cars, buses
  bool is_green = false;      ///< signals: for the cars
  bool kerb_is_left = false;  ///< buses: where the doors are
  Vec3 head;                  ///< lamps
};

/// Length over all, metres, of the vehicle with this look.
[[nodiscard]] double vehicle_length(ActorKind kind, uint64_t look);

/// All that move or that may hide what moves, in no order.
[[nodiscard]] std::vector<Actor> actors_at(const Site& site, double time_s);

/// Puts those that hide others after them, as seen from the camera.
void order_for_painting(std::vector<Actor>& actors, Along camera);

}  // namespace weir::scene
