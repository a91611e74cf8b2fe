// SPDX-License-Identifier: Apache-2.0
// Runs an experiment: its set-ups in turn, each in a fresh child process, as often as it says.
#pragma once

#include <functional>
#include <stop_token>
#include <string_view>

#include "base/file.h"
#include "base/result.h"
#include "lab/experiment.h"
#include "lab/run/child.h"

namespace weir::lab {

struct Progress {
  std::string_view setup;
  int repeat = 1;
  int repeats = 1;
  double seconds_left = 0;  ///< of the whole experiment, as far as can be told
};

/// Who wants to know. On the measuring thread, and the child goes on meanwhile: to be quick. None may be
/// empty.
struct Watcher {
  std::function<void(const Progress&)> running;  ///< about once a second
  std::function<void(const SetupRuns&, const Repeat&)> measured;
  std::function<void(const SetupRuns&, const Failure&)> failed;
};

/// Fills in the repeats and failures of `experiment`, and which models it was about. Set-ups take turns, so
/// that drift of the machine hits all alike. A child that fails is a Failure, and the rest goes on; where
/// what was asked for can't be (exit code 2), that set-up is not tried again. `stop` kills the child that
/// runs: what was measured until then stays. Errors: kUnavailable (no folder for temporary files).
Status measure(Experiment& experiment, const std::stop_token& stop, const Watcher& watcher,
               const std::string& program = program_path());

/// How long runs of a set-up took, and how many are still to come (with the one that runs).
struct SetupTimes {
  std::vector<double> seconds;
  int remaining = 0;
};

/// Until all are done, where set-up `running` began a run `elapsed` seconds ago. Runs of a set-up that was
/// not run yet take as long as the longest known ones, or `guess`.
[[nodiscard]] double estimate_seconds_left(const std::vector<SetupTimes>& setups, size_t running,
                                           double elapsed, double guess);

}  // namespace weir::lab
