// SPDX-License-Identifier: Apache-2.0
// One decoded picture, as sources give it and as the letterbox and the drawing read it.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>

#include "types/orientation.h"

namespace weir {

/// 8-bit YUV in planes. Sources convert everything else to one of these.
enum class PixelFormat {
  kI420,  ///< Y; U, V at half width and half height, rounded up
  kI422,  ///< Y; U, V at half width, rounded up
  kI444,  ///< Y; U, V at full size
  kNv12,  ///< Y; U and V interleaved at half width and half height, rounded up
  kGray,  ///< Y only
};

enum class ColorMatrix { kBt601, kBt709, kBt2020 };
enum class ColorRange { kLimited, kFull };

/// Pixels that somebody else owns. Width and height are those of the stored picture, before it is
/// mirrored and turned.
struct PictureView {
  PixelFormat format = PixelFormat::kI420;
  int width_px = 0;
  int height_px = 0;
  std::array<const uint8_t*, 3> planes{};
  std::array<int, 3> strides{};  ///< bytes from one row to the next
  ColorMatrix matrix = ColorMatrix::kBt601;
  ColorRange range = ColorRange::kLimited;
  Orientation orientation;

  [[nodiscard]] int display_width_px() const { return orientation.swaps_sides() ? height_px : width_px; }
  [[nodiscard]] int display_height_px() const { return orientation.swaps_sides() ? width_px : height_px; }
};

/// A decoded picture that keeps its pixels alive. Copies share the pixels, which nobody writes.
struct Picture {
  PictureView view;
  std::shared_ptr<const void> owner;
  std::chrono::nanoseconds pts{0};                   ///< from the first frame of the source
  std::chrono::steady_clock::time_point demuxed_at;  ///< when its packet was read
};

}  // namespace weir
