// SPDX-License-Identifier: Apache-2.0
#include "engine/statistics.h"

#include <algorithm>
#include <cmath>

namespace weir {
namespace {

constexpr double kSmallestMs = 0.01;
constexpr double kGrowth = 1.02;

}  // namespace

void LatencyHistogram::add(std::chrono::nanoseconds latency) {
  const double ms = std::chrono::duration<double, std::milli>(latency).count();
  const double position = ms <= kSmallestMs ? 0.0 : std::log(ms / kSmallestMs) / std::log(kGrowth);
  ++buckets_[std::min(kBuckets - 1, static_cast<int>(position))];
  ++count_;
}

double LatencyHistogram::percentile_ms(double fraction) const {
  if (count_ == 0) return 0.0;
  const auto wanted = std::max<int64_t>(1, std::llround(std::ceil(fraction * static_cast<double>(count_))));
  int64_t seen = 0;
  int bucket = 0;
  for (const auto& [index, count] : buckets_) {
    bucket = index;
    seen += count;
    if (seen >= wanted) break;
  }
  return kSmallestMs * std::pow(kGrowth, static_cast<double>(bucket) + 0.5);
}

int64_t StreamStatistics::dropped_total() const {
  int64_t total = 0;
  for (const auto& [reason, count] : dropped) total += count;
  return total;
}

double StreamStatistics::frames_per_second() const {
  return seconds > 0 ? static_cast<double>(measured) / seconds : 0.0;
}

}  // namespace weir
