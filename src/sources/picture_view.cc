// SPDX-License-Identifier: Apache-2.0
#include "sources/picture_view.h"

#include <algorithm>
#include <cmath>

extern "C" {
#include <libavutil/pixdesc.h>
}

namespace weir {
namespace {

AVPixelFormat format_of(const AVFrame& frame) {
  return static_cast<AVPixelFormat>(frame.format);
}

bool is_yuvj(AVPixelFormat format) {
  return format == AV_PIX_FMT_YUVJ420P || format == AV_PIX_FMT_YUVJ422P || format == AV_PIX_FMT_YUVJ444P ||
         format == AV_PIX_FMT_YUVJ440P || format == AV_PIX_FMT_YUVJ411P;
}

}  // namespace

std::optional<PixelFormat> direct_format(const AVFrame& frame) {
  const bool upside_down =
      std::any_of(std::begin(frame.linesize), std::end(frame.linesize), [](int bytes) { return bytes < 0; });
  if (upside_down) return std::nullopt;
  switch (format_of(frame)) {
    case AV_PIX_FMT_YUV420P:
    case AV_PIX_FMT_YUVJ420P:
      return PixelFormat::kI420;
    case AV_PIX_FMT_YUV422P:
    case AV_PIX_FMT_YUVJ422P:
      return PixelFormat::kI422;
    case AV_PIX_FMT_YUV444P:
    case AV_PIX_FMT_YUVJ444P:
      return PixelFormat::kI444;
    case AV_PIX_FMT_NV12:
      return PixelFormat::kNv12;
    case AV_PIX_FMT_GRAY8:
      return PixelFormat::kGray;
    default:
      return std::nullopt;
  }
}

bool is_rgb(AVPixelFormat format) {
  const AVPixFmtDescriptor* about = av_pix_fmt_desc_get(format);
  return about != nullptr && (about->flags & (AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL)) != 0;
}

AVPixelFormat nearest_8bit_format(AVPixelFormat format) {
  if (is_rgb(format)) return AV_PIX_FMT_YUV444P;
  const AVPixFmtDescriptor* about = av_pix_fmt_desc_get(format);
  if (about == nullptr) return AV_PIX_FMT_NONE;
  const bool has_alpha = (about->flags & AV_PIX_FMT_FLAG_ALPHA) != 0;
  if (about->nb_components - (has_alpha ? 1 : 0) == 1) return AV_PIX_FMT_GRAY8;
  if (about->log2_chroma_w == 0) return AV_PIX_FMT_YUV444P;
  return about->log2_chroma_h == 0 ? AV_PIX_FMT_YUV422P : AV_PIX_FMT_YUV420P;
}

ColorMatrix matrix_of(const AVFrame& frame) {
  if (is_rgb(format_of(frame))) return ColorMatrix::kBt601;
  switch (frame.colorspace) {
    case AVCOL_SPC_BT709:
    case AVCOL_SPC_SMPTE240M:  // differs by less than a grey level
      return ColorMatrix::kBt709;
    case AVCOL_SPC_BT470BG:
    case AVCOL_SPC_SMPTE170M:
    case AVCOL_SPC_FCC:
      return ColorMatrix::kBt601;
    case AVCOL_SPC_BT2020_NCL:
    case AVCOL_SPC_BT2020_CL:
      return ColorMatrix::kBt2020;
    default:
      const auto [smaller, larger] = std::minmax(frame.width, frame.height);
      return larger >= 1280 || smaller >= 720 ? ColorMatrix::kBt709 : ColorMatrix::kBt601;
  }
}

ColorRange range_of(const AVFrame& frame) {
  const AVPixelFormat format = format_of(frame);
  if (is_yuvj(format) || is_rgb(format) || frame.color_range == AVCOL_RANGE_JPEG) return ColorRange::kFull;
  if (frame.color_range == AVCOL_RANGE_MPEG) return ColorRange::kLimited;
  return nearest_8bit_format(format) == AV_PIX_FMT_GRAY8 ? ColorRange::kFull : ColorRange::kLimited;
}

std::optional<Orientation> orientation_of(const int32_t (&matrix)[9]) {
  // A stored pixel (x, y) is displayed at (x_from_x * x + x_from_y * y, y_from_x * x + y_from_y * y).
  const double x_from_x = matrix[0];
  const double y_from_x = matrix[1];
  const double x_from_y = matrix[3];
  const double y_from_y = matrix[4];
  constexpr double kNearlyZero = 1.0 / 64;  // less than a degree
  const double straight = std::min(std::abs(x_from_x), std::abs(y_from_y));
  const double crossed = std::min(std::abs(x_from_y), std::abs(y_from_x));
  if (std::max(std::abs(x_from_y), std::abs(y_from_x)) < straight * kNearlyZero) {
    const Rotation rotation = y_from_y < 0 ? Rotation::k180 : Rotation::k0;
    return Orientation{(x_from_x < 0) != (y_from_y < 0), rotation};
  }
  if (std::max(std::abs(x_from_x), std::abs(y_from_y)) < crossed * kNearlyZero) {
    const Rotation rotation = x_from_y < 0 ? Rotation::k90 : Rotation::k270;
    return Orientation{(x_from_y < 0) == (y_from_x < 0), rotation};
  }
  return std::nullopt;
}

PictureView view_of(const AVFrame& frame, PixelFormat format, Orientation orientation) {
  PictureView view;
  view.format = format;
  view.width_px = frame.width;
  view.height_px = frame.height;
  for (size_t i = 0; i < view.planes.size(); ++i) {
    view.planes[i] = frame.data[i];
    view.strides[i] = frame.linesize[i];
  }
  view.matrix = matrix_of(frame);
  view.range = range_of(frame);
  view.orientation = orientation;
  return view;
}

}  // namespace weir
