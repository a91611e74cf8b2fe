// SPDX-License-Identifier: Apache-2.0
// From right and wrong finds to precision, recall and average precision, one class at a time.
#pragma once

#include <array>
#include <cstdint>

#include "eval/matching.h"

namespace weir::eval {

/// COCO's average recall allows so many finds of a class in a picture.
inline constexpr std::array<int, 3> kFoundLimits{1, 10, kMaxFound};

/// A figure for each of the thresholds.
using PerIou = std::array<double, kIouThresholds>;

/// What one class comes to. Figures are 0..1, and 0 where there are no objects.
struct Measured {
  int64_t objects = 0;                                ///< those that count
  PerIou average_precision{};                         ///< of all finds
  std::array<PerIou, kFoundLimits.size()> recalls{};  ///< of all finds, by the limits of kFoundLimits
  int64_t hits = 0;                                   ///< right at IoU 0.5 with at least the score asked for
  int64_t alarms = 0;                                 ///< wrong, likewise
};

/// The mean of the highest precisions that are to be had at a recall of at least 0, 0.01, ..., 1, at
/// iou_threshold(threshold); a recall that is not reached has precision 0.
[[nodiscard]] double average_precision(const Tally& tally, int threshold);

[[nodiscard]] Measured measure(const Tally& tally, double least_score);

}  // namespace weir::eval
