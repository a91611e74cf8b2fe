// SPDX-License-Identifier: Apache-2.0
// Presentation times that always rise, whatever the container says.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

extern "C" {
#include <libavutil/mathematics.h>
}

namespace weir {

/// Turns the timestamps of one track, in `time_base` and display order, into times since its first
/// frame. One that is missing, absurd or no later than the one before is replaced by one frame after it.
class PtsTimeline {
 public:
  PtsTimeline(AVRational time_base, std::chrono::nanoseconds frame_duration)
      : time_base_(time_base), frame_duration_(frame_duration) {}

  [[nodiscard]] std::chrono::nanoseconds next(std::optional<int64_t> timestamp);

  /// The next frame is the first again.
  void restart() { *this = PtsTimeline(time_base_, frame_duration_); }

 private:
  AVRational time_base_;
  std::chrono::nanoseconds frame_duration_;
  std::optional<int64_t> origin_;                 // timestamp at time 0
  std::optional<std::chrono::nanoseconds> last_;  // what next() gave last
};

}  // namespace weir
