// SPDX-License-Identifier: Apache-2.0
#include "image/letterbox.h"

#include <libyuv.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "image/yuv_traits.h"

namespace weir {
namespace {

constexpr int kChannels = 3;
constexpr uint8_t kNeutralChroma = 128;

/// Three planes of the content, tightly packed, and room to turn them.
class ContentPlanes {
 public:
  ContentPlanes(const PictureView& picture, InputSize content, LetterboxScratch& scratch)
      : picture_(picture),
        stored_(picture.orientation.swaps_sides() ? InputSize{content.height_px, content.width_px} : content),
        area_(static_cast<size_t>(content.width_px) * static_cast<size_t>(content.height_px)) {
    // Behind the planes: one plane before it is turned, and one interleaved pair before it is split.
    uint8_t* memory = scratch.reserve(area_ * (planes_.size() + 1 + 2));
    for (uint8_t*& plane : planes_) {
      plane = memory;
      memory += area_;
    }
    unturned_ = memory;
    interleaved_ = memory + area_;
  }

  /// The picture at the content's size, upright, 4:4:4.
  const std::array<uint8_t*, 3>& fill() {
    scale_plane(0);
    if (picture_.format == PixelFormat::kGray) {
      std::memset(planes_[1], kNeutralChroma, area_);
      std::memset(planes_[2], kNeutralChroma, area_);
    } else if (picture_.format == PixelFormat::kNv12) {
      scale_interleaved_chroma();
    } else {
      scale_plane(1);
      scale_plane(2);
    }
    return planes_;
  }

 private:
  void scale_plane(size_t i) {
    const PlaneSize size = plane_size(picture_, i);
    uint8_t* scaled = is_upright() ? planes_[i] : unturned_;
    libyuv::ScalePlane(picture_.planes[i], picture_.strides[i], size.width, size.height, scaled,
                       stored_.width_px, stored_.width_px, stored_.height_px, libyuv::kFilterBox);
    if (!is_upright()) turn(scaled, planes_[i]);
  }

  void scale_interleaved_chroma() {
    const PlaneSize size = plane_size(picture_, 1);
    libyuv::UVScale(picture_.planes[1], picture_.strides[1], size.width, size.height, interleaved_,
                    2 * stored_.width_px, stored_.width_px, stored_.height_px, libyuv::kFilterBox);
    // Split, then turned: libyuv 1857's SplitRotateUV writes too far on ARM where a plane is less than 8
    // wide.
    uint8_t* u = is_upright() ? planes_[1] : unturned_;
    uint8_t* v = is_upright() ? planes_[2] : planes_[1];
    libyuv::SplitUVPlane(interleaved_, 2 * stored_.width_px, u, stored_.width_px, v, stored_.width_px,
                         stored_.width_px, stored_.height_px);
    if (!is_upright()) {
      turn(v, planes_[2]);
      turn(u, planes_[1]);
    }
  }

  void turn(const uint8_t* from, uint8_t* to) {
    const int upright_width = picture_.orientation.swaps_sides() ? stored_.height_px : stored_.width_px;
    orient_plane(from, stored_.width_px, {stored_.width_px, stored_.height_px}, to, upright_width,
                 picture_.orientation);
  }

  [[nodiscard]] bool is_upright() const { return picture_.orientation == kUpright; }

  const PictureView& picture_;
  InputSize stored_;  ///< of the content before it is turned
  size_t area_;
  std::array<uint8_t*, 3> planes_{};
  uint8_t* unturned_ = nullptr;
  uint8_t* interleaved_ = nullptr;
};

/// Everything right of and below the content.
void fill_padding(const Letterbox& box, uint8_t* dst, size_t row_stride_bytes) {
  for (int y = 0; y < box.input.height_px; ++y) {
    uint8_t* row = dst + static_cast<size_t>(y) * row_stride_bytes;
    const int from = y < box.content.height_px ? box.content.width_px : 0;
    std::memset(row + from * kChannels, kLetterboxPadding,
                static_cast<size_t>((box.input.width_px - from) * kChannels));
  }
}

/// The greater of a*b/c, rounded down, and 1.
int scaled_side(int a, int b, int c) {
  return std::max(1, static_cast<int>(static_cast<int64_t>(a) * b / c));
}

/// NaN compares false with everything and so ends at 0.
float clip(double value, int limit) {
  return value > 0 ? static_cast<float>(std::min<double>(value, limit)) : 0;
}

}  // namespace

Letterbox make_letterbox(int source_width_px, int source_height_px, InputSize input) {
  Letterbox box{.input = input,
                .content = input,
                .source_width_px = source_width_px,
                .source_height_px = source_height_px,
                .scale = 1};
  // In integers: w * (W / w) can fall just short of W in floating point.
  const bool fills_width = static_cast<int64_t>(input.width_px) * source_height_px <=
                           static_cast<int64_t>(input.height_px) * source_width_px;
  if (fills_width) {
    box.scale = static_cast<double>(input.width_px) / source_width_px;
    box.content.height_px = scaled_side(source_height_px, input.width_px, source_width_px);
  } else {
    box.scale = static_cast<double>(input.height_px) / source_height_px;
    box.content.width_px = scaled_side(source_width_px, input.height_px, source_height_px);
  }
  return box;
}

Box Letterbox::to_source(const Box& box) const {
  return {clip(box.x1 / scale, source_width_px), clip(box.y1 / scale, source_height_px),
          clip(box.x2 / scale, source_width_px), clip(box.y2 / scale, source_height_px)};
}

Letterbox letterbox_into(const PictureView& picture, InputSize input, uint8_t* dst, size_t row_stride_bytes,
                         LetterboxScratch& scratch) {
  const Letterbox box = make_letterbox(picture.display_width_px(), picture.display_height_px(), input);
  const int width = box.content.width_px;
  ContentPlanes content(picture, box.content, scratch);
  const auto& [y, u, v] = content.fill();
  libyuv::I444ToRGB24Matrix(y, width, u, width, v, width, dst, static_cast<int>(row_stride_bytes),
                            &libyuv_constants(picture.matrix, picture.range), width, box.content.height_px);
  fill_padding(box, dst, row_stride_bytes);
  return box;
}

}  // namespace weir
