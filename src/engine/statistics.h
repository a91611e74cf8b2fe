// SPDX-License-Identifier: Apache-2.0
// What is counted about frames while they flow.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>

namespace weir {

/// Latencies in buckets that grow by 2 %, from 10 us to about 20 minutes: bounded memory, percentiles within
/// 1 % of the true value. Not thread-safe.
class LatencyHistogram {
 public:
  void add(std::chrono::nanoseconds latency);
  [[nodiscard]] int64_t count() const { return count_; }
  /// The smallest latency that `fraction` (0..1) of all do not exceed, in milliseconds; 0 for no latencies.
  [[nodiscard]] double percentile_ms(double fraction) const;

 private:
  static constexpr int kBuckets = 940;
  std::map<int, int64_t> buckets_;  // those that are not empty: most streams need few
  int64_t count_ = 0;
};

/// Of one stream. Every decoded frame is counted once more, when its record leaves:
/// decoded = inferred + failed + the sum of dropped + those on the way.
struct StreamStatistics {
  int64_t decoded = 0;
  int64_t inferred = 0;
  int64_t measured = 0;  ///< of these, delivered after the warm-up: what rate and latency are of
  int64_t failed = 0;
  std::map<std::string, int64_t> dropped;  ///< by reason
  LatencyHistogram latency;                ///< from demuxed to delivered
  double seconds = 0;                      ///< from the end of the warm-up to the last record

  [[nodiscard]] int64_t dropped_total() const;
  [[nodiscard]] double frames_per_second() const;  ///< measured
};

}  // namespace weir
