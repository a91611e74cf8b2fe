// SPDX-License-Identifier: Apache-2.0
// Since when an object has been where it is.
#pragma once

#include "track/boxes.h"
#include "track/time.h"

namespace weir::track {

class Stillness {
 public:
  Stillness() = default;
  Stillness(const Box& box, Time time) : place_(box), since_(time), here_at_(time) {}

  /// Time never goes back.
  void see(const Box& box, Time time) {
    if (overlap(box, place_) >= kSamePlace) {
      here_at_ = time;
    } else if (time - here_at_ > kPatience) {
      *this = Stillness(box, time);
    }
  }
  /// Nobody looked from the last time on until now.
  void skip_to(Time time) { here_at_ = time; }

  /// Whether it has been where it is for long enough to be taken as parked.
  [[nodiscard]] bool is_still(Time now) const { return now - since_ >= kStill; }
  [[nodiscard]] Time since() const { return since_; }
  [[nodiscard]] const Box& place() const { return place_; }

 private:
  /// Least overlap with the first box: a third of the object's size away is somewhere else.
  static constexpr double kSamePlace = 0.5;
  /// What hides a part of an object for a moment changes its box, not its place.
  static constexpr Time kPatience = std::chrono::seconds(1);

  static constexpr Time kStill = std::chrono::seconds(10);

  Box place_;
  Time since_{0};
  Time here_at_{0};
};

}  // namespace weir::track
