// SPDX-License-Identifier: Apache-2.0
// One file of result lines that all streams write to.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace weir {

/// States: open -> failed at the first write error. A file on disk then ends with its last whole line,
/// and every further write gives the same error. Any thread.
class JsonlFile {
 public:
  /// Creates or empties the file; "-" is standard output. Whoever writes to pipes has to ignore SIGPIPE
  /// (main does), or a reader that goes away ends the program instead of giving an error.
  /// Errors name the file: kNotFound (no such folder), kInvalidArgument.
  [[nodiscard]] static Result<std::shared_ptr<JsonlFile>> create(const std::string& path);

  JsonlFile(const JsonlFile&) = delete;
  JsonlFile& operator=(const JsonlFile&) = delete;
  ~JsonlFile();

  /// Appends `line`, which ends with its newline, never mixed with another thread's.
  /// Errors: kResourceExhausted (the disk is full), kUnavailable; after the first, kCancelled for everybody.
  [[nodiscard]] Status write(std::string_view line);

 private:
  JsonlFile(std::string name, int descriptor) : name_(std::move(name)), descriptor_(descriptor) {}
  [[nodiscard]] Error give_up(int error, size_t written_bytes);

  const std::string name_;  // as messages tell it
  const int descriptor_;
  std::mutex mutex_;
  std::optional<Error> failure_;  // what all but the first are told
};

}  // namespace weir
