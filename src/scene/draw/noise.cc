// SPDX-License-Identifier: Apache-2.0
#include "scene/draw/noise.h"

#include <algorithm>
#include <cmath>

#include "scene/draw/random.h"

namespace weir::scene {
namespace {

constexpr size_t kStarts = 1 << 15;
/// With the drift at most kMaxNoise + kMaxDrift <= 15: limited-range bytes then never wrap around, which
/// spares the loop over the pixels every comparison.
constexpr int kMaxNoise = 12;
constexpr int kMaxDrift = 3;

std::vector<uint8_t> make_strip(uint64_t key, double deviation, size_t size) {
  Random random(key);
  std::vector<uint8_t> strip(size);
  for (uint8_t& value : strip) {
    double sum = 0;  // of six uniform numbers: nearly normal, with a deviation of sqrt(1/2)
    for (int i = 0; i < 6; ++i) sum += random.real(-0.5, 0.5);
    const int noise = static_cast<int>(std::floor(sum * 1.4142135623730951 * deviation + 0.5));
    value = static_cast<uint8_t>(std::clamp(noise, -kMaxNoise, kMaxNoise));
  }
  return strip;
}

void add_strip(uint8_t* __restrict row, const uint8_t* __restrict strip, uint8_t drift, int width) {
  for (int x = 0; x < width; ++x) row[x] = static_cast<uint8_t>(row[x] + strip[x] + drift);
}

}  // namespace

Noise::Noise(uint64_t seed, double deviation, int width_px)
    : seed_(seed),
      luma_(make_strip(key(seed, 0), deviation, kStarts + static_cast<size_t>(width_px))),
      chroma_(make_strip(key(seed, 1), deviation * 0.45, kStarts + static_cast<size_t>(width_px))) {}

void Noise::add(int64_t frame, int luma_drift, const MutableI420& out) const {
  const auto drift = static_cast<uint8_t>(std::clamp(luma_drift, -kMaxDrift, kMaxDrift));
  for (size_t plane = 0; plane < 3; ++plane) {
    const bool is_luma = plane == 0;
    const int width = is_luma ? out.width_px : out.chroma_width_px();
    const int height = is_luma ? out.height_px : out.chroma_height_px();
    const uint8_t* strip = is_luma ? luma_.data() : chroma_.data();
    for (int y = 0; y < height; ++y) {
      const uint64_t start = key(seed_, frame, plane, y) % kStarts;
      add_strip(out.planes[plane] + static_cast<ptrdiff_t>(y) * out.strides[plane], strip + start,
                is_luma ? drift : uint8_t{0}, width);
    }
  }
}

}  // namespace weir::scene
