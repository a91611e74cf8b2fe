// SPDX-License-Identifier: Apache-2.0
// Colours to draw with, and what they are in a picture's own YUV.
#pragma once

#include <array>
#include <cstdint>

#include "types/picture.h"

namespace weir {

struct Rgb {
  uint8_t r = 0;
  uint8_t g = 0;
  uint8_t b = 0;
  friend bool operator==(const Rgb&, const Rgb&) = default;
};

inline constexpr Rgb kBlack{0, 0, 0};
inline constexpr Rgb kWhite{255, 255, 255};

/// Y, U, V 0..255. Source of the coefficients: ITU-R BT.601, BT.709 and BT.2020.
[[nodiscard]] std::array<uint8_t, 3> to_yuv(Rgb color, ColorMatrix matrix, ColorRange range);

/// A saturated colour of its own for each class: neighbouring ids lie far apart on the colour circle.
[[nodiscard]] Rgb class_color(int class_id);

/// Black or white, whichever reads better on `background`.
[[nodiscard]] Rgb text_color(Rgb background);

}  // namespace weir
