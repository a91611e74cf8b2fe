// SPDX-License-Identifier: Apache-2.0
// How much processor time control groups grant this process, in both of their versions.
#pragma once

#include <optional>
#include <string>

namespace weir {

/// Processors' worth of time, such as 1.5: the least of what the process's groups and all those around them
/// grant. Nothing if none limits it. `root` is put before every path, for tests on made-up machines.
[[nodiscard]] std::optional<double> cpu_quota(const std::string& root = "");

}  // namespace weir
