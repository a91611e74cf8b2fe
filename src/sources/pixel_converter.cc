// SPDX-License-Identifier: Apache-2.0
#include "sources/pixel_converter.h"

#include <fmt/format.h>

extern "C" {
#include <libavutil/pixdesc.h>
}

#include "sources/picture_view.h"

namespace weir {
namespace {

AVColorSpace tag_of(ColorMatrix matrix) {
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

const Error kNoMemoryForPicture{ErrorCode::kResourceExhausted, "out of memory for a picture"};

}  // namespace

Status PixelConverter::prepare(const AVFrame& from, const AVFrame& to) {
  const auto format = static_cast<AVPixelFormat>(from.format);
  constexpr int kFlags = SWS_BILINEAR | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INP | SWS_FULL_CHR_H_INT;
  scaler_.reset(sws_getCachedContext(scaler_.release(), from.width, from.height, format, to.width, to.height,
                                     static_cast<AVPixelFormat>(to.format), kFlags, nullptr, nullptr,
                                     nullptr));
  if (scaler_ == nullptr) {
    return Error{ErrorCode::kUnsupported,
                 fmt::format("its pixel format {} can't be converted", av_get_pix_fmt_name(format))};
  }
  const int* coefficients = sws_getCoefficients(to.colorspace);
  const int full = to.color_range == AVCOL_RANGE_JPEG ? 1 : 0;
  constexpr int kUnchanged = 1 << 16;  // contrast and saturation, 16.16
  sws_setColorspaceDetails(scaler_.get(), coefficients, full, coefficients, full, 0, kUnchanged, kUnchanged);
  return {};
}

Result<LibavPtr<AVFrame>> PixelConverter::convert(const AVFrame& frame) {
  LibavPtr<AVFrame> converted(av_frame_alloc());
  if (converted == nullptr) return kNoMemoryForPicture;
  converted->format = nearest_8bit_format(static_cast<AVPixelFormat>(frame.format));
  converted->width = frame.width;
  converted->height = frame.height;
  converted->colorspace = tag_of(matrix_of(frame));
  converted->color_range = range_of(frame) == ColorRange::kFull ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG;
  WEIR_RETURN_IF_ERROR(prepare(frame, *converted));
  if (surfaces_.allocate(*converted, frame.width, frame.height) < 0) return kNoMemoryForPicture;
  if (const int code = sws_scale(scaler_.get(), frame.data, frame.linesize, 0, frame.height, converted->data,
                                 converted->linesize);
      code < 0) {
    return Error{ErrorCode::kInternal, "converting its pixels failed: " + libav_error_text(code)};
  }
  return converted;
}

}  // namespace weir
