// SPDX-License-Identifier: Apache-2.0
#include "detect/nms.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace weir {
namespace {

Candidate candidate(int class_id, float score, Box box, int anchor) {
  return {.detection = {.class_id = class_id, .score = score, .box = box}, .anchor = anchor};
}

bool same(const Detection& a, const Detection& b) {
  return a.class_id == b.class_id && a.score == b.score && a.box.x1 == b.box.x1 && a.box.y1 == b.box.y1 &&
         a.box.x2 == b.box.x2 && a.box.y2 == b.box.y2;
}

bool same(const std::vector<Detection>& a, const std::vector<Detection>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const Detection& x, const Detection& y) { return same(x, y); });
}

TEST(Iou, KnownValues) {
  EXPECT_FLOAT_EQ(intersection_over_union({0, 0, 2, 2}, {1, 0, 3, 2}), 1.0F / 3);
  EXPECT_FLOAT_EQ(intersection_over_union({0, 0, 2, 2}, {0, 0, 2, 2}), 1);
  EXPECT_EQ(intersection_over_union({0, 0, 2, 2}, {2, 0, 4, 2}), 0);  // touching
  EXPECT_EQ(intersection_over_union({1, 1, 1, 1}, {1, 1, 1, 1}), 0);  // empty
}

TEST(Nms, KeepsTheBestOfAnObjectAndOtherClasses) {
  const auto kept =
      suppress_non_maxima({candidate(0, 0.6F, {1, 0, 11, 10}, 0), candidate(0, 0.9F, {0, 0, 10, 10}, 1),
                           candidate(1, 0.5F, {0, 0, 10, 10}, 2), candidate(0, 0.4F, {20, 0, 30, 10}, 3)},
                          0.5F);
  ASSERT_EQ(kept.size(), 3U);
  EXPECT_EQ(kept[0].score, 0.9F);
  EXPECT_EQ(kept[1].class_id, 1);
  EXPECT_EQ(kept[2].box.x1, 20);
}

TEST(Nms, WhatIsSuppressedSuppressesNothing) {
  // b overlaps a and c; a and c don't overlap each other enough.
  const auto kept =
      suppress_non_maxima({candidate(0, 0.9F, {0, 0, 10, 10}, 0), candidate(0, 0.8F, {4, 0, 14, 10}, 1),
                           candidate(0, 0.7F, {8, 0, 18, 10}, 2)},
                          0.4F);
  ASSERT_EQ(kept.size(), 2U);
  EXPECT_EQ(kept[1].box.x1, 8);
}

TEST(Nms, OverlapOfExactlyTheThresholdStays) {
  const std::vector<Candidate> half = {candidate(0, 0.9F, {0, 0, 2, 1}, 0),
                                       candidate(0, 0.8F, {0, 0, 1, 1}, 1)};
  EXPECT_EQ(suppress_non_maxima(half, 0.5F).size(), 2U);
  EXPECT_EQ(suppress_non_maxima(half, 0.49F).size(), 1U);
}

TEST(Nms, TiesGoToTheLowerClassThenTheLowerAnchor) {
  const auto kept =
      suppress_non_maxima({candidate(1, 0.5F, {0, 0, 10, 10}, 4), candidate(1, 0.5F, {0, 0, 10, 9}, 2),
                           candidate(0, 0.5F, {0, 0, 10, 10}, 9)},
                          0.5F);
  ASSERT_EQ(kept.size(), 2U);
  EXPECT_EQ(kept[0].class_id, 0);
  EXPECT_EQ(kept[1].box.y2, 9);
}

/// Again and again the best of what is left, by looking at all of it.
std::vector<Detection> brute_force(std::vector<Candidate> left, float iou_threshold) {
  std::vector<Detection> kept;
  while (!left.empty()) {
    size_t best = 0;
    for (size_t i = 1; i < left.size(); ++i) {
      const auto& [a, a_anchor] = left[i];
      const auto& [b, b_anchor] = left[best];
      const bool wins = a.score > b.score ||
                        (a.score == b.score &&
                         (a.class_id < b.class_id || (a.class_id == b.class_id && a_anchor < b_anchor)));
      if (wins) best = i;
    }
    const Detection winner = left[best].detection;
    left.erase(left.begin() + static_cast<std::ptrdiff_t>(best));
    kept.push_back(winner);
    std::erase_if(left, [&](const Candidate& other) {
      return other.detection.class_id == winner.class_id &&
             intersection_over_union(other.detection.box, winner.box) > iou_threshold;
    });
  }
  return kept;
}

TEST(Nms, AgreesWithBruteForceInAnyOrder) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(::testing::Message() << "seed " << seed);
  std::mt19937 random(seed);
  const auto below = [&](int limit) { return static_cast<int>(random() % static_cast<unsigned>(limit)); };
  for (int round = 0; round < 300; ++round) {
    std::vector<Candidate> candidates;
    const int count = below(60);
    for (int anchor = 0; anchor < count; ++anchor) {
      const auto x = static_cast<float>(below(40));
      const auto y = static_cast<float>(below(40));
      const Box box{x, y, x + static_cast<float>(below(20)), y + static_cast<float>(below(20))};
      // Few scores, so that many tie.
      candidates.push_back(candidate(below(3), static_cast<float>(below(10)) / 10, box, anchor));
    }
    const float threshold = static_cast<float>(below(11)) / 10;
    const std::vector<Detection> expected = brute_force(candidates, threshold);
    ASSERT_TRUE(same(suppress_non_maxima(candidates, threshold), expected)) << "round " << round;
    std::shuffle(candidates.begin(), candidates.end(), random);
    ASSERT_TRUE(same(suppress_non_maxima(candidates, threshold), expected))
        << "round " << round << ", shuffled";
  }
}

}  // namespace
}  // namespace weir
