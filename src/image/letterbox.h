// SPDX-License-Identifier: Apache-2.0
// From a decoded picture to a model's input in one go: scaled, colour-converted and padded straight
// into the memory that the model reads. Also the way back, for boxes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "types/detection.h"
#include "types/picture.h"
#include "types/size.h"

namespace weir {

/// What the model sees beside the picture: the value that YOLOX is trained with.
inline constexpr uint8_t kLetterboxPadding = 114;

/// How a picture lies in an input: scaled by one factor, in the top-left corner.
struct Letterbox {
  InputSize input;
  InputSize content;  ///< the part of the input that shows the picture, 1x1 at least
  int source_width_px = 0;
  int source_height_px = 0;  ///< as displayed
  double scale = 1;          ///< input pixels for one source pixel

  /// From input pixels to source pixels, clipped to the picture. NaN coordinates become 0.
  [[nodiscard]] Box to_source(const Box& box) const;
};

/// All sizes > 0.
[[nodiscard]] Letterbox make_letterbox(int source_width_px, int source_height_px, InputSize input);

/// The small planes between scaling and colour conversion, kept so that a thread allocates once.
/// One user at a time.
class LetterboxScratch {
 public:
  /// `bytes` writable bytes with undefined content, valid until the next call.
  [[nodiscard]] uint8_t* reserve(size_t bytes) {
    if (memory_.size() < bytes) memory_.resize(bytes);
    return memory_.data();
  }
  [[nodiscard]] size_t size_bytes() const { return memory_.size(); }

 private:
  std::vector<uint8_t> memory_;
};

/// Writes `picture`, upright, as [1,H,W,3] u8 NHWC BGR 0..255 with rows `row_stride_bytes`
/// (>= 3 W) apart, and returns how it lies there. Bytes between rows are left alone. Each plane is
/// averaged over boxes where it shrinks to less than half (NV12's chroma too is interpolated there),
/// interpolated linearly otherwise. libyuv takes U into blue by 2 at most: with BT.709 and BT.2020,
/// limited range, that leaves out 5 to 7 % of it.
/// The picture has at least one pixel and planes as its format says. Any thread.
Letterbox letterbox_into(const PictureView& picture, InputSize input, uint8_t* dst, size_t row_stride_bytes,
                         LetterboxScratch& scratch);

}  // namespace weir
