// SPDX-License-Identifier: Apache-2.0
// What the operating system says about the memory of a process.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <sys/types.h>

#include "base/result.h"
#include "types/memory_measure.h"

namespace weir {

/// The best that the kernel shows of a process, in bytes: its PSS or, where that can't be read, its RSS.
struct ProcessMemory {
  MemoryMeasure measure = MemoryMeasure::kPss;  ///< of the first three; never kNone
  int64_t bytes = 0;  ///< anonymous pages, mapped files, and memory without a file's name (tensors of the
                      ///< RKNN runtime)
  int64_t anonymous_bytes = 0;  ///< of it: heap, stacks, relocated data
  int64_t file_bytes = 0;       ///< of it: mapped files, mostly libraries
  int64_t rss_bytes = 0;
  std::optional<int64_t> uss_bytes;  ///< private pages only; not there where `measure` is kRss
  std::string source;                ///< the file that says so, "/proc/self/smaps_rollup"
};

/// What the kernel counts anyway, so that reading it costs next to nothing.
struct ResidentMemory {
  int64_t rss_bytes = 0;
  std::optional<int64_t> peak_rss_bytes;  ///< not every kernel keeps it
};

/// From a folder such as /proc/self. Reads, and takes the first that has what is needed: smaps_rollup; smaps,
/// for kernels before 5.4; status; statm. The first two cost the kernel a walk over the page tables: 3 to 8
/// ms of CPU time per 100 MB, in which the process waits where it wants to map memory. Errors: kUnavailable,
/// also once the process has ended.
[[nodiscard]] Result<ProcessMemory> read_process_memory(const std::string& folder);
/// The same from status or statm. Errors: kUnavailable.
[[nodiscard]] Result<ResidentMemory> read_resident_memory(const std::string& folder);

/// Of the calling process.
[[nodiscard]] Result<ProcessMemory> sample_self();

/// Of another process of the same user.
[[nodiscard]] Result<ProcessMemory> sample_process(pid_t pid);
[[nodiscard]] Result<ResidentMemory> sample_resident(pid_t pid);

/// Anonymous memory of the calling process, with what the allocator holds unused given back first; 0 if it
/// can't be read. For differences around one step, while nothing else runs.
[[nodiscard]] int64_t settled_anonymous_bytes();

/// What settled_anonymous_bytes() has grown by since it gave `before`; 0 if it shrank, or if one of the two
/// could not be read.
[[nodiscard]] int64_t grown_anonymous_bytes(int64_t before);

}  // namespace weir
