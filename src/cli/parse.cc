// SPDX-License-Identifier: Apache-2.0
#include "cli/parse.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "sources/source.h"

namespace weir::cli {
namespace {

/// The number at the start of `text`, and what follows it.
template <class T>
std::optional<std::pair<T, std::string_view>> leading_number(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{}) return std::nullopt;
  return std::pair(value, text.substr(static_cast<size_t>(end - text.data())));
}

/// A path that stands for all streams, or one of as many paths as there are streams.
Result<std::string> nth_path(std::string_view option, const std::vector<std::string>& paths, size_t stream,
                             size_t streams) {
  if (paths.empty()) return std::string();
  if (paths.size() == 1) return paths.front();
  if (paths.size() == streams) return paths[stream];
  return Error{ErrorCode::kInvalidArgument,
               fmt::format("{} was given {} times for {} inputs: give it once, or once for each input",
                           option, paths.size(), streams)};
}

bool is_control(char c) {
  return static_cast<unsigned char>(c) < ' ' || c == '\x7f';
}

/// A name as the results have it: what is not UTF-8 is replaced there, so that two names may become one.
std::string as_written(const std::string& name) {
  return nlohmann::json(name).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

bool exists(const std::string& path) {
  std::error_code error;
  return std::filesystem::exists(path, error);
}

}  // namespace

Result<std::chrono::nanoseconds> parse_duration(std::string_view option, std::string_view text) {
  constexpr std::array<std::pair<std::string_view, double>, 5> kUnits{
      {{"", 1.0}, {"s", 1.0}, {"ms", 1e-3}, {"m", 60.0}, {"h", 3600.0}}};
  constexpr double kMostSeconds = 1e9;
  if (const auto number = leading_number<double>(text)) {
    for (const auto& [unit, seconds] : kUnits) {
      const double value = number->first * seconds;
      if (number->second != unit || !std::isfinite(value) || value <= 0 || value > kMostSeconds) continue;
      return std::chrono::nanoseconds(std::llround(value * 1e9));
    }
  }
  return Error{ErrorCode::kInvalidArgument,
               fmt::format("{} must be a time such as 30s, 500ms, 5m or 2h, not '{}'", option, text)};
}

Result<InputSizeChoice> parse_input_size(std::string_view option, std::string_view text) {
  using Kind = InputSizeChoice::Kind;
  if (text == "auto") return InputSizeChoice{Kind::kAuto, {}};
  if (text == "model") return InputSizeChoice{Kind::kModel, {}};
  if (const auto width = leading_number<int>(text); width && width->second.starts_with('x')) {
    const auto height = leading_number<int>(width->second.substr(1));
    if (height && height->second.empty()) {
      return InputSizeChoice{Kind::kExact, {width->first, height->first}};
    }
  }
  return Error{ErrorCode::kInvalidArgument,
               fmt::format("{} must be auto, model or WIDTHxHEIGHT such as 416x256, not '{}'", option, text)};
}

std::string default_stream_name(const std::string& input) {
  std::string name = std::filesystem::path(file_of(input).value_or(input)).stem().string();
  std::ranges::replace_if(name, is_control, '?');
  return name.empty() ? "stream" : name;
}

Result<std::vector<StreamConfig>> parse_streams(const std::vector<std::string>& inputs) {
  std::vector<StreamConfig> streams;
  std::set<std::string> given;
  for (size_t i = 0; i < inputs.size(); ++i) {
    StreamConfig stream;
    stream.input = inputs[i];
    const size_t equals = inputs[i].find('=');
    if (equals != std::string::npos && inputs[i].find_first_of("/:") > equals && !exists(inputs[i])) {
      stream.name = inputs[i].substr(0, equals);
      stream.input = inputs[i].substr(equals + 1);
      if (std::ranges::any_of(stream.name, is_control)) {
        return Error{ErrorCode::kInvalidArgument, "a stream's name has control characters in it"};
      }
      if (stream.name.empty() || !given.insert(as_written(stream.name)).second) {
        return Error{ErrorCode::kInvalidArgument, fmt::format("input '{}': a stream's name must be there and "
                                                              "differ from the others",
                                                              inputs[i])};
      }
    }
    streams.push_back(std::move(stream));
  }
  for (StreamConfig& stream : streams) {
    if (!stream.name.empty()) continue;
    const std::string name = default_stream_name(stream.input);
    stream.name = name;
    for (int n = 2; !given.insert(as_written(stream.name)).second; ++n)
      stream.name = fmt::format("{}-{}", name, n);
  }
  return streams;
}

Result<std::vector<ModelConfig>> assign_models(std::vector<StreamConfig>& streams,
                                               const std::vector<std::string>& paths,
                                               const std::vector<std::string>& labels,
                                               const ModelConfig& common) {
  std::vector<ModelConfig> models;
  for (size_t i = 0; i < streams.size(); ++i) {
    ModelConfig model = common;
    WEIR_ASSIGN_OR_RETURN(model.path, nth_path("--model", paths, i, streams.size()));
    WEIR_ASSIGN_OR_RETURN(model.labels, nth_path("--labels", labels, i, streams.size()));
    model.name = model.labels.empty() ? model.path : fmt::format("{} with {}", model.path, model.labels);
    streams[i].model = model.name;
    if (std::ranges::find(models, model.name, &ModelConfig::name) == models.end())
      models.push_back(std::move(model));
  }
  return models;
}

std::string option_name(std::string_view field) {
  std::string name = fmt::format("--{}", field.substr(field.find_last_of('.') + 1));
  std::ranges::replace(name, '_', '-');
  return name;
}

}  // namespace weir::cli
