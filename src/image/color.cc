// SPDX-License-Identifier: Apache-2.0
#include "image/color.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace weir {
namespace {

/// What red and blue weigh in luma; green has the rest.
struct LumaWeights {
  double red;
  double blue;
};

LumaWeights luma_weights(ColorMatrix matrix) {
  switch (matrix) {
    case ColorMatrix::kBt601:
      return {0.299, 0.114};
    case ColorMatrix::kBt709:
      return {0.2126, 0.0722};
    case ColorMatrix::kBt2020:
      return {0.2627, 0.0593};
  }
  return {0.299, 0.114};
}

uint8_t to_byte(double value) {
  return static_cast<uint8_t>(std::lround(std::clamp(value, 0.0, 255.0)));
}

/// One channel of a hue: 1 around `center`, falling to 0 a third of the circle away from it.
double hue_channel(double hue, double center) {
  const double turn = hue - center;
  const double distance = std::abs(turn - std::round(turn));
  return std::clamp(2.0 - 6.0 * distance, 0.0, 1.0);
}

/// Relative luminance 0..1 of an sRGB colour (IEC 61966-2-1).
double luminance(Rgb color) {
  const auto linear = [](uint8_t value) {
    const double v = value / 255.0;
    return v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4);
  };
  return 0.2126 * linear(color.r) + 0.7152 * linear(color.g) + 0.0722 * linear(color.b);
}

}  // namespace

std::array<uint8_t, 3> to_yuv(Rgb color, ColorMatrix matrix, ColorRange range) {
  const auto [red, blue] = luma_weights(matrix);
  const double y = red * color.r + (1 - red - blue) * color.g + blue * color.b;
  const double u = (color.b - y) / (2 * (1 - blue));
  const double v = (color.r - y) / (2 * (1 - red));
  if (range == ColorRange::kFull) return {to_byte(y), to_byte(128 + u), to_byte(128 + v)};
  return {to_byte(16 + y * 219 / 255), to_byte(128 + u * 224 / 255), to_byte(128 + v * 224 / 255)};
}

Rgb class_color(int class_id) {
  // Steps of the golden ratio never come close to a hue already used by a recent step; three tones
  // tell apart the hues that do come close after many.
  constexpr double kGoldenStep = 0.61803398875;
  constexpr std::array<double, 3> kPaleness = {0.10, 0.40, 0.25};
  constexpr std::array<double, 3> kBrightness = {1.0, 1.0, 0.8};
  const int id = std::abs(class_id);
  const double hue = std::fmod(0.30 + kGoldenStep * id, 1.0);
  const size_t tone = static_cast<size_t>(id) % kPaleness.size();
  const auto channel = [&](double center) {
    const double pure = hue_channel(hue, center);
    return to_byte(255 * kBrightness[tone] * (kPaleness[tone] + (1 - kPaleness[tone]) * pure));
  };
  return {channel(0.0), channel(1.0 / 3), channel(2.0 / 3)};
}

Rgb text_color(Rgb background) {
  // Black and white have the same contrast (L1 + 0.05) / (L2 + 0.05) at this luminance.
  constexpr double kEvenLuminance = 0.179;
  return luminance(background) > kEvenLuminance ? kBlack : kWhite;
}

}  // namespace weir
