// SPDX-License-Identifier: Apache-2.0
// A file, pipe, terminal or standard output that is written to: waits for slow readers, and can be told not
// to.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/interrupt.h"
#include "base/result.h"

namespace weir {

/// States: open, or for a named pipe waiting for a reader -> failed at the first error. One thread at a time;
/// its Interrupt may be requested by any. Whoever writes to pipes has to ignore SIGPIPE (main does), or a
/// reader that goes away ends the program instead of giving an error.
class OutputFile {
 public:
  /// Creates or empties the file; "-" is standard output. A named pipe is opened by the first write, which
  /// waits for a reader. After `interrupt` was requested, a write that would have to wait fails with
  /// kCancelled. Errors, without the file's name: kNotFound (no such folder), kInvalidArgument.
  [[nodiscard]] static Result<std::unique_ptr<OutputFile>> create(const std::string& path,
                                                                  std::shared_ptr<const Interrupt> interrupt);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  /// All of `bytes`, or an error without the file's name: kResourceExhausted (the disk is full),
  /// kUnavailable, kCancelled. After an error: the same again.
  [[nodiscard]] Status write(std::string_view bytes);
  /// The same at the end of the file. If it fails, what was written of `line` is taken back where the file
  /// allows it, else the message says that the last line is cut off.
  [[nodiscard]] Status append(std::string_view line);

  /// Whether it is a file on disk.
  [[nodiscard]] bool can_seek() const { return is_regular_; }
  /// From the beginning of the file. Only if can_seek().
  [[nodiscard]] Status seek(int64_t offset_bytes);
  [[nodiscard]] int64_t size_bytes() const;
  /// Idempotent. Standard output stays open.
  [[nodiscard]] Status close();
  /// The first error that a write gave.
  [[nodiscard]] const std::optional<Error>& failure() const { return failure_; }

 private:
  OutputFile(std::string path, int descriptor, bool is_regular, std::shared_ptr<const Interrupt> interrupt);
  [[nodiscard]] Status wait_for_reader();
  [[nodiscard]] Status wait_for_room() const;
  [[nodiscard]] Status write_some(std::string_view& bytes);
  [[nodiscard]] Status fail(Error error);

  const std::string path_;
  int descriptor_;  // -1: a named pipe that nobody has opened for reading yet
  const bool is_regular_;
  const std::shared_ptr<const Interrupt> interrupt_;
  std::optional<Error> failure_;
};

}  // namespace weir
