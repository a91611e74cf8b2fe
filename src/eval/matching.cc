// SPDX-License-Identifier: Apache-2.0
#include "eval/matching.h"

#include <algorithm>
#include <functional>
#include <optional>

namespace weir::eval {
namespace {

constexpr double kNearlyOne = 1 - 1e-10;

/// One sample while it is matched.
struct Bout {
  std::vector<Object> objects;                ///< first those that count
  size_t counted = 0;                         ///< how many these are
  std::vector<Found> found;                   ///< by falling score, kMaxFound at most
  std::vector<std::vector<double>> overlaps;  ///< [found][object]
};

Bout prepare(const Sample& sample, const Counting& counting) {
  Bout bout{sample.objects, 0, sample.found, {}};
  const auto ignored = std::ranges::stable_partition(
      bout.objects, [&](const Object& object) { return counting.counts(object); });
  bout.counted = bout.objects.size() - ignored.size();
  std::ranges::stable_sort(bout.found, std::greater{}, &Found::score);
  bout.found.resize(std::min(bout.found.size(), static_cast<size_t>(kMaxFound)));
  for (const Found& found : bout.found) {
    std::vector<double>& row = bout.overlaps.emplace_back();
    for (const Object& object : bout.objects) row.push_back(overlap(found.box, object));
  }
  return bout;
}

/// The object in [begin, end) that may still be matched and has the largest of the overlaps, if that is at
/// least `threshold`.
std::optional<size_t> best_object(const Bout& bout, const std::vector<double>& overlaps,
                                  const std::vector<bool>& taken, size_t begin, size_t end,
                                  double threshold) {
  std::optional<size_t> best;
  double least = std::min(threshold, kNearlyOne);
  for (size_t i = begin; i < end; ++i) {
    if (taken[i] && !bout.objects[i].crowd) continue;
    if (overlaps[i] >= least) {
      least = overlaps[i];
      best = i;
    }
  }
  return best;
}

/// Sets the bits of one threshold.
void match_at(int threshold, const Bout& bout, std::span<Verdict> verdicts) {
  const auto bit = static_cast<size_t>(threshold);
  const double least = iou_threshold(threshold);
  std::vector<bool> taken(bout.objects.size());
  for (size_t i = 0; i < bout.found.size(); ++i) {
    auto object = best_object(bout, bout.overlaps[i], taken, 0, bout.counted, least);
    if (!object) {
      object = best_object(bout, bout.overlaps[i], taken, bout.counted, bout.objects.size(), least);
      verdicts[i].ignored[bit] = object.has_value();
    }
    if (!object) continue;
    verdicts[i].matched[bit] = true;
    taken[*object] = true;
  }
}

void add(const Sample& sample, const Counting& counting, Tally& tally) {
  const Bout bout = prepare(sample, counting);
  tally.objects += static_cast<int64_t>(bout.counted);
  std::vector<Verdict> verdicts(bout.found.size());
  for (int threshold = 0; threshold < kIouThresholds; ++threshold) match_at(threshold, bout, verdicts);
  for (size_t i = 0; i < verdicts.size(); ++i) {
    verdicts[i].score = bout.found[i].score;
    verdicts[i].rank = static_cast<int>(i);
    if (!counting.holds_area(bout.found[i].box.area())) verdicts[i].ignored |= ~verdicts[i].matched;
  }
  tally.verdicts.insert(tally.verdicts.end(), verdicts.begin(), verdicts.end());
}

}  // namespace

double overlap(const Rect& found, const Object& object) {
  const Rect& box = object.box;
  const double width = std::min(found.x + found.width, box.x + box.width) - std::max(found.x, box.x);
  const double height = std::min(found.y + found.height, box.y + box.height) - std::max(found.y, box.y);
  if (width <= 0 || height <= 0) return 0;
  const double shared = width * height;
  return shared / (object.crowd ? found.area() : found.area() + box.area() - shared);
}

Tally match(std::span<const Sample> samples, const Counting& counting) {
  Tally tally;
  for (const Sample& sample : samples) add(sample, counting, tally);
  std::ranges::stable_sort(tally.verdicts, std::greater{}, &Verdict::score);
  return tally;
}

}  // namespace weir::eval
