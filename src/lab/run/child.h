// SPDX-License-Identifier: Apache-2.0
// A fresh process of this program, to be measured from outside.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "base/result.h"

namespace weir::lab {

struct ChildEnd {
  int exit_code = 0;       ///< 128 + signal where one ended it
  std::string last_words;  ///< the last line of its standard error; what ended it where it said nothing
  double cpu_seconds = 0;  ///< of all its threads, from start to end
};

/// States: running -> ended (poll() told so, or kill_and_reap()). Bound to the thread that started it: the
/// child is killed when that thread ends, also if this process is killed.
class Child {
 public:
  /// Starts `program ARGUMENTS...` in a process group of its own, so that Ctrl-C reaches only us. Its
  /// standard output goes nowhere, its standard error to the file `stderr_path`. Errors: kResourceExhausted.
  [[nodiscard]] static Result<Child> start(const std::string& program,
                                           const std::vector<std::string>& arguments,
                                           const std::string& stderr_path);
  Child(Child&& other) noexcept;
  Child& operator=(Child&&) = delete;
  ~Child() { kill_and_reap(); }

  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] std::chrono::steady_clock::time_point started_at() const { return started_at_; }
  /// Its end, once, if it has come.
  [[nodiscard]] std::optional<ChildEnd> poll();
  /// Idempotent.
  void kill_and_reap();

 private:
  Child() = default;

  pid_t pid_ = -1;
  std::chrono::steady_clock::time_point started_at_;
  std::string stderr_path_;
};

}  // namespace weir::lab
