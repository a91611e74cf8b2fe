// SPDX-License-Identifier: Apache-2.0
// A run from its start to its end over the streams of a configuration: what `weir run` and the lab do.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/config.h"
#include "engine/engine.h"
#include "engine/parts.h"
#include "engine/report.h"

namespace weir {

/// States: created -> running -> done. Videos are opened before the run starts and start together. Pictures
/// take turns: of thousands, only a few are open at the same time.
class Run {
 public:
  /// Does what can fail for reasons that the user can mend, before anything is inferred or written: opens
  /// inputs, models and outputs, makes and warms the contexts. An input that can't be used is reported and
  /// left out, in the report and as an event; the error of the first, if none can be used. kCancelled: `stop`
  /// was requested.
  [[nodiscard]] static Result<std::unique_ptr<Run>> create(const EngineConfig& config,
                                                           const RunLimits& limits,
                                                           const std::stop_token& stop,
                                                           EngineParts parts = default_parts());

  /// Runs every stream to its end, or to the limits. `stop` ends it early, within two seconds: frames in a
  /// context are finished, waiting ones dropped. Once.
  RunReport to_end(const std::stop_token& stop);

  /// How things stand. Any thread.
  [[nodiscard]] RunReport report() const;

 private:
  /// One stream of the configuration.
  struct Entry {
    std::shared_ptr<Stream> stream;  ///< null before its turn and after its end
    StreamReport report;             ///< while there is no stream
  };

  Run(const EngineConfig& config, const RunLimits& limits, EngineParts parts);
  [[nodiscard]] Status open_inputs(const std::stop_token& stop);
  [[nodiscard]] Status load(const std::stop_token& stop);
  void leave_out(size_t index, const Error& error);
  void start_stream(size_t index);
  void start_next();
  void collect_ended();
  [[nodiscard]] RunReport finish(bool interrupted);

  const EngineConfig config_;
  const RunLimits limits_;
  const EngineParts parts_;
  std::unique_ptr<Engine> engine_;

  // Whoever prepares or runs it.
  std::vector<std::shared_ptr<ModelPool>> pools_;  // stay to the end of the run
  std::vector<size_t> active_;  // streams that are there, by their index in the configuration
  std::deque<size_t> waiting_;  // those whose turn has not come

  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable_any changed_;
  std::vector<Entry> entries_;  // as in the configuration; changed by the one thread, under the lock
  size_t ends_ = 0;             // streams that have ended or failed since collect_ended()
  std::optional<RunReport> final_;
};

}  // namespace weir
