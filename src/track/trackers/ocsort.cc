// SPDX-License-Identifier: Apache-2.0
#include "track/trackers/ocsort.h"

#include <algorithm>

namespace weir::track {
namespace {

/// The paper compares directions over three frames.
constexpr Time kMomentumTime = std::chrono::milliseconds(100);
/// How far apart the boxes are that are made up for a gap, and how many there are at most.
constexpr Time kMadeUpEvery = std::chrono::milliseconds(33);
constexpr int64_t kMostMadeUp = 60;
constexpr KalmanNoise kAspectOnlyNoise{.measured = 1e-2, .value_per_s = 3e-3};

double size_of(const Box& box) {
  return std::sqrt(box.area());
}

Box between(const Box& a, const Box& b, float part) {
  return {a.x1 + part * (b.x1 - a.x1), a.y1 + part * (b.y1 - a.y1), a.x2 + part * (b.x2 - a.x2),
          a.y2 + part * (b.y2 - a.y2)};
}

}  // namespace

OcMotion::Filter::Filter(const Box& box, Time at)
    : x(centre_x(box), usual_noise(size_of(box))),
      y(centre_y(box), usual_noise(size_of(box))),
      area(box.area(), usual_noise(2 * box.area())),  // an area's error is twice that of a side
      aspect(width_of(box) / height_of(box), kAspectOnlyNoise),
      time(at) {}

void OcMotion::Filter::predict(Time to) {
  const double dt = std::max(0.0, seconds(to - time));
  const double now = std::max(1.0, area.value());
  if (area.value() + area.rate() * dt <= 0) area.stop();
  for (Kalman* one : {&x, &y}) one->predict(dt, usual_noise(std::sqrt(now)));
  area.predict(dt, usual_noise(2 * now));
  aspect.predict(dt, kAspectOnlyNoise);
  time = to;
}

void OcMotion::Filter::correct(const Box& box) {
  for (Kalman* one : {&x, &y})
    one->correct(one == &x ? centre_x(box) : centre_y(box), usual_noise(size_of(box)));
  area.correct(box.area(), usual_noise(2 * box.area()));
  aspect.correct(width_of(box) / height_of(box), kAspectOnlyNoise);
}

OcMotion::OcMotion(const Box& box, Time time) : filter_(box, time), after_last_box_(filter_) {
  seen_[0] = {box, time};
}

void OcMotion::see(const Box& box, Time time) {
  const Seen& before = last(0);
  const int64_t steps = std::clamp<int64_t>((time - before.time) / kMadeUpEvery, 1, kMostMadeUp);
  filter_ = after_last_box_;
  for (int64_t i = 1; i <= steps; ++i) {
    filter_.predict(before.time + (time - before.time) * i / steps);
    filter_.correct(between(before.box, box, static_cast<float>(i) / static_cast<float>(steps)));
  }
  after_last_box_ = filter_;
  newest_ = (newest_ + 1) % kMost;
  seen_[newest_] = {box, time};
  count_ = std::min(count_ + 1, kMost);
}

Box OcMotion::expect(Time time) {
  filter_.predict(time);
  const double aspect = std::max(0.05, filter_.aspect.value());
  const double area = std::max(1.0, filter_.area.value());
  return box_at(filter_.x.value(), filter_.y.value(), std::sqrt(area * aspect), std::sqrt(area / aspect));
}

double OcMotion::doubt_px() const {
  return doubt_of(filter_.x, usual_noise(size_of(last(0).box)));
}

double OcMotion::consistency(const Box& box) const {
  const Seen& newest = last(0);
  size_t i = 1;
  while (i + 1 < count_ && newest.time - last(i).time < kMomentumTime) ++i;
  if (i >= count_) return 0;
  const Box& earlier = last(i).box;
  const double was_x = centre_x(newest.box) - centre_x(earlier);
  const double was_y = centre_y(newest.box) - centre_y(earlier);
  const double is_x = centre_x(box) - centre_x(newest.box);
  const double is_y = centre_y(box) - centre_y(newest.box);
  if ((was_x == 0 && was_y == 0) || (is_x == 0 && is_y == 0)) return 0;
  const double turned = std::abs(std::atan2(was_x * is_y - was_y * is_x, was_x * is_x + was_y * is_y));
  return 0.5 - turned / std::numbers::pi;
}

}  // namespace weir::track
