// SPDX-License-Identifier: Apache-2.0
#include "lab/run/setups.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"

namespace weir::lab {
namespace {

constexpr int kMostStreams = 256;
constexpr int kMostRepeats = 1000;

using Arguments = std::vector<std::string>;

/// Set-ups of `bench sharing`: name, value of --share, whether each stream has contexts of its own.
struct SharingSetup {
  std::string_view name;
  std::string_view share;
  bool dedicated;
};
constexpr std::array<SharingSetup, 4> kSharingSetups{
    {{kUnshared, "none", true}, {"stream", "stream", true}, {"all", "all", true}, {"pool", "all", false}}};

Status check_range(std::string_view option, int value, int most) {
  if (value >= 1 && value <= most) return {};
  return Error{ErrorCode::kInvalidArgument, fmt::format("{} must be 1 to {}, not {}", option, most, value)};
}

Status check_paths(std::string_view option, size_t given, size_t streams) {
  if (given <= 1 || given == streams) return {};
  return Error{ErrorCode::kInvalidArgument,
               fmt::format("{} was given {} times for {} streams: give it once, or once for each stream",
                           option, given, streams)};
}

Status check_common(const CommonOptions& common) {
  if (common.pace != "max" && common.pace != "realtime") {
    return Error{ErrorCode::kInvalidArgument,
                 fmt::format("--pace must be max or realtime, not '{}'", common.pace)};
  }
  return check_range("--repeats", common.repeats, kMostRepeats);
}

Status check_setup_names(const Arguments& names) {
  std::vector<std::string_view> known;
  for (const SharingSetup& setup : kSharingSetups) known.push_back(setup.name);
  std::set<std::string_view> seen;
  for (const std::string& name : names) {
    if (std::ranges::find(known, name) == known.end()) {
      return Error{ErrorCode::kInvalidArgument,
                   fmt::format("--setups takes {}, not '{}'", join_or(known), name)};
    }
    if (!seen.insert(name).second) {
      return Error{ErrorCode::kInvalidArgument, fmt::format("--setups names '{}' twice", name)};
    }
  }
  return {};
}

Arguments first_of_each(const Arguments& inputs, int streams) {
  Arguments taken;
  for (size_t i = 0; i < static_cast<size_t>(streams); ++i) taken.push_back(inputs[i % inputs.size()]);
  return taken;
}

void append(Arguments& arguments, const Arguments& more) {
  arguments.insert(arguments.end(), more.begin(), more.end());
}

/// What `weir run` and `weir bench raw` both take.
Arguments common_arguments(const CommonOptions& common) {
  Arguments arguments;
  for (const std::string& model : common.models) append(arguments, {"--model", model});
  for (const std::string& labels : common.labels) append(arguments, {"--labels", labels});
  if (!common.rknn_library.empty()) append(arguments, {"--rknn-lib", common.rknn_library});
  append(arguments,
         {"--backend", common.backend, "--duration", seconds_text(common.warmup + common.duration)});
  if (common.warmup.count() > 0) append(arguments, {"--warmup", seconds_text(common.warmup)});
  return arguments;
}

Arguments run_arguments(const CommonOptions& common, const Arguments& inputs) {
  Arguments arguments{"run"};
  append(arguments, inputs);
  append(arguments, common_arguments(common));
  append(arguments, {"--loop", "--pace", common.pace});
  return arguments;
}

Protocol protocol_of(const CommonOptions& common, int streams) {
  return {.streams = streams,
          .repeats = common.repeats,
          .warmup_seconds = std::chrono::duration<double>(common.warmup).count(),
          .duration_seconds = std::chrono::duration<double>(common.duration).count(),
          .pace = common.pace,
          .inputs = common.inputs};
}

}  // namespace

std::string seconds_text(std::chrono::nanoseconds time) {
  return fmt::format("{}s", std::chrono::duration<double>(time).count());
}

Status SharingOptions::validate() const {
  WEIR_RETURN_IF_ERROR(check_common(common));
  WEIR_RETURN_IF_ERROR(check_range("--streams", streams, kMostStreams));
  WEIR_RETURN_IF_ERROR(check_range("--contexts", contexts_per_stream, kMostStreams));
  WEIR_RETURN_IF_ERROR(check_paths("--model", common.models.size(), static_cast<size_t>(streams)));
  WEIR_RETURN_IF_ERROR(check_paths("--labels", common.labels.size(), static_cast<size_t>(streams)));
  return check_setup_names(setups);
}

Status EngineOptions::validate() const {
  WEIR_RETURN_IF_ERROR(check_common(common));
  for (const int count : streams) WEIR_RETURN_IF_ERROR(check_range("--streams", count, kMostStreams));
  if (std::set(streams.begin(), streams.end()).size() != streams.size()) {
    return Error{ErrorCode::kInvalidArgument, "--streams names a number twice"};
  }
  WEIR_RETURN_IF_ERROR(check_paths("--model", common.models.size(), 1));
  return check_paths("--labels", common.labels.size(), 1);
}

Experiment plan(const SharingOptions& options) {
  Experiment experiment{.kind = Kind::kSharing, .protocol = protocol_of(options.common, options.streams)};
  experiment.protocol.contexts_per_stream = options.contexts_per_stream;
  const Arguments inputs = first_of_each(options.common.inputs, options.streams);
  for (const std::string& name : options.setups) {
    const SharingSetup& setup = *std::ranges::find(kSharingSetups, name, &SharingSetup::name);
    Arguments arguments = run_arguments(options.common, inputs);
    append(arguments, {"--share", std::string(setup.share)});
    if (setup.dedicated) {
      append(arguments, {"--contexts-per-stream", std::to_string(options.contexts_per_stream)});
    }
    experiment.setups.push_back({.name = name, .arguments = std::move(arguments)});
  }
  return experiment;
}

Experiment plan(const EngineOptions& options) {
  const CommonOptions& common = options.common;
  Experiment experiment{.kind = Kind::kEngine,
                        .protocol = protocol_of(common, *std::ranges::max_element(options.streams))};
  Arguments raw{"bench", "raw", common.inputs.front()};
  append(raw, common_arguments(common));
  experiment.setups.push_back({.name = std::string(kBackToBack), .arguments = std::move(raw)});
  experiment.setups.push_back(
      {.name = std::string(kSmallPictures), .arguments = run_arguments(common, options.small_inputs)});
  for (const int count : options.streams) {
    experiment.setups.push_back({.name = fmt::format("{} stream{}", count, count == 1 ? "" : "s"),
                                 .arguments = run_arguments(common, first_of_each(common.inputs, count))});
  }
  return experiment;
}

}  // namespace weir::lab
