// SPDX-License-Identifier: Apache-2.0
// Which contexts there are, whom they serve and whose weights they share: the sharing policies, as values.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "engine/config.h"

namespace weir {

struct PlannedStream {
  std::string name;
  std::string model;  ///< equal for streams whose models are equal in content
};

struct PlannedContext {
  size_t stream = 0;   ///< whose model it runs: an index into the planned streams
  std::string sharer;  ///< as ModelStore::get() takes it: contexts with equal sharer and model share weights
  int model_cores =
      1;  ///< how many of the model's contexts can run at the same time: what it costs memory for
};

/// Contexts and the streams they serve in turn.
struct PlannedGroup {
  std::vector<size_t> streams;
  std::vector<PlannedContext> contexts;
};

/// Dedicated contexts (contexts_per_stream, or Sharing::kStream): a group per stream. Pooled: a group per
/// distinct model, of `config.contexts` contexts, by default `cores`. A model runs on as many cores as it has
/// contexts, at most `cores`; with Sharing::kStream at most on its share of them, rounded up.
[[nodiscard]] std::vector<PlannedGroup> plan_contexts(const EngineConfig& config,
                                                      std::span<const PlannedStream> streams, int cores);

}  // namespace weir
