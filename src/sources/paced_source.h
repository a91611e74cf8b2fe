// SPDX-License-Identifier: Apache-2.0
// A file that is played like a camera: each frame when its time has come.
#pragma once

#include <chrono>
#include <memory>

#include "sources/source.h"

namespace weir {

/// Gives the frames of another source no earlier than their presentation time, counted from the first read().
/// A frame of a camera exists when its time has come, so it isn't decoded before, either.
class PacedSource final : public Source {
 public:
  explicit PacedSource(std::unique_ptr<Source> source) : source_(std::move(source)) {}

  [[nodiscard]] const SourceInfo& info() const override { return source_->info(); }
  [[nodiscard]] Result<std::optional<Picture>> read(const std::stop_token& stop = {}) override;
  [[nodiscard]] Status rewind() override;
  [[nodiscard]] int64_t surface_bytes() const override { return source_->surface_bytes(); }

 private:
  const std::unique_ptr<Source> source_;
  std::optional<std::chrono::steady_clock::time_point> start_;  // of the time line: the first read()
  std::chrono::nanoseconds next_pts_{0};                        // when the next frame is expected
};

}  // namespace weir
