// SPDX-License-Identifier: Apache-2.0
// A finite source that begins again at its end.
#pragma once

#include <functional>
#include <memory>

#include "sources/source.h"

namespace weir {

/// Gives the frames of another source again and again; their times go on, one frame's duration after the last
/// one. A pass that ends with an error (a damaged file) ends like any other, as long as it gave a frame.
class LoopedSource final : public Source {
 public:
  /// `on_damage` is called with the first such error, from read().
  LoopedSource(std::unique_ptr<Source> source, std::function<void(const Error&)> on_damage);

  [[nodiscard]] const SourceInfo& info() const override { return info_; }
  [[nodiscard]] Result<std::optional<Picture>> read(const std::stop_token& stop = {}) override;
  [[nodiscard]] Status rewind() override;
  [[nodiscard]] int64_t surface_bytes() const override { return source_->surface_bytes(); }

 private:
  const std::unique_ptr<Source> source_;
  const std::function<void(const Error&)> on_damage_;
  SourceInfo info_;
  int64_t frames_in_pass_ = 0;
  bool damage_reported_ = false;
  std::chrono::nanoseconds offset_{0};  // of this pass's times
  std::chrono::nanoseconds last_pts_{0};
};

}  // namespace weir
