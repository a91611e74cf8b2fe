// SPDX-License-Identifier: Apache-2.0
#include "memory/system_memory.h"

#include "memory/proc_file.h"

namespace weir {

Result<SystemMemory> sample_system() {
  SystemMemory memory;
  WEIR_RETURN_IF_ERROR(read_proc_sizes("/proc/meminfo", [&](std::string_view key, int64_t bytes) {
    if (key == "MemTotal") memory.total_bytes = bytes;
    if (key == "MemAvailable") memory.available_bytes = bytes;
  }));
  if (memory.total_bytes > 0 && memory.available_bytes > 0) return memory;
  return Error{ErrorCode::kUnavailable, "/proc/meminfo: no MemTotal or no MemAvailable in it"};
}

}  // namespace weir
