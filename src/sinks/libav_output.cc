// SPDX-License-Identifier: Apache-2.0
#include "sinks/libav_output.h"

#include <array>
#include <cerrno>

#include <fmt/format.h>

namespace weir {

void LibavOutputDelete::operator()(AVIOContext* io) const {
  av_freep(&io->buffer);
  avio_context_free(&io);
}

void silence_libav() {
  av_log_set_level(AV_LOG_QUIET);
}

Error libav_output_error(std::string_view what, int code) {
  std::array<char, AV_ERROR_MAX_STRING_SIZE> why{};
  av_strerror(code, why.data(), why.size());
  const bool exhausted = code == AVERROR(ENOSPC) || code == AVERROR(EDQUOT) || code == AVERROR(ENOMEM);
  return {exhausted ? ErrorCode::kResourceExhausted : ErrorCode::kUnavailable,
          fmt::format("{}: {}", what, why.data())};
}

AVColorSpace libav_matrix(ColorMatrix matrix) {
  switch (matrix) {
    case ColorMatrix::kBt601:
      return AVCOL_SPC_SMPTE170M;
    case ColorMatrix::kBt709:
      return AVCOL_SPC_BT709;
    case ColorMatrix::kBt2020:
      return AVCOL_SPC_BT2020_NCL;
  }
  return AVCOL_SPC_UNSPECIFIED;
}

AVColorRange libav_range(ColorRange range) {
  return range == ColorRange::kFull ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG;
}

LibavOutputPtr<AVFrame> frame_on(const PictureView& i420) {
  LibavOutputPtr<AVFrame> frame(av_frame_alloc());
  if (frame == nullptr) return nullptr;
  frame->format = AV_PIX_FMT_YUV420P;
  frame->width = i420.width_px;
  frame->height = i420.height_px;
  frame->colorspace = libav_matrix(i420.matrix);
  frame->color_range = libav_range(i420.range);
  for (size_t i = 0; i < i420.planes.size(); ++i) {
    frame->data[i] = const_cast<uint8_t*>(i420.planes[i]);  // libav has no frames to read only
    frame->linesize[i] = i420.strides[i];
  }
  return frame;
}

}  // namespace weir
