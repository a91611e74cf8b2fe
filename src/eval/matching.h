// SPDX-License-Identifier: Apache-2.0
// Which of the things found are right: the rules of COCO's evaluation of boxes, one class at a time.
// https://cocodataset.org/#detection-eval; where that page is silent, its program (pycocotools) decides.
#pragma once

#include <bitset>
#include <cstdint>
#include <span>
#include <vector>

#include "eval/sample.h"

namespace weir::eval {

/// Overlaps (IoU) at which a find is right: 0.50, 0.55, ..., 0.95.
inline constexpr int kIouThresholds = 10;
/// The i-th of them. Rounded as COCO's program does, since overlaps do lie exactly on thresholds.
[[nodiscard]] constexpr double iou_threshold(int i) {
  return 0.5 + i * ((0.95 - 0.5) / (kIouThresholds - 1));
}

/// Of each class, at most so many finds of a picture count: those with the highest scores.
inline constexpr int kMaxFound = 100;

/// Which objects count. The others are ignored: not missed where nothing matches them, and a find that
/// matches one is neither right nor wrong. Nor is a find that matches nothing and whose area is outside.
struct Counting {
  double min_area_px2 = 0;
  double max_area_px2 = 1e10;  ///< inclusive, as is min_area_px2
  double min_visible = 0;

  [[nodiscard]] bool holds_area(double area_px2) const {
    return area_px2 >= min_area_px2 && area_px2 <= max_area_px2;
  }
  [[nodiscard]] bool counts(const Object& object) const {
    return !object.crowd && object.visible >= min_visible && holds_area(object.area_px2);
  }
};

/// Intersection over union, 0..1; of a crowd: the part of `found` that lies inside it.
[[nodiscard]] double overlap(const Rect& found, const Object& object);

/// What became of a find. Bit i is about iou_threshold(i).
struct Verdict {
  double score = 0;
  int rank = 0;  ///< 0 for the highest score of its class in its picture
  std::bitset<kIouThresholds> matched;
  std::bitset<kIouThresholds> ignored;
};

struct Tally {
  int64_t objects = 0;            ///< those that count
  std::vector<Verdict> verdicts;  ///< by falling score; equal ones in the order of the samples
};

/// Matches in each sample, from the highest score down, each find with the free object that it overlaps
/// most, if it does so by the threshold; one that counts before one that is ignored; of equal ones the last.
[[nodiscard]] Tally match(std::span<const Sample> samples, const Counting& counting);

}  // namespace weir::eval
