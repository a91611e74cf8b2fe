// SPDX-License-Identifier: Apache-2.0
// The camera's noise, and the slow drift of its exposure.
#pragma once

#include <cstdint>
#include <vector>

#include "scene/draw/raster.h"

namespace weir::scene {

/// Every row of every frame starts at its own place in one long strip of noise, so that nothing repeats
/// visibly and a frame costs one addition a pixel.
class Noise {
 public:
  /// `deviation` is that of the luma, in steps of 1/219; chroma gets less.
  Noise(uint64_t seed, double deviation, int width_px);

  /// Adds noise to a picture whose luma is within 16..235 and whose chroma is within 16..240.
  void add(int64_t frame, int luma_drift, const MutableI420& out) const;

  [[nodiscard]] size_t size_bytes() const { return luma_.size() + chroma_.size(); }

 private:
  uint64_t seed_;
  std::vector<uint8_t> luma_;  ///< signed values, modulo 256
  std::vector<uint8_t> chroma_;
};

}  // namespace weir::scene
