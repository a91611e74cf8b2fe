// SPDX-License-Identifier: Apache-2.0
#include "detect/nms.h"

#include <algorithm>
#include <tuple>

namespace weir {
namespace {

bool goes_before(const Candidate& a, const Candidate& b) {
  return std::tuple(-a.detection.score, a.detection.class_id, a.anchor) <
         std::tuple(-b.detection.score, b.detection.class_id, b.anchor);
}

}  // namespace

float intersection_over_union(const Box& a, const Box& b) {
  const float width = std::min(a.x2, b.x2) - std::max(a.x1, b.x1);
  const float height = std::min(a.y2, b.y2) - std::max(a.y1, b.y1);
  if (!(width > 0 && height > 0)) return 0;
  const float intersection = width * height;
  return intersection / (a.area() + b.area() - intersection);
}

std::vector<Detection> suppress_non_maxima(std::vector<Candidate> candidates, float iou_threshold) {
  std::sort(candidates.begin(), candidates.end(), goes_before);
  std::vector<Detection> kept;
  for (const Candidate& candidate : candidates) {
    const Detection& next = candidate.detection;
    const bool is_suppressed = std::any_of(kept.begin(), kept.end(), [&](const Detection& better) {
      return better.class_id == next.class_id &&
             intersection_over_union(better.box, next.box) > iou_threshold;
    });
    if (!is_suppressed) kept.push_back(next);
  }
  return kept;
}

}  // namespace weir
