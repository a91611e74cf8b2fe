// SPDX-License-Identifier: Apache-2.0
// Looks at a child's memory from outside, at a price that is bounded.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include <sys/types.h>

#include "lab/experiment.h"

namespace weir::lab {

/// RSS and the system's memory at every call. PSS and USS, which cost the kernel a walk over all pages, as
/// often as that takes at most kMostCpuShare of one core. Thread-bound.
class Sampler {
 public:
  static constexpr double kMostCpuShare = 0.005;

  /// `available_before_bytes`: of the system before the process was started, if that could be read.
  Sampler(pid_t pid, std::chrono::steady_clock::time_point started_at,
          std::optional<int64_t> available_before_bytes);

  /// Adds a sample; none once the process has ended, or where the kernel shows nothing of its memory.
  void sample();

  [[nodiscard]] std::vector<Sample> take_samples() { return std::move(samples_); }
  [[nodiscard]] std::optional<int64_t> peak_rss_bytes() const { return peak_rss_bytes_; }

 private:
  void add_account(Sample& sample);

  const pid_t pid_;
  const std::chrono::steady_clock::time_point started_at_;
  const std::optional<int64_t> available_before_bytes_;
  std::chrono::steady_clock::time_point next_account_;
  std::vector<Sample> samples_;
  std::optional<int64_t> peak_rss_bytes_;
};

}  // namespace weir::lab
