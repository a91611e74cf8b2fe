// SPDX-License-Identifier: Apache-2.0
#include "memory/process_memory.h"

#include <malloc.h>

#include <fmt/format.h>

#include "memory/proc_file.h"

namespace weir {
namespace {

Result<ProcessMemory> sample(const std::string& process) {
  ProcessMemory memory;
  WEIR_RETURN_IF_ERROR(read_proc_sizes(process + "/smaps_rollup", [&](std::string_view key, int64_t bytes) {
    if (key == "Pss") memory.pss_bytes = bytes;
    if (key == "Pss_Anon") memory.pss_anon_bytes = bytes;
    if (key == "Pss_File") memory.pss_file_bytes = bytes;
    if (key == "Rss") memory.rss_bytes = bytes;
    if (key == "Private_Clean" || key == "Private_Dirty") memory.uss_bytes += bytes;
  }));
  return memory;
}

}  // namespace

Result<ProcessMemory> sample_self() {
  return sample("/proc/self");
}

Result<ProcessMemory> sample_process(pid_t pid) {
  return sample(fmt::format("/proc/{}", pid));
}

Result<ResidentMemory> sample_resident(pid_t pid) {
  ResidentMemory memory;
  WEIR_RETURN_IF_ERROR(
      read_proc_sizes(fmt::format("/proc/{}/status", pid), [&](std::string_view key, int64_t bytes) {
        if (key == "VmRSS") memory.rss_bytes = bytes;
        if (key == "VmHWM") memory.peak_rss_bytes = bytes;
      }));
  return memory;
}

int64_t settled_anonymous_bytes() {
  malloc_trim(0);
  const auto memory = sample_self();
  return memory ? memory->pss_anon_bytes : 0;
}

}  // namespace weir
