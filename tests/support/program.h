// SPDX-License-Identifier: Apache-2.0
// Runs the built program as its users do.
#pragma once

#include <csignal>
#include <functional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace weir::testing {

struct Finished {
  int exit_code = -1;  ///< 128 + signal where one ended it
  std::string out;
  std::string err;
};

/// A process of the program under test. Its outputs go to files in `folder`.
class Program {
 public:
  /// Starts `weir ARGUMENTS...`. `before`: what the new process does before it becomes the program; the place
  /// for inherited signals and other outputs.
  Program(const std::string& folder, std::vector<std::string> arguments,
          const std::function<void()>& before = {});
  /// Kills what still runs.
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  [[nodiscard]] pid_t pid() const { return pid_; }
  void signal(int number) const { kill(pid_, number); }
  /// Waits until the file at `path` has at least `bytes`, or the program ends; at most half a minute.
  [[nodiscard]] bool wait_for_bytes(const std::string& path, size_t bytes);
  [[nodiscard]] bool wait_for_file(const std::string& path) { return wait_for_bytes(path, 0); }
  Finished wait();

 private:
  std::string folder_;
  pid_t pid_ = -1;
};

/// Starts and waits.
Finished run_program(const std::string& folder, std::vector<std::string> arguments);

}  // namespace weir::testing
