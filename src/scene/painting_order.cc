// SPDX-License-Identifier: Apache-2.0
// Who hides whom. Sorting by distance fails beside long things (a person before the end of a bus); planes
// between the actors, along the street or across it, do not.
#include <algorithm>
#include <cmath>

#include "scene/traffic.h"

namespace weir::scene {
namespace {

enum class Hides { kUnknown, kFirst, kSecond };

/// Two things whose ranges on one axis do not overlap, and the camera's place on it: who is in front.
Hides on_axis(double a, double a_half, double b, double b_half, double camera) {
  const bool a_below = a + a_half <= b - b_half;
  const bool b_below = b + b_half <= a - a_half;
  if (!a_below && !b_below) return Hides::kUnknown;
  const double low_end = a_below ? a + a_half : b + b_half;
  const double high_begin = a_below ? b - b_half : a - a_half;
  if (camera >= high_begin) return a_below ? Hides::kSecond : Hides::kFirst;
  if (camera <= low_end) return a_below ? Hides::kFirst : Hides::kSecond;
  return Hides::kUnknown;  // the camera looks between them
}

bool hides(const Actor& front, const Actor& back, Along camera) {
  const Hides across = on_axis(front.place.d, front.half_width, back.place.d, back.half_width, camera.d);
  if (across != Hides::kUnknown) return across == Hides::kFirst;
  return on_axis(front.place.s, front.half_length, back.place.s, back.half_length, camera.s) == Hides::kFirst;
}

double distance(const Actor& actor, Along camera) {
  const double s = actor.place.s - camera.s;
  const double d = actor.place.d - camera.d;
  return s * s + d * d;
}

}  // namespace

void order_for_painting(std::vector<Actor>& actors, Along camera) {
  std::stable_sort(actors.begin(), actors.end(), [camera](const Actor& a, const Actor& b) {
    return distance(a, camera) > distance(b, camera);
  });
  // Paint the furthest that hides nobody of those still to be painted; in a ring of three, the furthest.
  for (auto next = actors.begin(); next != actors.end(); ++next) {
    const auto hides_none = [&](const Actor& candidate) {
      return std::none_of(next, actors.end(), [&](const Actor& other) {
        return &other != &candidate && hides(candidate, other, camera);
      });
    };
    const auto chosen = std::find_if(next, actors.end(), hides_none);
    if (chosen != actors.end()) std::rotate(next, chosen, chosen + 1);
  }
}

}  // namespace weir::scene
