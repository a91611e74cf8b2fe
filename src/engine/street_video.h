// SPDX-License-Identifier: Apache-2.0
// A rendered street as a video file: `weir scene`, and the lab's own inputs.
#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>

#include "base/result.h"
#include "scene/street.h"

namespace weir {

/// Writes the street's frames as H.264 to `path` (.mp4; both sides even) until all are written, one can't be,
/// or `stop` is requested; gives how many were. `written` is called after each frame; its error ends the
/// writing.
[[nodiscard]] Result<int64_t> write_street_video(
    const std::string& path, const scene::StreetConfig& config, const std::stop_token& stop,
    const std::function<Status(const scene::Street&, int64_t)>& written);

}  // namespace weir
