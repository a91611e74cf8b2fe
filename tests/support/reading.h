// SPDX-License-Identifier: Apache-2.0
// Opening a source in a test and reading it to its end.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sources/source.h"

namespace weir::testing {

inline std::unique_ptr<Source> must_open(const std::string& location) {
  auto source = open_source(location);
  if (!source) ADD_FAILURE() << source.error().message;
  return source ? *std::move(source) : nullptr;
}

inline std::string open_error(const std::string& location) {
  const auto source = open_source(location);
  return source ? "opened" : source.error().message;
}

/// What came out of reading a source to its end.
struct Reading {
  int64_t frames = 0;
  bool rising = true;  ///< pts
  std::chrono::nanoseconds last_pts{-1};
  uint64_t hash = 14695981039346656037U;  ///< of all luma samples
  std::vector<std::string> errors;
};

inline void add_to_hash(uint64_t& hash, const PictureView& view) {
  for (int y = 0; y < view.height_px; ++y) {
    for (int x = 0; x < view.width_px; ++x) {
      hash = (hash ^ view.planes[0][static_cast<ptrdiff_t>(y) * view.strides[0] + x]) * 1099511628211U;
    }
  }
}

inline Reading read_all(Source& source) {
  Reading reading;
  while (true) {
    auto picture = source.read();
    if (!picture) {
      reading.errors.push_back(picture.error().message);
      if (reading.errors.size() > 1) return reading;
      continue;
    }
    if (!picture->has_value()) return reading;
    ++reading.frames;
    if ((*picture)->pts <= reading.last_pts) reading.rising = false;
    reading.last_pts = (*picture)->pts;
    add_to_hash(reading.hash, (*picture)->view);
  }
}

}  // namespace weir::testing
