// SPDX-License-Identifier: Apache-2.0
// What weir's picture words are called in libyuv. Private to src/image.
#pragma once

#include <libyuv.h>

#include <cstddef>
#include <cstdint>

#include "types/picture.h"

namespace weir {

struct PlaneSize {
  int width = 0;  ///< samples; of kNv12's plane 1: pairs
  int height = 0;
};

/// `plane` 0: Y; 1, 2: chroma of a format that has it.
[[nodiscard]] inline PlaneSize plane_size(const PictureView& picture, size_t plane) {
  const PlaneSize full{picture.width_px, picture.height_px};
  if (plane == 0 || picture.format == PixelFormat::kI444) return full;
  const int half_width = (full.width + 1) / 2;
  if (picture.format == PixelFormat::kI422) return {half_width, full.height};
  return {half_width, (full.height + 1) / 2};
}

[[nodiscard]] inline libyuv::RotationMode libyuv_rotation(Rotation rotation) {
  switch (rotation) {
    case Rotation::k0:
      return libyuv::kRotate0;
    case Rotation::k90:
      return libyuv::kRotate90;
    case Rotation::k180:
      return libyuv::kRotate180;
    case Rotation::k270:
      return libyuv::kRotate270;
  }
  return libyuv::kRotate0;
}

/// Writes a plane of one-byte samples, `size` as stored, as it has to be displayed.
inline void orient_plane(const uint8_t* from, int from_stride, PlaneSize size, uint8_t* to, int to_stride,
                         Orientation orientation) {
  if (!orientation.mirrored) {
    libyuv::RotatePlane(from, from_stride, to, to_stride, size.width, size.height,
                        libyuv_rotation(orientation.rotation));
    return;
  }
  // libyuv mirrors upside down only, by a negative height. That is left and right exchanged and then half a
  // turn, so half a turn more has to follow.
  const Rotation rest = combined(orientation, {.rotation = Rotation::k180}).rotation;
  libyuv::RotatePlane(from, from_stride, to, to_stride, size.width, -size.height, libyuv_rotation(rest));
}

[[nodiscard]] inline const libyuv::YuvConstants& libyuv_constants(ColorMatrix matrix, ColorRange range) {
  const bool full = range == ColorRange::kFull;
  switch (matrix) {
    case ColorMatrix::kBt601:
      return full ? libyuv::kYuvJPEGConstants : libyuv::kYuvI601Constants;
    case ColorMatrix::kBt709:
      return full ? libyuv::kYuvF709Constants : libyuv::kYuvH709Constants;
    case ColorMatrix::kBt2020:
      return full ? libyuv::kYuvV2020Constants : libyuv::kYuv2020Constants;
  }
  return libyuv::kYuvI601Constants;
}

}  // namespace weir
