// SPDX-License-Identifier: Apache-2.0
#include "sources/looped_source.h"

#include <utility>

namespace weir {

LoopedSource::LoopedSource(std::unique_ptr<Source> source, std::function<void(const Error&)> on_damage)
    : source_(std::move(source)), on_damage_(std::move(on_damage)), info_(source_->info()) {
  info_.frames.reset();
}

Result<std::optional<Picture>> LoopedSource::read(const std::stop_token& stop) {
  while (true) {
    Result<std::optional<Picture>> picture = source_->read(stop);
    if (picture && *picture) {
      ++frames_in_pass_;
      (*picture)->pts += offset_;
      last_pts_ = (*picture)->pts;
      return picture;
    }
    const bool is_damaged = !picture && picture.error().code == ErrorCode::kInvalidArgument;
    if (frames_in_pass_ == 0 || stop.stop_requested() || (!picture && !is_damaged)) return picture;
    if (is_damaged && !std::exchange(damage_reported_, true)) on_damage_(picture.error());
    offset_ = last_pts_ + frame_duration(info_);
    frames_in_pass_ = 0;
    WEIR_RETURN_IF_ERROR(source_->rewind());
  }
}

Status LoopedSource::rewind() {
  frames_in_pass_ = 0;
  offset_ = last_pts_ = std::chrono::nanoseconds(0);
  return source_->rewind();
}

}  // namespace weir
