// SPDX-License-Identifier: Apache-2.0
#include "memory/process_memory.h"

#include <unistd.h>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <string>

#include <fmt/format.h>

namespace weir {
namespace {

/// Calls `use(key, bytes)` for each "Key:   123 kB" line.
template <class Use>
Status read_kilobyte_lines(const std::string& path, Use use) {
  std::ifstream file(path);
  if (!file) {
    const int error = errno;
    return Error{error == ENOENT ? ErrorCode::kNotFound : ErrorCode::kUnavailable,
                 fmt::format("{}: {}", path, std::strerror(error))};
  }
  std::string line;
  while (std::getline(file, line)) {
    const size_t colon = line.find(':');
    if (colon == std::string::npos || !line.ends_with(" kB")) continue;
    use(std::string_view(line).substr(0, colon), std::strtoll(line.c_str() + colon + 1, nullptr, 10) * 1024);
  }
  return {};
}

Result<ProcessMemory> sample(const std::string& folder) {
  ProcessMemory memory;
  WEIR_RETURN_IF_ERROR(
      read_kilobyte_lines(folder + "/smaps_rollup", [&](std::string_view key, int64_t bytes) {
        if (key == "Pss") memory.pss_bytes = bytes;
        if (key == "Pss_Anon") memory.pss_anon_bytes = bytes;
        if (key == "Pss_File" || key == "Pss_Shmem") memory.pss_file_bytes += bytes;
        if (key == "Rss") memory.rss_bytes = bytes;
        if (key == "Private_Clean" || key == "Private_Dirty") memory.uss_bytes += bytes;
      }));
  WEIR_RETURN_IF_ERROR(read_kilobyte_lines(folder + "/status", [&](std::string_view key, int64_t bytes) {
    if (key == "VmHWM") memory.rss_peak_bytes = bytes;
  }));
  return memory;
}

}  // namespace

Result<ProcessMemory> sample_process(pid_t pid) {
  return sample(fmt::format("/proc/{}", pid));
}

Result<ProcessMemory> sample_self() {
  return sample("/proc/self");
}

int64_t anonymous_bytes() {
  const auto memory = sample_self();
  return memory ? memory->pss_anon_bytes : 0;
}

Result<SystemMemory> sample_system() {
  SystemMemory memory;
  WEIR_RETURN_IF_ERROR(read_kilobyte_lines("/proc/meminfo", [&](std::string_view key, int64_t bytes) {
    if (key == "MemTotal") memory.total_bytes = bytes;
    if (key == "MemAvailable") memory.available_bytes = bytes;
  }));
  return memory;
}

}  // namespace weir
