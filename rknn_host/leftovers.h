// SPDX-License-Identifier: Apache-2.0
// What a program has been given and has not given back.
#pragma once

#include <cstdint>

namespace weir::rknn_host {

struct Leftovers {
  int64_t count = 0;
  int64_t bytes = 0;

  Leftovers& operator+=(const Leftovers& other) {
    count += other.count;
    bytes += other.bytes;
    return *this;
  }
};

}  // namespace weir::rknn_host
