// SPDX-License-Identifier: Apache-2.0
#include "memory/process_memory.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace weir {

Result<ProcessMemory> sample_self() {
  constexpr const char* kPath = "/proc/self/smaps_rollup";
  constexpr int64_t kKilobyte = 1024;
  std::ifstream file(kPath);
  if (!file) return Error{ErrorCode::kUnavailable, fmt::format("{}: {}", kPath, std::strerror(errno))};
  ProcessMemory memory;
  for (std::string line; std::getline(file, line);) {
    const size_t colon = line.find(':');
    if (colon == std::string::npos || !line.ends_with(" kB")) continue;
    const std::string_view key = std::string_view(line).substr(0, colon);
    const int64_t bytes = std::strtoll(line.c_str() + colon + 1, nullptr, 10) * kKilobyte;
    if (key == "Pss") memory.pss_bytes = bytes;
    if (key == "Pss_Anon") memory.pss_anon_bytes = bytes;
    if (key == "Pss_File" || key == "Pss_Shmem") memory.pss_file_bytes += bytes;
    if (key == "Rss") memory.rss_bytes = bytes;
    if (key == "Private_Clean" || key == "Private_Dirty") memory.uss_bytes += bytes;
  }
  return memory;
}

int64_t anonymous_bytes() {
  const auto memory = sample_self();
  return memory ? memory->pss_anon_bytes : 0;
}

}  // namespace weir
