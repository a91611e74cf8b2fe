// SPDX-License-Identifier: Apache-2.0
// A clock that never goes back, from presentation times that may.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "track/time.h"

namespace weir::track {

/// Presentation time as it is, until it goes back: from then on it goes on from where it was, at its own
/// pace.
class Timeline {
 public:
  /// At least what it was for the presentation time before.
  Time at(Time pts) {
    // Within 73 years of 0, sums can't overflow.
    const Time near = std::clamp(pts, -kFarthest, kFarthest);
    if (last_pts_ && near < *last_pts_) offset_ = std::min(offset_ + (*last_pts_ - near), kFarthest);
    last_pts_ = near;
    now_ = std::max(now_, near + offset_);
    return now_;
  }

 private:
  static constexpr Time kFarthest{int64_t{1} << 61};

  std::optional<Time> last_pts_;
  Time offset_{0};
  Time now_{-kFarthest};
};

}  // namespace weir::track
