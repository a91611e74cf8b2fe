// SPDX-License-Identifier: Apache-2.0
// Presentation time, which everything here is measured in.
#pragma once

#include <chrono>

namespace weir::track {

using Time = std::chrono::nanoseconds;

[[nodiscard]] inline double seconds(Time time) {
  return std::chrono::duration<double>(time).count();
}

}  // namespace weir::track
