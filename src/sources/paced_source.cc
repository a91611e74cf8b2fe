// SPDX-License-Identifier: Apache-2.0
#include "sources/paced_source.h"

#include "base/interruptible_sleep.h"

namespace weir {

Result<std::optional<Picture>> PacedSource::read(const std::stop_token& stop) {
  if (!start_) start_ = std::chrono::steady_clock::now();
  sleep_until(*start_ + next_pts_, stop);
  if (stop.stop_requested()) return cancelled_read();
  Result<std::optional<Picture>> picture = source_->read(stop);
  if (!picture || !*picture) return picture;
  sleep_until(*start_ + (*picture)->pts, stop);  // a gap in the source's times
  next_pts_ = (*picture)->pts + frame_duration(info());
  return picture;
}

Status PacedSource::rewind() {
  start_.reset();
  next_pts_ = std::chrono::nanoseconds(0);
  return source_->rewind();
}

}  // namespace weir
