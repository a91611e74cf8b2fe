// SPDX-License-Identifier: Apache-2.0
// What the operating system says about the memory of a process.
#pragma once

#include <cstdint>

#include <sys/types.h>

#include "base/result.h"

namespace weir {

/// From /proc/<pid>/smaps_rollup, in bytes.
struct ProcessMemory {
  int64_t pss_bytes = 0;  ///< every page divided by the number of processes that map it: anonymous pages,
                          ///< mapped files, and memory without a file's name (tensors of the RKNN runtime)
  int64_t pss_anon_bytes = 0;  ///< of it: heap, stacks, relocated data
  int64_t pss_file_bytes = 0;  ///< of it: mapped files, mostly libraries
  int64_t rss_bytes = 0;
  int64_t uss_bytes = 0;  ///< private pages only
};

/// From /proc/<pid>/status: what the kernel counts anyway, so that reading it costs next to nothing.
struct ResidentMemory {
  int64_t rss_bytes = 0;
  int64_t peak_rss_bytes = 0;
};

/// Of the calling process. Costs the kernel a walk over the page tables: 3 to 8 ms of CPU time per 100 MB, in
/// which the process waits where it wants to map memory. Errors: kUnavailable.
[[nodiscard]] Result<ProcessMemory> sample_self();

/// Of another process of the same user. Errors: kUnavailable, also once it has ended.
[[nodiscard]] Result<ProcessMemory> sample_process(pid_t pid);
[[nodiscard]] Result<ResidentMemory> sample_resident(pid_t pid);

/// Anonymous PSS of the calling process, with what the allocator holds unused given back first; 0 where it
/// can't be read. For differences around one step, while nothing else runs.
[[nodiscard]] int64_t settled_anonymous_bytes();

}  // namespace weir
