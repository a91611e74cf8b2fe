// SPDX-License-Identifier: Apache-2.0
#include "sources/pts_timeline.h"

#include <algorithm>
#include <utility>

extern "C" {
#include <libavutil/common.h>
#include <libavutil/mathematics.h>
}

namespace weir {
namespace {

using std::chrono::nanoseconds;

constexpr AVRational kNanosecond{1, 1'000'000'000};
constexpr nanoseconds kSmallestStep{1};
constexpr int kFramesBehind = 2;
constexpr int kFramesAlike = 10;
constexpr int kTrialFrames = 3;

/// The distance of two times, which may be as far apart as numbers can be.
nanoseconds distance(nanoseconds a, nanoseconds b) {
  return nanoseconds(av_sat_sub64(std::max(a, b).count(), std::min(a, b).count()));
}

}  // namespace

nanoseconds PtsTimeline::next(std::optional<int64_t> timestamp) {
  if (!last_) {
    last_stamp_ = timestamp;
    if (timestamp) epoch_ = Epoch{*timestamp, nanoseconds(0)};
    return *(last_ = nanoseconds(0));
  }
  nanoseconds time = *last_ + clock_.frame_duration;
  if (timestamp) {
    const int64_t stamp = unwrapped(*timestamp);
    alike_ = stamp == last_stamp_ ? alike_ + 1 : 0;
    if (!epoch_) {  // the first frames had none
      epoch_ = Epoch{stamp, time};
    } else {
      time = alike_ <= kFramesAlike ? told(stamp) : *last_ + usual_step();
    }
    last_stamp_ = stamp;
  }
  return *(last_ = time);
}

/// What the epoch makes of a timestamp; sees to it that it is the right epoch.
nanoseconds PtsTimeline::told(int64_t stamp) {
  const nanoseconds soonest = *last_ + kSmallestStep;
  const nanoseconds expected = *last_ + usual_step();
  const nanoseconds time = time_in(*epoch_, stamp);
  if (old_epoch_) {
    const nanoseconds old_time = time_in(*old_epoch_, stamp);
    if (distance(old_time, expected) < std::min(distance(time, expected), longest_gap_)) {
      epoch_ = std::exchange(old_epoch_, std::nullopt);
      return std::max(old_time, soonest);
    }
    if (--on_trial_ == 0) old_epoch_.reset();
  }
  if (time >= soonest && distance(time, *last_) < longest_gap_) {
    own_step_ = time - *last_;
    return time;
  }
  // Compared with what was told, not with what was guessed in between.
  const bool is_near =
      distance(time_in(*epoch_, *last_stamp_), time) <= kFramesBehind * clock_.frame_duration;
  if (time < soonest && (stamp >= *last_stamp_ || is_near)) return soonest;
  old_epoch_ = std::exchange(epoch_, Epoch{stamp, expected});
  on_trial_ = kTrialFrames;
  return expected;
}

/// As far as the last frames went by their own times, but no more than a frame duration.
nanoseconds PtsTimeline::usual_step() const {
  return std::min(clock_.frame_duration, own_step_.value_or(clock_.frame_duration));
}

/// Ticks since a clock's first start. A step is taken to lead over the end of the clock if it is then shorter
/// than an hour: a longer one would as well be that of a clock which was set anew.
int64_t PtsTimeline::unwrapped(int64_t timestamp) const {
  if (clock_.bits >= 63 || !last_stamp_) return timestamp;
  const int64_t period = int64_t{1} << clock_.bits;
  const int64_t hour = av_rescale_q(3600, {1, 1}, clock_.tick);
  int64_t step = (timestamp & (period - 1)) - (*last_stamp_ & (period - 1));
  if (step < hour - period) step += period;
  if (step > period - hour) step -= period;
  return av_sat_add64(*last_stamp_, step);
}

nanoseconds PtsTimeline::time_in(const Epoch& epoch, int64_t stamp) const {
  constexpr int64_t kTooMuch = INT64_MIN;  // says av_rescale_q(), of either sign
  int64_t since = av_rescale_q(av_sat_sub64(stamp, epoch.stamp), clock_.tick, kNanosecond);
  if (since == kTooMuch && stamp > epoch.stamp) since = INT64_MAX;
  return nanoseconds(av_sat_add64(epoch.time.count(), since));
}

void PtsTimeline::go_on(TrackClock clock) {
  const auto in_its_ticks = [&](int64_t stamp) { return av_rescale_q(stamp, clock_.tick, clock.tick); };
  if (epoch_) epoch_->stamp = in_its_ticks(epoch_->stamp);
  if (last_stamp_) last_stamp_ = in_its_ticks(*last_stamp_);
  old_epoch_.reset();
  clock_ = clock;
}

std::optional<int64_t> StampJudge::choose(std::optional<int64_t> presentation,
                                          std::optional<int64_t> decoding) {
  if (!presentation) return decoding;
  ++frames_;
  if (last_ && *presentation < *last_) ++falls_;
  last_ = presentation;
  return falls_ * 10 > frames_ ? decoding : presentation;
}

}  // namespace weir
