// SPDX-License-Identifier: Apache-2.0
// An experiment for people at a terminal.
#pragma once

#include <string>

#include "lab/account.h"
#include "lab/experiment.h"

namespace weir::lab {

/// What was run, its tables, what the figures are held against, and what failed. Plain text, lines of at most
/// 120 columns where names are short.
[[nodiscard]] std::string to_table(const Account& account);
[[nodiscard]] std::string to_table(const Experiment& experiment);

}  // namespace weir::lab
