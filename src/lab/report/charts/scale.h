// SPDX-License-Identifier: Apache-2.0
// Where a value lies in a drawing, and the round numbers beside it.
#pragma once

#include <string>
#include <vector>

namespace weir::lab {

/// Linear. `from` and `to` differ; pixels may run downwards.
struct Scale {
  double from = 0;
  double to = 1;
  double from_px = 0;
  double to_px = 1;

  [[nodiscard]] double operator()(double value) const {
    return from_px + (value - from) / (to - from) * (to_px - from_px);
  }
};

/// Round numbers (1, 2, 2.5 or 5 times a power of ten apart) within from..to: at most `most`, which is at
/// least 2; in order. None where from is not less than to.
[[nodiscard]] std::vector<double> round_ticks(double from, double to, int most);

/// All ticks with the same number of decimals: "0.95", "1.00".
[[nodiscard]] std::vector<std::string> tick_labels(const std::vector<double>& ticks);

/// From 0 to a little above `most`; to 1 where there is nothing above 0.
[[nodiscard]] Scale scale_from_zero(double most, double from_px, double to_px);

}  // namespace weir::lab
