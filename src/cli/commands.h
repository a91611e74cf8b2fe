// SPDX-License-Identifier: Apache-2.0
// The commands of the program, one file each. Each adds its subcommand to the parser; when the user
// named it, the parser sets `chosen` to its body.
#pragma once

#include <cstdio>
#include <functional>
#include <string_view>

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

/// Gives the exit code.
using Command = std::function<int(Console&)>;

/// `chosen` outlives the parsing.
void add_run_command(CLI::App& app, Command& chosen);
void add_scene_command(CLI::App& app, Command& chosen);
void add_eval_command(CLI::App& app, Command& chosen);
void add_bench_command(CLI::App& app, Command& chosen);
void add_doctor_command(CLI::App& app, Command& chosen);
void add_bench_report_command(CLI::App& bench, Command& chosen);

/// For an option that is repeated for further values, each time with one: what follows is somebody else's.
inline void takes_one_a_time(CLI::Option* option) {
  option->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)->allow_extra_args(false);
}

/// All of `text` to stdout or stderr, now. kUnavailable: "writing WHAT stopped: ..."; no error where it was a
/// terminal that has been closed.
[[nodiscard]] Status write_whole(std::FILE* file, std::string_view text, std::string_view what);

/// "weir: ERROR" on standard error; the exit code that belongs to it.
int report_error(const Error& error);

}  // namespace weir::cli
