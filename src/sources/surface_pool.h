// SPDX-License-Identifier: Apache-2.0
// Picture memory that is counted and used again: what decoders and the pixel converter write to.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "sources/libav.h"

namespace weir {

/// Bytes of picture memory alive now. Any thread; outlives the source as its pictures may.
using SurfaceAccount = std::atomic<int64_t>;

/// Surfaces of one size at a time. A surface goes back to the pool when its last reference goes, on
/// any thread, also after the pool itself; the pool's own calls are bound to one thread.
class SurfacePool {
 public:
  explicit SurfacePool(std::shared_ptr<SurfaceAccount> account) : account_(std::move(account)) {}

  /// Gives `frame`, whose format, width and height are set, planes for at least `width_px` x
  /// `height_px`. Rows and planes are aligned for SIMD. Returns 0 or libav's error code.
  [[nodiscard]] int allocate(AVFrame& frame, int width_px, int height_px);

  /// Makes `codec` decode into this pool, which has to outlive it. Decoders that bring their own
  /// memory (those without AV_CODEC_CAP_DR1, such as dav1d) are left alone and not counted.
  void attach(AVCodecContext& codec);

 private:
  static int get_buffer(AVCodecContext* codec, AVFrame* frame, int flags);
  [[nodiscard]] LibavPtr<AVBufferRef> take(size_t bytes);

  std::shared_ptr<SurfaceAccount> account_;
  LibavPtr<AVBufferPool> buffers_;
  size_t buffer_bytes_ = 0;
};

}  // namespace weir
