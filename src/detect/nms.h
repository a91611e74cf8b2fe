// SPDX-License-Identifier: Apache-2.0
// Non-maximum suppression: one box an object.
#pragma once

#include <vector>

#include "types/detection.h"

namespace weir {

/// A detection in input pixels, before suppression.
struct Candidate {
  Detection detection;  ///< score and coordinates finite
  int anchor = 0;       ///< where in the head's output it comes from; no two candidates share it
};

/// Area of the intersection over area of the union, 0..1; 0 for boxes that are both empty.
[[nodiscard]] float intersection_over_union(const Box& a, const Box& b);

/// Greedy, within each class: keeps the highest score and drops what overlaps it by more than
/// `iou_threshold`, and so on. By falling score; ties by class, then by anchor, so that the answer
/// does not depend on the order of `candidates`.
[[nodiscard]] std::vector<Detection> suppress_non_maxima(std::vector<Candidate> candidates,
                                                         float iou_threshold);

}  // namespace weir
