// SPDX-License-Identifier: Apache-2.0
// What a run was and did: the source of the summary that people read and of the one that programs read.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "engine/config.h"
#include "engine/memory_monitor.h"
#include "engine/statistics.h"

namespace weir {

enum class StreamState {
  kIdle,        ///< its turn has not come
  kConnecting,  ///< opens its source, gets its model
  kRunning,
  kDraining,  ///< reads no more; what was read is inferred and written
  kEnded,
  kFailed,  ///< could not be opened, or not be given its model or outputs
};

[[nodiscard]] std::string_view to_string(StreamState state);

struct StreamReport {
  std::string name;
  std::string input;
  std::string description;          ///< of the source; empty if it is not open yet or could not be
  std::optional<int64_t> expected;  ///< frames, as far as the container tells and the limits allow
  StreamState state = StreamState::kIdle;
  StreamStatistics statistics;
  std::map<std::string, int64_t> not_written;  ///< records that an output lost, by its name
  std::vector<Error> problems;                 ///< why it could not be opened, or what went wrong on the way
};

struct RunReport {
  std::string backend;  ///< here and below: joined by commas where models or streams differ
  std::string backend_version;
  std::string device;
  std::string sharing;
  std::string pace;
  std::string when_full;
  std::vector<Precision> precisions;   ///< of the distinct models
  std::vector<InputSize> input_sizes;  ///< of the distinct models
  size_t models_loaded = 0;            ///< the most at one time
  size_t contexts = 0;                 ///< the most at one time
  int cores = 0;
  bool interrupted = false;                             ///< somebody stopped the run before its end
  std::chrono::steady_clock::time_point measured_from;  ///< the streams' start, or the end of the warm-up
  std::chrono::nanoseconds wall_time{0};  ///< from then to the last record; loading is not in it
  std::chrono::nanoseconds cpu_time{0};   ///< of all threads, in wall_time
  MemoryReport memory;
  std::vector<StreamReport> streams;
  std::vector<Error> problems;  ///< of what is no single stream's

  [[nodiscard]] StreamStatistics totals() const;   ///< latency left empty
  [[nodiscard]] double frames_per_second() const;  ///< measured
  [[nodiscard]] double cpu_ms_per_frame() const;   ///< measured
};

/// As docs/results.md describes it.
[[nodiscard]] nlohmann::ordered_json to_json(const RunReport& report);

}  // namespace weir
