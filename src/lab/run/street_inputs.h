// SPDX-License-Identifier: Apache-2.0
// Videos for those who have none at hand: rendered streets, made once and kept.
#pragma once

#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "types/size.h"

namespace weir::lab {

/// $XDG_CACHE_HOME/weir, else ~/.cache/weir, else a folder among the temporary files.
[[nodiscard]] std::string cache_folder();

/// Paths of four different streets in `folder`, five seconds of H.264 each at 30 frames a second. What is
/// missing is made there (it takes seconds), whole or not at all; `making` hears of each and how much of it
/// is done (0..1). Errors: kCancelled on `stop`; those of writing a video.
[[nodiscard]] Result<std::vector<std::string>> street_inputs(
    const std::string& folder, int width_px, int height_px, const std::stop_token& stop,
    const std::function<void(std::string_view path, double done)>& making);

/// A picture size of that shape that costs next to nothing to decode.
[[nodiscard]] InputSize small_size_like(int width_px, int height_px);

}  // namespace weir::lab
