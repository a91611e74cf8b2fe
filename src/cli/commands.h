// SPDX-License-Identifier: Apache-2.0
// The commands of the program, one file each. Each adds its subcommand to the parser and returns its body:
// what to do when the user named it, giving the exit code.
#pragma once

#include <functional>

#include <CLI/CLI.hpp>

#include "base/result.h"
#include "cli/console.h"

namespace weir::cli {

/// What every command ends with.
enum ExitCode : int {
  kSuccess = 0,
  kFailure = 1,      ///< something failed while it ran
  kUsage = 2,        ///< the user asked for what can't be
  kSignalled = 128,  ///< plus the signal's number
};

using Command = std::function<int(Console&)>;

[[nodiscard]] Command add_run_command(CLI::App& app);

/// "weir: ERROR" on standard error; the exit code that belongs to it.
int report_error(const Error& error);

}  // namespace weir::cli
