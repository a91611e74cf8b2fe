// SPDX-License-Identifier: Apache-2.0
// Few noisy values, and what may be said of them. Pure functions.
#pragma once

#include <optional>
#include <span>
#include <vector>

namespace weir::lab {

/// The mean of the two in the middle for an even number; 0 for none.
[[nodiscard]] double median(std::vector<double> values);

struct Spread {
  double median = 0;
  double least = 0;
  double most = 0;
};

[[nodiscard]] Spread spread_of(const std::vector<double>& values);

/// Of something against a base that was measured in turn with it.
struct Comparison {
  double ratio = 1;  ///< the median of the repeats' ratios
  /// Where the ratio may truly lie: the middle 95 % of a bootstrap over the repeats' ratios. Absent with
  /// fewer than kLeastPairs.
  std::optional<double> low;
  std::optional<double> high;

  /// Whether the interval is there and leaves out 1.
  [[nodiscard]] bool beyond_noise() const { return low && high && (*low > 1 || *high < 1); }
};

inline constexpr size_t kLeastPairs = 3;

/// values[i] and bases[i] belong to one repeat: what disturbed that repeat disturbed both. Same size, at
/// least one, bases not 0. The same values give the same interval on every machine.
[[nodiscard]] Comparison compare(std::span<const double> values, std::span<const double> bases);

/// Of the least-squares line through points (x, y): how much y grows with one x more. 0 for fewer than two.
[[nodiscard]] double slope(std::span<const double> x, std::span<const double> y);

}  // namespace weir::lab
