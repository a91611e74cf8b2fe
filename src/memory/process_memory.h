// SPDX-License-Identifier: Apache-2.0
// What the operating system says about the memory of this process.
#pragma once

#include <cstdint>

#include "base/result.h"

namespace weir {

/// From /proc/self/smaps_rollup, in bytes.
struct ProcessMemory {
  int64_t pss_bytes = 0;       ///< every page divided by the number of processes that map it
  int64_t pss_anon_bytes = 0;  ///< of it: heap, stacks, relocated data
  int64_t pss_file_bytes = 0;  ///< of it: mapped files, mostly libraries
  int64_t rss_bytes = 0;
  int64_t uss_bytes = 0;  ///< private pages only
};

/// Of the calling process. Costs the kernel a walk over the page tables (about a millisecond per 100 MB).
/// Errors: kUnavailable.
[[nodiscard]] Result<ProcessMemory> sample_self();

/// Anonymous PSS of the calling process, 0 where it can't be read: for differences around one step.
[[nodiscard]] int64_t anonymous_bytes();

}  // namespace weir
