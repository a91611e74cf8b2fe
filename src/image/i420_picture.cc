// SPDX-License-Identifier: Apache-2.0
#include "image/i420_picture.h"

#include <libyuv.h>

#include "image/yuv_traits.h"

namespace weir {
namespace {

int half(int size) {
  return (size + 1) / 2;
}

}  // namespace

void I420Picture::assign(const PictureView& picture) {
  if (picture.orientation == kUpright) {
    assign_upright(picture);
    return;
  }
  if (picture.format != PixelFormat::kI420) {
    I420Picture converted;
    PictureView as_stored = picture;
    as_stored.orientation = kUpright;
    converted.assign_upright(as_stored);
    PictureView stored = converted.view();
    stored.orientation = picture.orientation;
    assign(stored);
    return;
  }
  resize(picture.display_width_px(), picture.display_height_px());
  matrix_ = picture.matrix;
  range_ = picture.range;
  const I420Canvas to = canvas();
  for (size_t i = 0; i < to.planes.size(); ++i) {
    orient_plane(picture.planes[i], picture.strides[i], plane_size(picture, i), to.planes[i], to.strides[i],
                 picture.orientation);
  }
}

void I420Picture::assign_upright(const PictureView& picture) {
  resize(picture.width_px, picture.height_px);
  matrix_ = picture.matrix;
  range_ = picture.range;
  const I420Canvas to = canvas();
  const auto& [y, u, v] = picture.planes;
  const auto& [y_stride, u_stride, v_stride] = picture.strides;
  const auto convert = [&](auto function) {
    function(y, y_stride, u, u_stride, v, v_stride, to.planes[0], to.strides[0], to.planes[1], to.strides[1],
             to.planes[2], to.strides[2], width_px_, height_px_);
  };
  switch (picture.format) {
    case PixelFormat::kI420:
      return convert(libyuv::I420Copy);
    case PixelFormat::kI422:
      return convert(libyuv::I422ToI420);
    case PixelFormat::kI444:
      return convert(libyuv::I444ToI420);
    case PixelFormat::kNv12:
      libyuv::NV12ToI420(y, y_stride, u, u_stride, to.planes[0], to.strides[0], to.planes[1], to.strides[1],
                         to.planes[2], to.strides[2], width_px_, height_px_);
      return;
    case PixelFormat::kGray:
      libyuv::I400ToI420(y, y_stride, to.planes[0], to.strides[0], to.planes[1], to.strides[1], to.planes[2],
                         to.strides[2], width_px_, height_px_);
      return;
  }
}

void I420Picture::resize(int width_px, int height_px) {
  width_px_ = width_px;
  height_px_ = height_px;
  pixels_.resize(plane_offset(3));
}

size_t I420Picture::plane_offset(size_t plane) const {
  if (plane == 0) return 0;
  const size_t luma = static_cast<size_t>(width_px_) * static_cast<size_t>(height_px_);
  const size_t chroma = static_cast<size_t>(half(width_px_)) * static_cast<size_t>(half(height_px_));
  return luma + (plane - 1) * chroma;
}

I420Canvas I420Picture::canvas() {
  uint8_t* start = pixels_.data();
  return {.width_px = width_px_,
          .height_px = height_px_,
          .planes = {start, start + plane_offset(1), start + plane_offset(2)},
          .strides = {width_px_, half(width_px_), half(width_px_)},
          .matrix = matrix_,
          .range = range_};
}

PictureView I420Picture::view() const {
  const uint8_t* start = pixels_.data();
  return {.format = PixelFormat::kI420,
          .width_px = width_px_,
          .height_px = height_px_,
          .planes = {start, start + plane_offset(1), start + plane_offset(2)},
          .strides = {width_px_, half(width_px_), half(width_px_)},
          .matrix = matrix_,
          .range = range_,
          .orientation = kUpright};
}

}  // namespace weir
