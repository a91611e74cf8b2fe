// SPDX-License-Identifier: Apache-2.0
#include "lab/statistics.h"

#include <algorithm>
#include <cassert>
#include <numeric>
#include <random>

namespace weir::lab {

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::ranges::sort(values);
  const size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

Spread spread_of(const std::vector<double>& values) {
  if (values.empty()) return {};
  const auto [least, most] = std::ranges::minmax(values);
  return {median(values), least, most};
}

Comparison compare(std::span<const double> values, std::span<const double> bases) {
  assert(!values.empty() && values.size() == bases.size());
  const size_t n = values.size();
  std::vector<double> ratios;
  for (size_t i = 0; i < n; ++i) ratios.push_back(values[i] / bases[i]);
  Comparison comparison{.ratio = median(ratios)};
  if (n < kLeastPairs) return comparison;

  constexpr size_t kResamples = 4000;
  constexpr size_t kTail = kResamples / 40;  // 2.5 %
  std::mt19937_64 random(1);                 // NOLINT: the same interval for the same values
  std::vector<double> medians;
  std::vector<double> picked(n);
  for (size_t k = 0; k < kResamples; ++k) {
    std::ranges::generate(picked, [&] { return ratios[random() % n]; });
    medians.push_back(median(picked));
  }
  std::ranges::sort(medians);
  comparison.low = medians[kTail];
  comparison.high = medians[kResamples - 1 - kTail];
  return comparison;
}

double slope(std::span<const double> x, std::span<const double> y) {
  assert(x.size() == y.size());
  if (x.size() < 2) return 0;
  const auto n = static_cast<double>(x.size());
  const double mean_x = std::accumulate(x.begin(), x.end(), 0.0) / n;
  const double mean_y = std::accumulate(y.begin(), y.end(), 0.0) / n;
  double covariance = 0;
  double variance = 0;
  for (size_t i = 0; i < x.size(); ++i) {
    covariance += (x[i] - mean_x) * (y[i] - mean_y);
    variance += (x[i] - mean_x) * (x[i] - mean_x);
  }
  return variance > 0 ? covariance / variance : 0;
}

}  // namespace weir::lab
