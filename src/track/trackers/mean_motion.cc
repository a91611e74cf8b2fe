// SPDX-License-Identifier: Apache-2.0
#include "track/trackers/mean_motion.h"

#include <algorithm>

#include "track/boxes.h"

namespace weir::track {
namespace {

/// What is fitted; if frames are further apart, the last two boxes.
constexpr double kWindow_s = 0.7;
/// A movement from longer ago says nothing.
constexpr double kOutdated_s = 2.0;
/// (noise of a box / usual speed of things)^2: 7 % of its size, one size a second.
constexpr double kNoise_s2 = 0.005;
/// The movement is believed for so long, and half of the change in size.
constexpr double kBelieved_s = 0.7;
constexpr double kSizeShare = 0.5;

struct Sums {
  double count = 0;
  double time = 0;
  double time2 = 0;
  std::array<double, 4> side{};
  std::array<double, 4> time_side{};

  [[nodiscard]] double slope(size_t side_index) const {
    const double spread = time2 - time * time / count;
    return (time_side[side_index] - time * side[side_index] / count) / (spread + kNoise_s2);
  }
};

/// A size after its change, which is not believed beyond half or double.
double changed(double size, double change) {
  return std::clamp(size + change, size / 2, size * 2);
}

}  // namespace

void MeanMotion::see(const Box& box, Time time) {
  newest_ = (newest_ + 1) % kMost;
  seen_[newest_] = {box, time};
  count_ = std::min(count_ + 1, kMost);
  velocity_ = estimate();
}

MeanMotion::Velocity MeanMotion::estimate() const {
  const Seen& newest = last(0);
  Sums sums;
  for (size_t i = 0; i < count_; ++i) {
    const Seen& one = last(i);
    const double ago = seconds(newest.time - one.time);
    if (ago > (i == 1 ? kOutdated_s : kWindow_s)) break;
    // From the newest box on, so that no large numbers cancel out.
    const std::array<double, 4> sides{one.box.x1 - newest.box.x1, one.box.y1 - newest.box.y1,
                                      one.box.x2 - newest.box.x2, one.box.y2 - newest.box.y2};
    sums.count += 1;
    sums.time -= ago;
    sums.time2 += ago * ago;
    for (size_t k = 0; k < sides.size(); ++k) {
      sums.side[k] += sides[k];
      sums.time_side[k] -= ago * sides[k];
    }
  }
  const double left = sums.slope(0);
  const double top = sums.slope(1);
  const double right = sums.slope(2);
  const double bottom = sums.slope(3);
  return {(left + right) / 2, (top + bottom) / 2, right - left, bottom - top};
}

Box MeanMotion::expect(Time time) const {
  const Box& box = last(0).box;
  const double ahead = std::clamp(seconds(time - last(0).time), 0.0, kBelieved_s);
  return box_at(centre_x(box) + velocity_.x * ahead, centre_y(box) + velocity_.y * ahead,
                changed(width_of(box), velocity_.width * kSizeShare * ahead),
                changed(height_of(box), velocity_.height * kSizeShare * ahead));
}

}  // namespace weir::track
