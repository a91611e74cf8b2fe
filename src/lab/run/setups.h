// SPDX-License-Identifier: Apache-2.0
// What to measure, and the command line that each set-up is. Pure functions.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/result.h"
#include "lab/experiment.h"

namespace weir::lab {

/// "1.5s", as options of the command line are given.
[[nodiscard]] std::string seconds_text(std::chrono::nanoseconds time);

/// What all set-ups of an experiment have in common. The defaults are those of the command line; a whole run
/// of them takes less than four minutes.
struct CommonOptions {
  std::vector<std::string> inputs;  ///< taken in turn where there are fewer than streams
  std::vector<std::string> models;  ///< one
  std::vector<std::string> labels;  ///< none or one
  std::string backend = "auto";
  std::string rknn_library;  ///< "" where the children find it themselves
  std::string pace = "max";
  std::chrono::nanoseconds warmup = std::chrono::seconds(1);
  std::chrono::nanoseconds duration = std::chrono::seconds(6);  ///< measured, after the warm-up
  int repeats = 5;
};

/// `common.models` and `common.labels`: also one for each stream.
struct SharingOptions {
  CommonOptions common;
  int streams = 4;
  int contexts_per_stream = 3;
  std::vector<std::string> setups{"none", "stream", "all", "pool"};

  [[nodiscard]] Status validate() const;
};

struct EngineOptions {
  CommonOptions common{.duration = std::chrono::seconds(5), .repeats = 3};
  std::vector<int> streams{1, 2, 4, 8, 16};
  std::vector<std::string> small_inputs;  ///< of the same streets, but next to nothing to decode

  [[nodiscard]] Status validate() const;
};

/// none: a model for each context. stream: one for each stream. all: one for all contexts. pool: one, and as
/// many contexts as cores for all streams together. `options` must be valid and have inputs and models.
[[nodiscard]] Experiment plan(const SharingOptions& options);

/// kBackToBack, kSmallPictures, then a set-up for each number of streams. As above.
[[nodiscard]] Experiment plan(const EngineOptions& options);

}  // namespace weir::lab
