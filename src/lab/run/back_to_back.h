// SPDX-License-Identifier: Apache-2.0
// `weir bench raw`: a compiled model driven as fast as it goes and nothing else, to hold the engine against.
#pragma once

#include <chrono>
#include <stop_token>
#include <string>

#include "base/result.h"
#include "engine/report.h"

namespace weir::lab {

struct BackToBackConfig {
  std::string input;  ///< its first picture is what the model sees, letterboxed once
  std::string model;
  std::string labels;
  std::string backend = "auto";
  std::string rknn_library;            ///< as EngineConfig has it
  std::chrono::nanoseconds warmup{0};  ///< part of the duration
  std::chrono::nanoseconds duration{0};
};

/// Loads the model as `weir run` does for this one input, then runs a context on each core in a thread of its
/// own until `duration` is over or `stop` is requested. The report has one stream, and frames that are runs.
/// Errors: those of opening inputs and models; the first failed run's.
[[nodiscard]] Result<RunReport> run_back_to_back(const BackToBackConfig& config, const std::stop_token& stop);

}  // namespace weir::lab
