// SPDX-License-Identifier: Apache-2.0
// How many contexts a pool has and whose weights they share: the sharing policies, as values.
#pragma once

#include <string>

#include "engine/config.h"

namespace weir {

/// Streams that are there or expected.
struct StreamCounts {
  int all = 1;
  int of_model = 1;  ///< those whose model is equal in content
};

struct PoolPlan {
  /// The pool serves one stream. Else: all streams of its model.
  bool is_dedicated = false;
  int contexts = 1;
  /// How many contexts of one copy of the model can run at the same time, which is what it costs memory for.
  int model_cores = 1;
};

/// Dedicated pools (contexts_per_stream, or Sharing::kStream): one for each stream. Pooled: one for each
/// distinct model, of `config.contexts` contexts, by default `cores`. A model runs on as many cores as it has
/// contexts, at most `cores`; with Sharing::kStream at most on its share of them, rounded up.
[[nodiscard]] PoolPlan plan_pool(const EngineConfig& config, StreamCounts streams, int cores);

/// As ModelStore::get() takes it: contexts with equal sharer and model share weights. `context`: a number
/// that no other context has.
[[nodiscard]] std::string sharer_of(Sharing sharing, const std::string& stream, int context);

}  // namespace weir
