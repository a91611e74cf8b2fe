// SPDX-License-Identifier: Apache-2.0
// How much processor this process has, and how much of it it used.
#pragma once

#include <chrono>

namespace weir {

/// Processors this process may use: its affinity, cut by the quota of its control groups. At least 1.
[[nodiscard]] int available_cores();

/// User and system time of all threads since the process started.
[[nodiscard]] std::chrono::nanoseconds process_cpu_time();

}  // namespace weir
