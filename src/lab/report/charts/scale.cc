// SPDX-License-Identifier: Apache-2.0
#include "lab/report/charts/scale.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

namespace weir::lab {
namespace {

/// The least round step with which at most `most` ticks fit.
double round_step(double range, int most) {
  constexpr std::array<double, 5> kRound{1, 2, 2.5, 5, 10};
  const double least = range / (most - 1);
  const double power = std::pow(10.0, std::floor(std::log10(least)));
  for (const double round : kRound) {
    if (round * power >= least * (1 - 1e-9)) return round * power;
  }
  return 10 * power;
}

}  // namespace

std::vector<double> round_ticks(double from, double to, int most) {
  std::vector<double> ticks;
  if (!(from < to) || !std::isfinite(to - from)) return ticks;
  const double step = round_step(to - from, most);
  const double first = std::ceil(from / step - 1e-9) + 0.0;  // no "-0"
  const double last = std::floor(to / step + 1e-9);
  for (double i = first; i <= last; ++i) ticks.push_back(i * step);
  return ticks;
}

std::vector<std::string> tick_labels(const std::vector<double>& ticks) {
  constexpr int kMostDecimals = 6;
  int decimals = 0;
  const auto is_exact = [&](double tick) {
    const double shifted = tick * std::pow(10.0, decimals);
    return std::abs(shifted - std::round(shifted)) < 1e-6;
  };
  while (decimals < kMostDecimals && !std::ranges::all_of(ticks, is_exact)) ++decimals;
  std::vector<std::string> labels;
  for (const double tick : ticks) labels.push_back(fmt::format("{:.{}f}", tick, decimals));
  return labels;
}

Scale scale_from_zero(double most, double from_px, double to_px) {
  constexpr double kAbove = 1.04;
  return {.from = 0, .to = most > 0 ? most * kAbove : 1, .from_px = from_px, .to_px = to_px};
}

}  // namespace weir::lab
