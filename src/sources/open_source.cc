// SPDX-License-Identifier: Apache-2.0
// The explicit list of what an INPUT can be.
#include <cctype>
#include <string_view>

#include <fmt/format.h>

#include <algorithm>

#include "sources/file_source.h"
#include "sources/scene_source.h"
#include "sources/source.h"

namespace weir {
namespace {

/// "rtsp" of "rtsp://camera/1"; nothing for a path. A scheme has two letters at least, and a path with a
/// colon in it can be written "./a:b.mp4".
std::string_view scheme_of(std::string_view location) {
  const size_t colon = location.find(':');
  if (colon == std::string_view::npos || colon < 2) return {};
  const std::string_view scheme = location.substr(0, colon);
  const bool is_word = std::all_of(scheme.begin(), scheme.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '+' || c == '-';
  });
  return is_word ? scheme : std::string_view();
}

}  // namespace

std::chrono::nanoseconds frame_duration(const SourceInfo& info) {
  constexpr double kNanosecondsPerSecond = 1e9;
  constexpr std::chrono::nanoseconds kUnknown = std::chrono::milliseconds(40);
  if (!(info.frame_rate > 0)) return kUnknown;
  return std::chrono::nanoseconds(static_cast<int64_t>(kNanosecondsPerSecond / info.frame_rate));
}

Result<std::unique_ptr<Source>> open_source(const std::string& location) {
  const std::string_view scheme = scheme_of(location);
  if (scheme.empty()) return FileSource::create(location);
  if (scheme == "file") return FileSource::create(location.substr(scheme.size() + 1));
  if (scheme == "scene") return SceneSource::create(location);
  return Error{
      ErrorCode::kUnsupported,
      fmt::format(
          "'{}': inputs of kind '{}:' are not supported; name a video or picture file, or scene:street",
          location, scheme)};
}

}  // namespace weir
