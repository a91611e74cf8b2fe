// SPDX-License-Identifier: Apache-2.0
#include "rknn_host/log.h"

#include <cstdio>

#include <fmt/format.h>

namespace weir::rknn_host {
namespace {

void write(std::string_view text) {
  const std::string line = fmt::format("librknnrt (weir): {}\n", text);
  std::fwrite(line.data(), 1, line.size(), stderr);
}

}  // namespace

void Log::line(std::string_view text) {
  const std::lock_guard lock(mutex_);
  const auto now = std::chrono::steady_clock::now();
  if (now - second_begin_ >= std::chrono::seconds(1)) {
    tell_held_back();
    second_begin_ = now;
    lines_in_second_ = 0;
  }
  if (lines_in_second_ < kLinesPerSecond) {
    ++lines_in_second_;
    write(text);
  } else {
    ++held_back_;
  }
}

void Log::once(std::string_view text) {
  const std::lock_guard lock(mutex_);
  if (said_.emplace(text).second) write(text);
}

void Log::flush() {
  const std::lock_guard lock(mutex_);
  tell_held_back();
}

void Log::tell_held_back() {
  if (held_back_ > 0) write(fmt::format("{} more lines in the second before", held_back_));
  held_back_ = 0;
}

}  // namespace weir::rknn_host
