// SPDX-License-Identifier: Apache-2.0
#include "eval/evaluation.h"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "eval/precision_recall.h"

namespace weir::eval {
namespace {

constexpr int kIou75 = 5;
constexpr double kSmallPx2 = 32.0 * 32.0;
constexpr double kMediumPx2 = 96.0 * 96.0;
constexpr double kLargePx2 = 1e10;

/// All sizes, then those of kSizeNames. COCO's ranges share their ends.
constexpr std::array<Counting, 1 + kSizeNames.size()> kAreas{
    {{0, kLargePx2}, {0, kSmallPx2}, {kSmallPx2, kMediumPx2}, {kMediumPx2, kLargePx2}}};

Counting counting_of(Counting area, const EvalOptions& options) {
  area.min_area_px2 = std::max(area.min_area_px2, options.min_size_px * options.min_size_px);
  area.min_visible = options.min_visible;
  return area;
}

double mean(const PerIou& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

/// The mean of `figure` over the classes that have objects.
template <class Figure>
std::optional<double> mean_over(std::span<const Measured> classes, Figure figure) {
  double sum = 0;
  int64_t number = 0;
  for (const Measured& measured : classes) {
    if (measured.objects == 0) continue;
    sum += figure(measured);
    ++number;
  }
  if (number == 0) return std::nullopt;
  return sum / static_cast<double>(number);
}

std::optional<double> share(int64_t part, int64_t whole) {
  if (whole == 0) return std::nullopt;
  return static_cast<double>(part) / static_cast<double>(whole);
}

Figures summarise(std::span<const Measured> classes) {
  Figures figures;
  int64_t hits = 0;
  int64_t alarms = 0;
  for (const Measured& measured : classes) {
    figures.objects += measured.objects;
    hits += measured.hits;
    alarms += measured.alarms;
  }
  figures.recall = share(hits, figures.objects);
  figures.precision = share(hits, hits + alarms);
  figures.ap50_95 = mean_over(classes, [](const Measured& m) { return mean(m.average_precision); });
  figures.ap50 = mean_over(classes, [](const Measured& m) { return m.average_precision.front(); });
  figures.ap75 = mean_over(classes, [](const Measured& m) { return m.average_precision[kIou75]; });
  figures.ar1 = mean_over(classes, [](const Measured& m) { return mean(m.recalls[0]); });
  figures.ar10 = mean_over(classes, [](const Measured& m) { return mean(m.recalls[1]); });
  figures.ar100 = mean_over(classes, [](const Measured& m) { return mean(m.recalls[2]); });
  return figures;
}

std::vector<Measured> measure_all(std::span<const ClassSamples> classes, const Counting& counting,
                                  double least_score) {
  std::vector<Measured> measured;
  for (const ClassSamples& one : classes)
    measured.push_back(measure(match(one.samples, counting), least_score));
  return measured;
}

}  // namespace

Status EvalOptions::validate() const {
  const auto in = [](double value, double high) { return value >= 0 && value <= high; };
  if (!in(min_size_px, 1e5)) {
    return Error{ErrorCode::kInvalidArgument,
                 fmt::format("--min-size must be 0 to 100000, not {}", min_size_px)};
  }
  if (!in(min_visible, 1)) {
    return Error{ErrorCode::kInvalidArgument,
                 fmt::format("--min-visible must be 0 to 1, not {}", min_visible)};
  }
  if (!in(score, 1)) {
    return Error{ErrorCode::kInvalidArgument, fmt::format("--score must be 0 to 1, not {}", score)};
  }
  return {};
}

Evaluation evaluate(std::span<const ClassSamples> classes, const EvalOptions& options) {
  Evaluation evaluation;
  const std::vector<Measured> all = measure_all(classes, counting_of(kAreas[0], options), options.score);
  evaluation.all = summarise(all);
  for (size_t i = 0; i < classes.size(); ++i) {
    evaluation.by_class.push_back({classes[i].label, summarise({&all[i], 1})});
  }
  for (size_t size = 0; size < kSizeNames.size(); ++size) {
    evaluation.by_size[size] =
        summarise(measure_all(classes, counting_of(kAreas[1 + size], options), options.score));
  }
  return evaluation;
}

}  // namespace weir::eval
