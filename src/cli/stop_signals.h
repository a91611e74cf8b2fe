// SPDX-License-Identifier: Apache-2.0
// Every signal that would end the program (Ctrl-C, SIGTERM, a closed terminal, a batch system's warning) asks
// the run to stop instead, and ends the process if that takes two seconds.
#pragma once

#include <atomic>
#include <stop_token>
#include <string>
#include <thread>

namespace weir::cli {

/// Takes over, while it exists, the signals whose default is to end a process. Left as they are: those that
/// the process was started to ignore (nohup), those that a library has taken, and SIGQUIT (Ctrl-\), which
/// ends the program at once. After a first Ctrl-C or SIGTERM another of the two ends it at once as well. A
/// signal counts whichever thread it is sent to. One at a time.
class StopSignals {
 public:
  /// `what_now`: what happens after the first, for the user.
  explicit StopSignals(std::string what_now = "finishing the frames in flight");
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  [[nodiscard]] std::stop_token token() const { return source_.get_token(); }
  /// The first signal, or 0 where none came.
  [[nodiscard]] int received() const { return received_; }

 private:
  void watch();
  void tell_and_wait(int signal);

  const std::string what_now_;
  std::stop_source source_;
  std::atomic<int> received_{0};
  std::atomic<bool> done_{false};  ///< the destructor waits
  std::thread thread_;
};

}  // namespace weir::cli
