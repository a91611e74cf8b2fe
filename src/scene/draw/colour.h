// SPDX-License-Identifier: Apache-2.0
// Colours: as they are thought of (RGB 0..1, display-referred) and as they are stored (limited-range YUV).
#pragma once

#include <algorithm>
#include <cstdint>

#include "types/picture.h"

namespace weir::scene {

struct Rgb {
  double r = 0;
  double g = 0;
  double b = 0;
};

[[nodiscard]] constexpr Rgb operator+(Rgb a, Rgb b) {
  return {a.r + b.r, a.g + b.g, a.b + b.b};
}
[[nodiscard]] constexpr Rgb operator*(Rgb a, Rgb b) {
  return {a.r * b.r, a.g * b.g, a.b * b.b};
}
[[nodiscard]] constexpr Rgb operator*(Rgb a, double k) {
  return {a.r * k, a.g * k, a.b * k};
}
[[nodiscard]] constexpr Rgb mixed(Rgb a, Rgb b, double part) {
  return a * (1.0 - part) + b * part;
}

struct Yuv {
  uint8_t y = 16;   ///< 16..235
  uint8_t u = 128;  ///< 16..240
  uint8_t v = 128;
};

/// The luma weights of ITU-R BT.601 and BT.709 (in both documents: E'Y = Kr R + Kg G + Kb B).
[[nodiscard]] constexpr Yuv to_yuv(Rgb colour, ColorMatrix matrix) {
  const double kr = matrix == ColorMatrix::kBt601 ? 0.299 : 0.2126;
  const double kb = matrix == ColorMatrix::kBt601 ? 0.114 : 0.0722;
  const double r = std::clamp(colour.r, 0.0, 1.0);
  const double g = std::clamp(colour.g, 0.0, 1.0);
  const double b = std::clamp(colour.b, 0.0, 1.0);
  const double y = kr * r + (1.0 - kr - kb) * g + kb * b;
  const auto byte = [](double v) { return static_cast<uint8_t>(static_cast<int>(v + 0.5)); };
  return {byte(16.0 + 219.0 * y), byte(128.0 + 112.0 * (b - y) / (1.0 - kb)),
          byte(128.0 + 112.0 * (r - y) / (1.0 - kr))};
}

}  // namespace weir::scene
