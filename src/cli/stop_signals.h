// SPDX-License-Identifier: Apache-2.0
// Ctrl-C and SIGTERM: the first asks the run to stop, and ends the process if that takes two seconds; the
// second ends it at once.
#pragma once

#include <atomic>
#include <stop_token>
#include <string>
#include <thread>

namespace weir::cli {

/// Made on the main thread before any other thread: the signals are blocked there and in all that follow.
class StopSignals {
 public:
  /// `what_now`: what happens after the first, for the user.
  explicit StopSignals(std::string what_now = "finishing the frames in flight");
  ~StopSignals();

  [[nodiscard]] std::stop_token token() const { return source_.get_token(); }
  /// SIGINT, SIGTERM, or 0 where none came.
  [[nodiscard]] int received() const { return received_; }

 private:
  void wait();

  const std::string what_now_;
  std::stop_source source_;
  std::atomic<int> received_{0};
  std::thread thread_;
};

}  // namespace weir::cli
