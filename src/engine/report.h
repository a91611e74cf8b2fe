// SPDX-License-Identifier: Apache-2.0
// What a run was and did: the source of the summary that people read and of the one that programs read.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "engine/config.h"
#include "engine/memory_monitor.h"
#include "engine/statistics.h"

namespace weir {

struct StreamReport {
  std::string name;
  std::string input;
  std::string description;          ///< of the source; empty where it could not be opened
  std::optional<int64_t> expected;  ///< frames, as far as the container tells and the limits allow
  bool opened = false;
  bool ended = false;
  StreamStatistics statistics;
  std::vector<std::string> problems;  ///< why it could not be opened, or what went wrong on the way
};

struct RunReport {
  std::string backend;
  std::string backend_version;
  std::string device;
  std::string sharing;
  std::string pace;
  std::string when_full;
  Precision precision = Precision::kF32;
  std::vector<InputSize> input_sizes;  ///< of the distinct models
  size_t models_loaded = 0;
  size_t contexts = 0;
  int cores = 0;
  bool interrupted = false;                             ///< somebody stopped the run before its end
  std::chrono::steady_clock::time_point measured_from;  ///< the streams' start, or the end of the warm-up
  std::chrono::nanoseconds wall_time{0};  ///< from then to the last record; loading is not in it
  std::chrono::nanoseconds cpu_time{0};   ///< of all threads, in wall_time
  MemoryReport memory;
  std::vector<StreamReport> streams;

  [[nodiscard]] StreamStatistics totals() const;   ///< latency left empty
  [[nodiscard]] double frames_per_second() const;  ///< measured
  [[nodiscard]] double cpu_ms_per_frame() const;   ///< measured
};

/// As docs/results.md describes it.
[[nodiscard]] nlohmann::ordered_json to_json(const RunReport& report);

}  // namespace weir
