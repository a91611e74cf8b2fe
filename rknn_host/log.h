// SPDX-License-Identifier: Apache-2.0
// What this library says to the developer: lines on stderr, never on stdout.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

namespace weir::rknn_host {

/// Thread-safe. A program that fails in a loop gets kLinesPerSecond lines a second, and how many it did not
/// get.
class Log {
 public:
  static constexpr int kLinesPerSecond = 10;

  void line(std::string_view text);
  /// The same text is said once in the life of the process.
  void once(std::string_view text);
  /// Says how many lines were held back, which else the next line does.
  void flush();

 private:
  void tell_held_back();  // with mutex_ held

  std::mutex mutex_;
  std::chrono::steady_clock::time_point second_begin_{};
  int lines_in_second_ = 0;
  int64_t held_back_ = 0;
  std::set<std::string, std::less<>> said_;
};

}  // namespace weir::rknn_host
