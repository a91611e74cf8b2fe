// SPDX-License-Identifier: Apache-2.0
// Brings the pixel formats that the rest of weir doesn't read (10 bits, RGB, palettes, ...) to 8-bit YUV.
#pragma once

#include <memory>
#include <utility>

#include "base/result.h"
#include "sources/libav.h"
#include "sources/surface_pool.h"

namespace weir {

/// Keeps matrix, range, size and chroma resolution; RGB becomes 4:4:4 full-range BT.601, alpha is
/// dropped. Thread-bound: source thread.
class PixelConverter {
 public:
  explicit PixelConverter(std::shared_ptr<SurfaceAccount> account) : surfaces_(std::move(account)) {}

  /// A new frame with the pixels of `frame`, in nearest_8bit_format(), tagged with matrix and range.
  /// Errors: kUnsupported (libav can't read this format), kResourceExhausted.
  [[nodiscard]] Result<LibavPtr<AVFrame>> convert(const AVFrame& frame);

 private:
  [[nodiscard]] Status prepare(const AVFrame& from, const AVFrame& to);

  SurfacePool surfaces_;
  LibavPtr<SwsContext> scaler_;
};

}  // namespace weir
