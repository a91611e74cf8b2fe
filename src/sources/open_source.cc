// SPDX-License-Identifier: Apache-2.0
// The explicit list of what an INPUT can be.
#include <algorithm>
#include <cctype>
#include <filesystem>
#include <string_view>
#include <system_error>

#include <fmt/format.h>

#include "sources/file_source.h"
#include "sources/scene_source.h"
#include "sources/source.h"

namespace weir {
namespace {

constexpr std::string_view kFile = "file";

bool exists(const std::string& path) {
  std::error_code error;
  return std::filesystem::exists(path, error);
}

/// "rtsp" of "rtsp://camera/1"; nothing for a path. A scheme begins with a letter (RFC 3986, section 3.1), so
/// that "12:30.mp4" is a path, and has two letters at least, so that "C:clip.mp4" is one.
std::string_view scheme_of(std::string_view location) {
  const size_t colon = location.find(':');
  if (colon == std::string_view::npos || colon < 2) return {};
  const std::string_view scheme = location.substr(0, colon);
  const bool is_word = std::all_of(scheme.begin(), scheme.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '+' || c == '-';
  });
  return is_word && std::isalpha(static_cast<unsigned char>(scheme[0])) != 0 ? scheme : std::string_view();
}

}  // namespace

std::chrono::nanoseconds frame_duration(const SourceInfo& info) {
  constexpr double kNanosecondsPerSecond = 1e9;
  constexpr std::chrono::nanoseconds kUnknown = std::chrono::milliseconds(40);
  if (!(info.frame_rate > 0)) return kUnknown;
  return std::chrono::nanoseconds(static_cast<int64_t>(kNanosecondsPerSecond / info.frame_rate));
}

std::optional<std::string> file_of(const std::string& location) {
  const std::string_view scheme = scheme_of(location);
  if (scheme.empty() || exists(location)) return location;
  if (scheme == kFile) return location.substr(kFile.size() + 1);
  return std::nullopt;
}

Result<std::unique_ptr<Source>> open_source(const std::string& location) {
  if (const auto path = file_of(location)) return FileSource::create(*path);
  const std::string_view scheme = scheme_of(location);
  if (scheme == "scene") return SceneSource::create(location);
  const bool is_url = location.find("://") == scheme.size();
  return Error{ErrorCode::kUnsupported,
               fmt::format("'{}': {}inputs of kind '{}:' are not supported; name a video or picture file, or "
                           "scene:street",
                           location, is_url ? "" : "no such file, and ", scheme)};
}

}  // namespace weir
