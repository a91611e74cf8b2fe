// SPDX-License-Identifier: Apache-2.0
#include "eval/precision_recall.h"

#include <algorithm>
#include <vector>

namespace weir::eval {
namespace {

constexpr int kRecallSteps = 100;

double ratio(int64_t part, int64_t whole) {
  return static_cast<double>(part) / static_cast<double>(whole);
}

/// Where one stands having looked at all finds down to some score.
struct CurvePoint {
  double recall = 0;
  double precision = 0;
};

std::vector<CurvePoint> curve(const Tally& tally, int threshold) {
  const auto bit = static_cast<size_t>(threshold);
  std::vector<CurvePoint> points;
  int64_t right = 0;
  int64_t seen = 0;
  for (const Verdict& verdict : tally.verdicts) {
    if (verdict.ignored[bit]) continue;
    ++seen;
    if (verdict.matched[bit]) ++right;
    points.push_back({ratio(right, tally.objects), ratio(right, seen)});
  }
  return points;
}

/// Precision that is not below the one at any higher recall.
void make_falling(std::vector<CurvePoint>& points) {
  for (size_t i = points.size(); i-- > 1;) {
    points[i - 1].precision = std::max(points[i - 1].precision, points[i].precision);
  }
}

double recall(const Tally& tally, int threshold, int limit) {
  const auto bit = static_cast<size_t>(threshold);
  const auto right = std::ranges::count_if(tally.verdicts, [&](const Verdict& verdict) {
    return verdict.rank < limit && verdict.matched[bit] && !verdict.ignored[bit];
  });
  return ratio(right, tally.objects);
}

}  // namespace

double average_precision(const Tally& tally, int threshold) {
  if (tally.objects == 0) return 0;
  std::vector<CurvePoint> points = curve(tally, threshold);
  make_falling(points);
  double sum = 0;
  auto point = points.begin();
  for (int step = 0; step <= kRecallSteps; ++step) {
    // The product, not step / 100: it is how COCO's program rounds, and 7 of 10 objects found is a recall
    // of 0.7 and yet less than 70 * 0.01.
    const double wanted = step * (1.0 / kRecallSteps);
    while (point != points.end() && point->recall < wanted) ++point;
    if (point == points.end()) break;
    sum += point->precision;
  }
  return sum / (kRecallSteps + 1);
}

Measured measure(const Tally& tally, double least_score) {
  Measured measured;
  measured.objects = tally.objects;
  for (const Verdict& verdict : tally.verdicts) {
    if (verdict.score < least_score || verdict.ignored[0]) continue;
    ++(verdict.matched[0] ? measured.hits : measured.alarms);
  }
  if (tally.objects == 0) return measured;
  for (int threshold = 0; threshold < kIouThresholds; ++threshold) {
    const auto i = static_cast<size_t>(threshold);
    measured.average_precision[i] = average_precision(tally, threshold);
    for (size_t limit = 0; limit < kFoundLimits.size(); ++limit) {
      measured.recalls[limit][i] = recall(tally, threshold, kFoundLimits[limit]);
    }
  }
  return measured;
}

}  // namespace weir::eval
