// SPDX-License-Identifier: Apache-2.0
#include "lab/run/street_inputs.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>

#include <unistd.h>

#include <fmt/format.h>

#include "engine/street_video.h"

namespace weir::lab {
namespace {

namespace fs = std::filesystem;

constexpr std::array<uint64_t, 4> kSeeds{3, 7, 12, 17};
constexpr int64_t kFrames = 150;

using Making = std::function<void(std::string_view, double)>;

/// Under another name until it is whole, so that neither a stop nor a second weir leaves half a video.
Status make_street(const std::string& path, const scene::StreetConfig& config, const std::stop_token& stop,
                   const Making& making) {
  const std::string part = fmt::format("{}.{}.part.mp4", path, getpid());
  Result<int64_t> frames =
      write_street_video(part, config, stop, [&](const scene::Street&, int64_t frame) -> Status {
        making(path, static_cast<double>(frame + 1) / static_cast<double>(config.frames));
        return {};
      });
  if (frames && *frames < config.frames) {
    frames = Error{ErrorCode::kCancelled, fmt::format("stopped while '{}' was made", path)};
  }
  std::error_code error;
  if (frames) fs::rename(part, path, error);
  if (!frames || error) {
    std::error_code ignored;
    fs::remove(part, ignored);
  }
  if (!frames) return frames.error();
  if (error) {
    return Error{ErrorCode::kUnavailable, fmt::format("'{}' can't be written: {}", path, error.message())};
  }
  return {};
}

}  // namespace

std::string cache_folder() {
  const auto from = [](const char* variable) {
    const char* value = std::getenv(variable);
    return fs::path(value == nullptr ? "" : value);
  };
  if (const fs::path cache = from("XDG_CACHE_HOME"); cache.is_absolute()) return cache / "weir";
  if (const fs::path home = from("HOME"); home.is_absolute()) return home / ".cache" / "weir";
  std::error_code error;
  return fs::temp_directory_path(error) / "weir";
}

Result<std::vector<std::string>> street_inputs(const std::string& folder, int width_px, int height_px,
                                               const std::stop_token& stop, const Making& making) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) {
    return Error{ErrorCode::kUnavailable,
                 fmt::format("can't make the folder '{}': {}", folder, error.message())};
  }
  std::vector<std::string> paths;
  for (const uint64_t seed : kSeeds) {
    // The version, since another may render other pixels.
    const std::string name =
        fmt::format("street-{}-{}x{}-{}f-v{}.mp4", seed, width_px, height_px, kFrames, WEIR_VERSION);
    const std::string path = (fs::path(folder) / name).string();
    if (!fs::exists(path, error)) {
      const scene::StreetConfig config{
          .width_px = width_px, .height_px = height_px, .seed = seed, .frames = kFrames};
      WEIR_RETURN_IF_ERROR(make_street(path, config, stop, making));
    }
    paths.push_back(path);
  }
  return paths;
}

InputSize small_size_like(int width_px, int height_px) {
  constexpr int kWidth = 320;
  constexpr int kLeastHeight = 32;
  const int height = kWidth * height_px / std::max(1, width_px) / 2 * 2;
  return {kWidth, std::clamp(height, kLeastHeight, 2 * kWidth)};
}

}  // namespace weir::lab
