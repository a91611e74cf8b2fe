// SPDX-License-Identifier: Apache-2.0
// An upright picture that may be drawn on: what annotating sinks encode.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "types/picture.h"

namespace weir {

/// Writable I420 planes that somebody else owns: U and V at half width and half height, rounded up.
struct I420Canvas {
  int width_px = 0;
  int height_px = 0;
  std::array<uint8_t*, 3> planes{};
  std::array<int, 3> strides{};  ///< bytes from one row to the next
  ColorMatrix matrix = ColorMatrix::kBt601;
  ColorRange range = ColorRange::kLimited;
};

/// An upright I420 picture that owns its pixels. Reused for frame after frame, it allocates once.
class I420Picture {
 public:
  /// Takes over pixels, matrix and range of `picture`: any format, any orientation, at least one pixel.
  void assign(const PictureView& picture);

  /// Valid until the next assign().
  [[nodiscard]] I420Canvas canvas();
  [[nodiscard]] PictureView view() const;

 private:
  void resize(int width_px, int height_px);
  void assign_upright(const PictureView& picture);
  [[nodiscard]] size_t plane_offset(size_t plane) const;

  int width_px_ = 0;
  int height_px_ = 0;
  ColorMatrix matrix_ = ColorMatrix::kBt601;
  ColorRange range_ = ColorRange::kLimited;
  std::vector<uint8_t> pixels_;  ///< Y, U, V one after the other, rows without gaps
};

}  // namespace weir
