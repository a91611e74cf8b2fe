// SPDX-License-Identifier: Apache-2.0
// What the operating system says about the memory of the whole machine.
#pragma once

#include <cstdint>

#include "base/result.h"

namespace weir {

/// From /proc/meminfo, in bytes.
struct SystemMemory {
  int64_t total_bytes = 0;
  int64_t available_bytes = 0;  ///< that could be had without swapping: the kernel's own estimate
};

/// Errors: kUnavailable.
[[nodiscard]] Result<SystemMemory> sample_system();

}  // namespace weir
