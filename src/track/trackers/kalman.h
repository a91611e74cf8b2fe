// SPDX-License-Identifier: Apache-2.0
// A Kalman filter of one number that changes at a nearly steady rate. ByteTrack's and OC-SORT's filters of
// four numbers are four of these: their noises are independent, and so the numbers are.
#pragma once

#include <algorithm>
#include <cmath>

namespace weir::track {

/// Variances, and how fast they grow.
struct KalmanNoise {
  double measured = 1;      ///< of what is measured
  double value_per_s = 0;   ///< of the value
  double rate_per_s = 0;    ///< of its rate, per second
  double initial_rate = 0;  ///< of the rate when there is one measurement
};

/// Standard deviations as they are usual for filters that count in frames, of which there were 30 in a
/// second; `size` is that of the object in the unit of the value.
[[nodiscard]] constexpr KalmanNoise usual_noise(double size) {
  constexpr double kFrames_per_s = 30;
  const double value = size / 20;  // of a measurement; of what the value does by itself in a frame
  const double rate = size / 160 * kFrames_per_s;  // of what the rate does in a frame, per second
  return {.measured = value * value,
          .value_per_s = value * value * kFrames_per_s,
          .rate_per_s = rate * rate * kFrames_per_s,
          .initial_rate = 100 * rate * rate};
}

class Kalman {
 public:
  Kalman() = default;
  Kalman(double measured, const KalmanNoise& noise)
      : value_(measured), variance_(noise.measured), rate_variance_(noise.initial_rate) {}

  /// Later by `dt` seconds, 0 or more. The noise is that of a random acceleration, integrated over the time.
  void predict(double dt, const KalmanNoise& noise) {
    value_ += rate_ * dt;
    variance_ += dt * (2 * covariance_ + dt * rate_variance_) + noise.value_per_s * dt +
                 noise.rate_per_s * dt * dt * dt / 3;
    covariance_ += dt * rate_variance_ + noise.rate_per_s * dt * dt / 2;
    rate_variance_ += noise.rate_per_s * dt;
  }

  void correct(double measured, const KalmanNoise& noise) {
    const double gain = variance_ / (variance_ + noise.measured);
    const double rate_gain = covariance_ / (variance_ + noise.measured);
    const double surprise = measured - value_;
    value_ += gain * surprise;
    rate_ += rate_gain * surprise;
    rate_variance_ -= rate_gain * covariance_;
    covariance_ -= gain * covariance_;
    variance_ -= gain * variance_;
  }

  [[nodiscard]] double value() const { return value_; }
  [[nodiscard]] double rate() const { return rate_; }
  [[nodiscard]] double variance() const { return variance_; }
  /// It no longer changes, as far as is known.
  void stop() { rate_ = 0; }

 private:
  double value_ = 0;
  double rate_ = 0;
  double variance_ = 1;
  double covariance_ = 0;
  double rate_variance_ = 1;
};

/// How far off the value may be beyond what it is right after a measurement: the difference of standard
/// deviations.
[[nodiscard]] inline double doubt_of(const Kalman& value, const KalmanNoise& noise) {
  return std::max(0.0, std::sqrt(value.variance()) - std::sqrt(noise.measured));
}

}  // namespace weir::track
