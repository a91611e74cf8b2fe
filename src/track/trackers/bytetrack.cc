// SPDX-License-Identifier: Apache-2.0
#include "track/trackers/bytetrack.h"

#include <cmath>

namespace weir::track {
namespace {

/// The aspect hardly changes.
constexpr KalmanNoise kAspectNoise{
    .measured = 1e-2, .value_per_s = 3e-3, .rate_per_s = 3e-6, .initial_rate = 1e-7};

}  // namespace

ByteMotion::ByteMotion(const Box& box, Time time)
    : x_(centre_x(box), usual_noise(height_of(box))),
      y_(centre_y(box), usual_noise(height_of(box))),
      aspect_(width_of(box) / height_of(box), kAspectNoise),
      height_(height_of(box), usual_noise(height_of(box))),
      time_(time),
      seen_at_(time) {}

void ByteMotion::predict(Time time) {
  const double dt = std::max(0.0, seconds(time - time_));
  if (seen_at_ != time_) height_.stop();  // sizes that go on to change unseen soon make no sense
  const KalmanNoise noise = usual_noise(height_.value());
  for (Kalman* one : {&x_, &y_, &height_}) one->predict(dt, noise);
  aspect_.predict(dt, kAspectNoise);
  time_ = time;
}

void ByteMotion::see(const Box& box, Time time) {
  if (time <= seen_at_) {
    *this = ByteMotion(box, time);  // time stands still: there is no rate to be known
    return;
  }
  predict(time);
  const KalmanNoise noise = usual_noise(height_.value());
  x_.correct(centre_x(box), noise);
  y_.correct(centre_y(box), noise);
  aspect_.correct(width_of(box) / height_of(box), kAspectNoise);
  height_.correct(height_of(box), noise);
  seen_at_ = time;
}

Box ByteMotion::expect(Time time) {
  predict(time);
  return box_at(x_.value(), y_.value(), aspect_.value() * height_.value(), height_.value());
}

double ByteMotion::doubt_px() const {
  return doubt_of(x_, usual_noise(height_.value()));
}

}  // namespace weir::track
