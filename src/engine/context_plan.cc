// SPDX-License-Identifier: Apache-2.0
#include "engine/context_plan.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

namespace weir {
namespace {

std::string sharer_of(Sharing sharing, const std::string& stream, size_t context) {
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

/// Fills in model_cores.
void spread_cores(std::vector<PlannedGroup>& groups, std::span<const PlannedStream> streams, Sharing sharing,
                  int cores) {
  std::map<std::pair<std::string, std::string>, int> contexts_of_model;
  const auto contexts_beside = [&](const PlannedContext& context) -> int& {
    return contexts_of_model[{context.sharer, streams[context.stream].model}];
  };
  for (const PlannedGroup& group : groups) {
    for (const PlannedContext& context : group.contexts) ++contexts_beside(context);
  }
  const int models = static_cast<int>(contexts_of_model.size());
  const int most = sharing == Sharing::kStream ? (cores + models - 1) / models : cores;
  for (PlannedGroup& group : groups) {
    for (PlannedContext& context : group.contexts)
      context.model_cores = std::min(most, contexts_beside(context));
  }
}

}  // namespace

std::vector<PlannedGroup> plan_contexts(const EngineConfig& config, std::span<const PlannedStream> streams,
                                        int cores) {
  const bool dedicated = config.contexts_per_stream.has_value() || config.sharing == Sharing::kStream;
  const auto count = static_cast<int>(streams.size());
  const int per_group = dedicated
                            ? config.contexts_per_stream.value_or(std::max(1, (cores + count - 1) / count))
                            : config.contexts.value_or(cores);
  std::vector<PlannedGroup> groups;
  std::map<std::string, size_t> group_of_model;
  for (size_t i = 0; i < streams.size(); ++i) {
    const auto [found, is_new] = group_of_model.try_emplace(streams[i].model, groups.size());
    if (dedicated || is_new) {
      groups.emplace_back();
      groups.back().streams = {i};
    } else {
      groups[found->second].streams.push_back(i);
    }
  }
  size_t number = 0;
  for (PlannedGroup& group : groups) {
    const size_t stream = group.streams.front();
    for (int k = 0; k < per_group; ++k) {
      group.contexts.push_back(
          {.stream = stream, .sharer = sharer_of(config.sharing, streams[stream].name, number++)});
    }
  }
  spread_cores(groups, streams, config.sharing, cores);
  return groups;
}

}  // namespace weir
