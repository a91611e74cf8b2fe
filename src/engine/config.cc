// SPDX-License-Identifier: Apache-2.0
#include "engine/config.h"

#include <set>

#include <fmt/format.h>

namespace weir {
namespace {

constexpr int kMostContexts = 1024;

Status check_count(std::string_view option, const std::optional<int>& value) {
  if (!value || (*value >= 1 && *value <= kMostContexts)) return {};
  return Error{ErrorCode::kInvalidArgument,
               fmt::format("{} must be 1 to {}, not {}", option, kMostContexts, *value)};
}

Status check_threshold(std::string_view option, float value) {
  if (value >= 0.0F && value <= 1.0F) return {};
  return Error{ErrorCode::kInvalidArgument, fmt::format("{} must be 0 to 1, not {:g}", option, value)};
}

Status check_names(const std::vector<StreamConfig>& streams) {
  std::set<std::string_view> names;
  for (const StreamConfig& stream : streams) {
    if (stream.name.empty()) {
      return Error{ErrorCode::kInvalidArgument, fmt::format("input '{}' has an empty name", stream.input)};
    }
    if (!names.insert(stream.name).second) {
      return Error{ErrorCode::kInvalidArgument, fmt::format("two streams are named '{}'", stream.name)};
    }
  }
  return {};
}

Status check_input_size(const InputSizeChoice& choice) {
  constexpr int kMost = 8192;
  constexpr int kStep = 32;
  if (choice.kind != InputSizeChoice::Kind::kExact) return {};
  for (const int side : {choice.exact.width_px, choice.exact.height_px}) {
    if (side < kStep || side > kMost || side % kStep != 0) {
      return Error{ErrorCode::kInvalidArgument,
                   fmt::format("--input-size sides must be multiples of {} up to {}, not {}x{}", kStep, kMost,
                               choice.exact.width_px, choice.exact.height_px)};
    }
  }
  return {};
}

}  // namespace

std::string_view to_string(Sharing sharing) {
  switch (sharing) {
    case Sharing::kNone:
      return "none";
    case Sharing::kStream:
      return "stream";
    case Sharing::kAll:
      return "all";
  }
  return "?";
}

std::string_view to_string(Pace pace) {
  return pace == Pace::kMax ? "max" : "realtime";
}

std::string_view to_string(WhenFull when_full) {
  return when_full == WhenFull::kBlock ? "block" : "drop-oldest";
}

WhenFull EngineConfig::effective_when_full() const {
  return when_full.value_or(pace == Pace::kMax ? WhenFull::kBlock : WhenFull::kDropOldest);
}

Status EngineConfig::validate() const {
  if (streams.empty()) return Error{ErrorCode::kInvalidArgument, "no inputs"};
  WEIR_RETURN_IF_ERROR(check_names(streams));
  WEIR_RETURN_IF_ERROR(check_count("--contexts", contexts));
  WEIR_RETURN_IF_ERROR(check_count("--contexts-per-stream", contexts_per_stream));
  WEIR_RETURN_IF_ERROR(check_count("--cores", cores));
  if (contexts && contexts_per_stream) {
    return Error{ErrorCode::kInvalidArgument,
                 "--contexts (pooled) and --contexts-per-stream (dedicated) exclude each other"};
  }
  if (contexts && sharing == Sharing::kStream) {
    return Error{ErrorCode::kInvalidArgument,
                 "--share stream needs contexts that belong to a stream: use --contexts-per-stream"};
  }
  if (frames && *frames < 1) {
    return Error{ErrorCode::kInvalidArgument, fmt::format("--frames must be at least 1, not {}", *frames)};
  }
  if (duration && duration->count() <= 0) {
    return Error{ErrorCode::kInvalidArgument, "--duration must be longer than nothing"};
  }
  if (warmup.count() < 0 || (duration && warmup >= *duration)) {
    return Error{ErrorCode::kInvalidArgument, "--warmup must be shorter than --duration: it is part of it"};
  }
  WEIR_RETURN_IF_ERROR(check_threshold("--score", score_threshold));
  WEIR_RETURN_IF_ERROR(check_threshold("--nms", nms_threshold));
  return check_input_size(input_size);
}

}  // namespace weir
