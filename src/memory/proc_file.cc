// SPDX-License-Identifier: Apache-2.0
#include "memory/proc_file.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include <fmt/format.h>

namespace weir {

Status read_proc_sizes(const std::string& path, const std::function<void(std::string_view, int64_t)>& take,
                       const std::function<void(std::string_view)>& other) {
  constexpr int64_t kKilobyte = 1024;
  std::ifstream file(path);
  if (!file) return Error{ErrorCode::kUnavailable, fmt::format("{}: {}", path, std::strerror(errno))};
  bool any = false;
  for (std::string line; std::getline(file, line);) {
    const size_t colon = line.find(':');
    const bool has_key = colon != std::string::npos && line.find(' ') > colon;  // a file may be called "a kB"
    if (!has_key || !line.ends_with(" kB")) {
      if (other) other(line);
      continue;
    }
    take(std::string_view(line).substr(0, colon),
         std::strtoll(line.c_str() + colon + 1, nullptr, 10) * kKilobyte);
    any = true;
  }
  if (any) return {};
  return Error{ErrorCode::kUnavailable, fmt::format("{}: no sizes in it; the process has ended", path)};
}

}  // namespace weir
