// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "scene/street.h"

namespace weir::scene {
namespace {

Error invalid(std::string message) {
  return {ErrorCode::kInvalidArgument, "scene: " + std::move(message)};
}

template <class T>
std::optional<T> number(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

template <class T>
Status set(std::string_view name, std::string_view text, T& target) {
  const std::optional<T> value = number<T>(text);
  if (!value) return invalid(fmt::format("{}={} is not a whole number in range", name, text));
  target = *value;
  return {};
}

Status set_size(std::string_view text, StreetConfig& config) {
  const size_t x = text.find('x');
  const auto width = number<int>(text.substr(0, x));
  const auto height = x == std::string_view::npos ? std::nullopt : number<int>(text.substr(x + 1));
  if (!width || !height) return invalid(fmt::format("size={} is not WIDTHxHEIGHT, as 1920x1080 is", text));
  config.width_px = *width;
  config.height_px = *height;
  return {};
}

Status set_part(std::string_view name, std::string_view text, StreetConfig& config) {
  if (name == "size") return set_size(text, config);
  if (name == "fps") return set(name, text, config.fps);
  if (name == "seed") return set(name, text, config.seed);
  if (name == "frames") return set(name, text, config.frames);
  return invalid(fmt::format("unknown key '{}'; there are size, fps, seed and frames", name));
}

Status check(std::string_view name, int64_t value, int64_t low, int64_t high) {
  if (low <= value && value <= high) return {};
  return invalid(fmt::format("{} {} is out of range; it may be {}..{}", name, value, low, high));
}

}  // namespace

Result<StreetConfig> StreetConfig::parse(std::string_view query) {
  StreetConfig config;
  while (!query.empty()) {
    const std::string_view part = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), part.size() + 1));
    const size_t equals = part.find('=');
    if (equals == std::string_view::npos) {
      return invalid(fmt::format("'{}' is not KEY=VALUE; keys are size, fps, seed and frames", part));
    }
    WEIR_RETURN_IF_ERROR(set_part(part.substr(0, equals), part.substr(equals + 1), config));
  }
  WEIR_RETURN_IF_ERROR(config.validate());
  return config;
}

Status StreetConfig::validate() const {
  WEIR_RETURN_IF_ERROR(check("width", width_px, 32, 7680));
  WEIR_RETURN_IF_ERROR(check("height", height_px, 32, 4320));
  WEIR_RETURN_IF_ERROR(check("fps", fps, 1, 240));
  return check("frames", frames, 1, 10'000'000);
}

}  // namespace weir::scene
