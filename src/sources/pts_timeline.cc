// SPDX-License-Identifier: Apache-2.0
#include "sources/pts_timeline.h"

extern "C" {
#include <libavutil/common.h>
}

namespace weir {

using std::chrono::nanoseconds;

nanoseconds PtsTimeline::next(std::optional<int64_t> timestamp) {
  constexpr AVRational kNanosecond{1, 1'000'000'000};
  constexpr nanoseconds kAbsurd = std::chrono::hours(24 * 365);

  if (!last_) {
    origin_ = timestamp;
    return *(last_ = nanoseconds(0));
  }
  nanoseconds time = *last_ + frame_duration_;
  if (timestamp && origin_) {
    const nanoseconds told(av_rescale_q(av_sat_sub64(*timestamp, *origin_), time_base_, kNanosecond));
    if (told > *last_ && told < kAbsurd) time = told;
  } else if (timestamp) {  // the first frames had none
    origin_ = av_sat_sub64(*timestamp, av_rescale_q(time.count(), kNanosecond, time_base_));
  }
  return *(last_ = time);
}

}  // namespace weir
