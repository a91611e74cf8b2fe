// SPDX-License-Identifier: Apache-2.0
// Waiting for a time that a stop request cuts short.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>

namespace weir {

/// Returns at `time`, or as soon as `stop` is requested.
inline void sleep_until(std::chrono::steady_clock::time_point time, const std::stop_token& stop) {
  std::mutex mutex;
  std::unique_lock lock(mutex);
  std::condition_variable_any never;
  never.wait_until(lock, stop, time, [] { return false; });
}

}  // namespace weir
