// SPDX-License-Identifier: Apache-2.0
#include "sources/surface_pool.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

extern "C" {
#include <libavutil/imgutils.h>
#include <libavutil/mem.h>
}

namespace weir {
namespace {

constexpr int kAlignment = 64;                // bytes: a cache line, and the widest vectors libav uses
constexpr size_t kOverread = 2 * kAlignment;  // SIMD code may read past the last row

constexpr size_t align_up(size_t bytes) {
  return (bytes + kAlignment - 1) / kAlignment * kAlignment;
}

/// What the buffers of one AVBufferPool share. Lives until the last of them is freed.
struct BufferKind {
  std::shared_ptr<SurfaceAccount> account;
  size_t bytes;
};

void free_buffer(void* opaque, uint8_t* data) {
  const auto& kind = *static_cast<BufferKind*>(opaque);
  av_free(data);
  *kind.account -= static_cast<int64_t>(kind.bytes);
}

AVBufferRef* allocate_buffer(void* opaque, size_t bytes) {
  auto* data = static_cast<uint8_t*>(av_mallocz(bytes));
  if (data == nullptr) return nullptr;
  AVBufferRef* buffer = av_buffer_create(data, bytes, free_buffer, opaque, 0);
  if (buffer == nullptr) {
    av_free(data);
    return nullptr;
  }
  *static_cast<BufferKind*>(opaque)->account += static_cast<int64_t>(bytes);
  return buffer;
}

void free_kind(void* opaque) {
  delete static_cast<BufferKind*>(opaque);
}

/// Row sizes of a picture at least `width_px` wide, all aligned. The picture is widened as a whole:
/// some decoders rely on the ratio between the planes' row sizes.
int aligned_row_sizes(AVPixelFormat format, int width_px, std::array<int, 4>& row_bytes) {
  const auto is_aligned = [](int bytes) { return bytes % kAlignment == 0; };
  int code = 0;
  do {
    code = av_image_fill_linesizes(row_bytes.data(), format, width_px++);
  } while (code >= 0 && !std::all_of(row_bytes.begin(), row_bytes.end(), is_aligned));
  return code;
}

}  // namespace

LibavPtr<AVBufferRef> SurfacePool::take(size_t bytes) {
  if (bytes != buffer_bytes_) {
    auto* kind = new BufferKind{account_, bytes};
    buffers_.reset(av_buffer_pool_init2(bytes, kind, allocate_buffer, free_kind));
    if (buffers_ == nullptr) delete kind;
    buffer_bytes_ = buffers_ == nullptr ? 0 : bytes;
  }
  return LibavPtr<AVBufferRef>(buffers_ == nullptr ? nullptr : av_buffer_pool_get(buffers_.get()));
}

int SurfacePool::allocate(AVFrame& frame, int width_px, int height_px) {
  const auto format = static_cast<AVPixelFormat>(frame.format);
  std::array<int, 4> row_bytes{};
  if (const int code = aligned_row_sizes(format, width_px, row_bytes); code < 0) return code;

  std::array<ptrdiff_t, 4> strides{};
  std::copy(row_bytes.begin(), row_bytes.end(), strides.begin());
  std::array<size_t, 4> plane_bytes{};
  if (const int code = av_image_fill_plane_sizes(plane_bytes.data(), format, height_px, strides.data());
      code < 0) {
    return code;
  }
  size_t bytes = kOverread;
  for (const size_t plane : plane_bytes) bytes += align_up(plane);

  LibavPtr<AVBufferRef> buffer = take(bytes);
  if (buffer == nullptr) return AVERROR(ENOMEM);
  uint8_t* next = buffer->data;
  for (size_t i = 0; i < plane_bytes.size() && plane_bytes[i] > 0; ++i) {
    frame.data[i] = next;
    frame.linesize[i] = row_bytes[i];
    next += align_up(plane_bytes[i]);
  }
  frame.extended_data = frame.data;
  frame.buf[0] = buffer.release();
  return 0;
}

void SurfacePool::attach(AVCodecContext& codec) {
  if ((codec.codec->capabilities & AV_CODEC_CAP_DR1) == 0) return;
  codec.opaque = this;
  codec.get_buffer2 = get_buffer;
}

int SurfacePool::get_buffer(AVCodecContext* codec, AVFrame* frame, int /*flags*/) {
  int width_px = frame->width;
  int height_px = frame->height;
  std::array<int, AV_NUM_DATA_POINTERS> alignment{};
  avcodec_align_dimensions2(codec, &width_px, &height_px, alignment.data());
  return static_cast<SurfacePool*>(codec->opaque)->allocate(*frame, width_px, height_px);
}

}  // namespace weir
