// SPDX-License-Identifier: Apache-2.0
#include "engine/context_plan.h"

#include <algorithm>

#include <fmt/format.h>

namespace weir {
namespace {

int share_of(int cores, int parts) {
  return std::max(1, (cores + parts - 1) / std::max(1, parts));
}

/// Contexts that run the same copy of the weights.
int contexts_of_copy(const EngineConfig& config, const PoolPlan& plan, StreamCounts streams) {
  switch (config.sharing) {
    case Sharing::kNone:
      return 1;
    case Sharing::kStream:
      return plan.contexts;
    case Sharing::kAll:
      break;
  }
  return plan.is_dedicated ? plan.contexts * std::max(1, streams.of_model) : plan.contexts;
}

}  // namespace

PoolPlan plan_pool(const EngineConfig& config, StreamCounts streams, int cores) {
  PoolPlan plan;
  plan.is_dedicated = config.contexts_per_stream.has_value() || config.sharing == Sharing::kStream;
  plan.contexts = plan.is_dedicated ? config.contexts_per_stream.value_or(share_of(cores, streams.all))
                                    : config.contexts.value_or(cores);
  const int most = config.sharing == Sharing::kStream ? share_of(cores, streams.all) : cores;
  plan.model_cores = std::min(most, contexts_of_copy(config, plan, streams));
  return plan;
}

std::string sharer_of(Sharing sharing, const std::string& stream, int context) {
  switch (sharing) {
    case Sharing::kNone:
      return fmt::format("context {}", context);
    case Sharing::kStream:
      return fmt::format("stream {}", stream);
    case Sharing::kAll:
      break;
  }
  return "";
}

}  // namespace weir
