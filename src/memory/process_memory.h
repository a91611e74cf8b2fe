// SPDX-License-Identifier: Apache-2.0
// What the operating system says about the memory of a process and of the machine.
#pragma once

#include <cstdint>

#include <sys/types.h>

#include "base/result.h"

namespace weir {

/// From /proc/<pid>/smaps_rollup and /proc/<pid>/status, in bytes.
struct ProcessMemory {
  int64_t pss_bytes = 0;       ///< every page divided by the number of processes that map it
  int64_t pss_anon_bytes = 0;  ///< of it: heap, stacks, relocated data
  int64_t pss_file_bytes = 0;  ///< of it: mapped files, mostly libraries
  int64_t rss_bytes = 0;
  int64_t uss_bytes = 0;       ///< private pages only
  int64_t rss_peak_bytes = 0;  ///< the highest rss since the process started
};

/// Costs the kernel a walk over the page tables (about a millisecond per 100 MB).
/// Errors: kNotFound (no such process), kUnavailable (not allowed to look).
[[nodiscard]] Result<ProcessMemory> sample_process(pid_t pid);
/// Of the calling process.
[[nodiscard]] Result<ProcessMemory> sample_self();

/// Anonymous PSS of the calling process, 0 where it can't be read: for differences around one step.
[[nodiscard]] int64_t anonymous_bytes();

/// From /proc/meminfo.
struct SystemMemory {
  int64_t total_bytes = 0;
  int64_t available_bytes = 0;
};
[[nodiscard]] Result<SystemMemory> sample_system();

}  // namespace weir
