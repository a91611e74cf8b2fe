// SPDX-License-Identifier: Apache-2.0
// A run in words: while it goes on, and at its end.
#pragma once

#include <string>
#include <vector>

#include "cli/console.h"
#include "engine/report.h"

namespace weir::cli {

/// A line per stream and one for the process, for a terminal. `cpu_cores`: processors used since the last
/// call.
[[nodiscard]] std::vector<std::string> status_lines(const RunReport& report, double cpu_cores,
                                                    const Console& console);

/// All streams in one line, for a log. Same `cpu_cores`.
[[nodiscard]] std::string progress_line(const RunReport& report, double cpu_cores);

/// The summary, several lines, each ended by a newline.
[[nodiscard]] std::string summary_text(const RunReport& report);

}  // namespace weir::cli
