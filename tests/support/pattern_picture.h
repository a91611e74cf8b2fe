// SPDX-License-Identifier: Apache-2.0
// A picture that tests write as files of many kinds, and what a source makes of such a file.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "sources/source.h"
#include "support/media.h"

namespace weir::testing {

inline constexpr int kPatternWidth = 67;
inline constexpr int kPatternHeight = 45;

struct Rgb8 {
  uint8_t r;
  uint8_t g;
  uint8_t b;
};

/// The picture that is written as every kind of file: waves of all brightnesses.
inline Rgb8 pixel(int x, int y) {
  const auto wave = [](double phase) {
    return static_cast<uint8_t>(std::lround(128 + 120 * std::sin(phase)));
  };
  return {wave(x * 0.1), wave(y * 0.13 + 1), wave((x + y) * 0.07 + 2)};
}

inline double brightness_of(const Rgb8& p) {
  return 0.299 * p.r + 0.587 * p.g + 0.114 * p.b;
}

/// One string of samples for each pixel, by rows; `sample` gives a pixel's samples as bytes.
template <class Sample>
std::string pixels(Sample sample) {
  std::string bytes;
  for (int y = 0; y < kPatternHeight; ++y) {
    for (int x = 0; x < kPatternWidth; ++x) bytes += sample(pixel(x, y));
  }
  return bytes;
}

inline std::string rgb_pixels() {
  return pixels([](const Rgb8& p) { return std::string{char(p.r), char(p.g), char(p.b)}; });
}

/// What a file gives: the luma of its first picture as stored, 0..255, and what was wrong with it.
struct Seen {
  int width = 0;
  int height = 0;
  std::vector<uint8_t> luma;
  std::string error;

  [[nodiscard]] bool has_picture() const { return !luma.empty(); }
};

inline Seen see(const std::string& file) {
  Seen seen;
  const auto source = open_source("file:" + file);
  if (!source) {
    seen.error = source.error().message;
    return seen;
  }
  const auto picture = (*source)->read();
  if (!picture || !*picture) return seen;
  const PictureView& view = (*picture)->view;
  seen.width = view.width_px;
  seen.height = view.height_px;
  const bool full = view.range == ColorRange::kFull;
  for (int y = 0; y < view.height_px; ++y) {
    for (int x = 0; x < view.width_px; ++x) {
      const int value = view.planes[0][ptrdiff_t{y} * view.strides[0] + x];
      seen.luma.push_back(full ? static_cast<uint8_t>(value)
                               : static_cast<uint8_t>(std::clamp((value - 16) * 255 / 219, 0, 255)));
    }
  }
  const auto end = (*source)->read();
  if (!end) seen.error = end.error().message;
  return seen;
}

/// Writes `rgb` with the ffmpeg tool.
inline bool write_picture(const TempFolder& folder, const std::string& file, const std::string& options) {
  write_bytes(folder.file("rgb"), rgb_pixels());
  return run_ffmpeg("-f rawvideo -pix_fmt rgb24 -s " + std::to_string(kPatternWidth) + "x" +
                    std::to_string(kPatternHeight) + " -i '" + folder.file("rgb") +
                    "' -sws_flags accurate_rnd+full_chroma_int -frames:v 1 -update 1 " + options + " '" +
                    file + "'");
}

}  // namespace weir::testing
