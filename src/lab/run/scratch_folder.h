// SPDX-License-Identifier: Apache-2.0
// Where a child's summary and words go.
#pragma once

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "base/result.h"

namespace weir::lab {

/// A new folder among the temporary files, that goes with this.
class ScratchFolder {
 public:
  /// Errors: kUnavailable.
  [[nodiscard]] static Result<ScratchFolder> create() {
    std::error_code error;
    std::string path = (std::filesystem::temp_directory_path(error) / "weir-bench-XXXXXX").string();
    if (!error && mkdtemp(path.data()) != nullptr) return ScratchFolder(std::move(path));
    return Error{ErrorCode::kUnavailable, fmt::format("no folder for temporary files ('{}'): {}", path,
                                                      error ? error.message() : std::strerror(errno))};
  }
  ScratchFolder(ScratchFolder&& other) noexcept : path_(std::exchange(other.path_, "")) {}
  ScratchFolder& operator=(ScratchFolder&&) = delete;
  ~ScratchFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  explicit ScratchFolder(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

}  // namespace weir::lab
