// SPDX-License-Identifier: Apache-2.0
#include "lab/run/measure.h"

#include <algorithm>
#include <chrono>
#include <numeric>

#include <fmt/format.h>

#include "base/cpu.h"
#include "base/file.h"
#include "base/interruptible_sleep.h"
#include "lab/experiment_json.h"
#include "lab/run/sampler.h"
#include "lab/run/scratch_folder.h"
#include "memory/system_memory.h"

namespace weir::lab {
namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

constexpr std::chrono::milliseconds kPeriod{100};  // 10 Hz
constexpr int kTicksPerReport = 10;
constexpr double kGuessedLoadSeconds = 2;
constexpr int kUsageExit = 2;

double average(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

/// Runs of one child after the other.
class Measuring {
 public:
  Measuring(Experiment& experiment, const std::stop_token& stop, const Watcher& watcher,
            const std::string& program, const std::string& folder)
      : experiment_(experiment),
        stop_(stop),
        watcher_(watcher),
        program_(program),
        summary_path_(folder + "/summary.json"),
        stderr_path_(folder + "/stderr.txt"),
        times_(experiment.setups.size(), SetupTimes{.remaining = experiment.protocol.repeats}) {}

  Status run() {
    for (int number = 1; number <= experiment_.protocol.repeats; ++number) {
      for (size_t i = 0; i < experiment_.setups.size(); ++i) {
        if (times_[i].remaining > 0) WEIR_RETURN_IF_ERROR(run_once(i, number));
        if (experiment_.interrupted) return {};
      }
    }
    return {};
  }

 private:
  Status run_once(size_t index, int number);
  std::optional<ChildEnd> wait(Child& child, Sampler& sampler, size_t index, int number);
  Status conclude(SetupRuns& setup, Repeat repeat, const ChildEnd& end, Clock::time_point started_at);
  void fail(SetupRuns& setup, Failure failure);

  Experiment& experiment_;
  const std::stop_token& stop_;
  const Watcher& watcher_;
  const std::string program_;
  const std::string summary_path_;
  const std::string stderr_path_;
  std::vector<SetupTimes> times_;
};

Status Measuring::run_once(size_t index, int number) {
  SetupRuns& setup = experiment_.setups[index];
  std::vector<std::string> arguments = setup.arguments;
  arguments.insert(arguments.end(), {"--summary", summary_path_, "--quiet"});
  std::remove(summary_path_.c_str());
  const auto system = sample_system();
  const auto available_bytes = system ? std::optional(system->available_bytes) : std::nullopt;
  const auto own_cpu = process_cpu_time();
  WEIR_ASSIGN_OR_RETURN(Child child, Child::start(program_, arguments, stderr_path_));
  const Clock::time_point started_at = child.started_at();
  Sampler sampler(child.pid(), started_at, available_bytes);
  const std::optional<ChildEnd> end = wait(child, sampler, index, number);
  if (!end) {
    experiment_.interrupted = true;
    return {};  // the child goes with `child`
  }

  SetupTimes& times = times_[index];
  times.seconds.push_back(Seconds(Clock::now() - started_at).count());
  times.remaining = end->exit_code == kUsageExit ? 0 : times.remaining - 1;
  Repeat repeat{
      .number = number, .peak_rss_bytes = sampler.peak_rss_bytes(), .samples = sampler.take_samples()};
  if (end->cpu_seconds > 0) {
    repeat.harness_cpu_ratio = Seconds(process_cpu_time() - own_cpu).count() / end->cpu_seconds;
  }
  return conclude(setup, std::move(repeat), *end, started_at);
}

/// Samples until the child ends; nothing where `stop` came first.
std::optional<ChildEnd> Measuring::wait(Child& child, Sampler& sampler, size_t index, int number) {
  const Protocol& protocol = experiment_.protocol;
  const double guess = protocol.warmup_seconds + protocol.duration_seconds + kGuessedLoadSeconds;
  Clock::time_point next = child.started_at();
  for (int tick = 0; !stop_.stop_requested(); ++tick) {
    if (tick % kTicksPerReport == 0) {
      const double elapsed = Seconds(Clock::now() - child.started_at()).count();
      watcher_.running({experiment_.setups[index].name, number, protocol.repeats,
                        estimate_seconds_left(times_, index, elapsed, guess)});
    }
    next = std::max(next + kPeriod, Clock::now());
    sleep_until(next, stop_);
    if (const auto end = child.poll()) return end;
    sampler.sample();
  }
  return std::nullopt;
}

Status Measuring::conclude(SetupRuns& setup, Repeat repeat, const ChildEnd& end,
                           Clock::time_point started_at) {
  if (end.exit_code != 0) {
    fail(setup, {repeat.number, end.last_words, end.exit_code == kUsageExit});
    return {};
  }
  Result<ChildSummary> summary = parse_child_summary(read_file(summary_path_).value_or(""));
  if (!summary) {
    fail(setup, {repeat.number, summary.error().message});
    return {};
  }
  const double origin = Seconds(started_at.time_since_epoch()).count();
  repeat.measured_from_seconds = summary->measured_from_seconds - origin;
  repeat.measured_to_seconds = repeat.measured_from_seconds + summary->figures.wall_seconds;
  repeat.figures = std::move(summary->figures);
  setup.repeats.push_back(std::move(repeat));
  watcher_.measured(setup, setup.repeats.back());
  return {};
}

void Measuring::fail(SetupRuns& setup, Failure failure) {
  setup.failures.push_back(std::move(failure));
  watcher_.failed(setup, setup.failures.back());
}

}  // namespace

Status measure(Experiment& experiment, const std::stop_token& stop, const Watcher& watcher,
               const std::string& program) {
  WEIR_ASSIGN_OR_RETURN(const ScratchFolder folder, ScratchFolder::create());
  return Measuring(experiment, stop, watcher, program, folder.path()).run();
}

double estimate_seconds_left(const std::vector<SetupTimes>& setups, size_t running, double elapsed,
                             double guess) {
  double longest = 0;
  for (const SetupTimes& times : setups) {
    if (!times.seconds.empty()) longest = std::max(longest, average(times.seconds));
  }
  if (longest == 0) longest = guess;
  const auto of = [&](const SetupTimes& times) {
    return times.seconds.empty() ? longest : average(times.seconds);
  };
  double left = 0;
  for (const SetupTimes& times : setups) left += of(times) * times.remaining;
  return left - std::min(elapsed, of(setups[running]));
}

}  // namespace weir::lab
