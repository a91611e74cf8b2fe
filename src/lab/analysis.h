// SPDX-License-Identifier: Apache-2.0
// From what was measured to what is said about it. Pure functions, for every way of showing an experiment.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lab/experiment.h"
#include "lab/statistics.h"

namespace weir::lab {

/// The figures of one repeat: medians over its samples within the measured time, sums or middles over its
/// streams.
struct RepeatSummary {
  MemoryMeasure measure = MemoryMeasure::kNone;  ///< of memory_bytes
  double memory_bytes = 0;  ///< if no sample has it, as in a very short run: the child's own last
  std::optional<double> uss_bytes;
  std::optional<double> rss_bytes;
  std::optional<double> system_bytes;
  double latency_p50_ms = 0;  ///< the middle stream's
  double latency_p99_ms = 0;  ///< the worst stream's
  double dropped = 0;         ///< of all streams
};

[[nodiscard]] RepeatSummary summarise(const Repeat& repeat);

/// Over the repeats of a set-up that was measured at least once.
struct SetupSummary {
  std::string name;
  int64_t models_loaded = 0;
  int64_t contexts = 0;
  int64_t streams = 0;

  MemoryMeasure measure = MemoryMeasure::kNone;  ///< of memory_bytes, that of all set-ups of an experiment
  Spread memory_bytes;                           ///< nothing where `measure` is kNone
  std::optional<Spread> uss_bytes;
  std::optional<Spread> rss_bytes;
  std::optional<Spread> peak_rss_bytes;
  std::optional<Spread> system_bytes;
  Spread frames_per_second;
  Spread cpu_ms_per_frame;
  Spread latency_p50_ms;
  Spread latency_p99_ms;
  Spread dropped;
  double harness_cpu_ratio = 0;  ///< median

  std::vector<KindBytes> ledger;  ///< of the repeat in the middle by memory, so that it adds up
  /// Of that repeat: what the ledger can't explain, divided by the whole; may be negative.
  std::optional<double> unexplained_ratio;

  /// Against the base, paired by repeat. Absent for the base itself and if there is no pair.
  std::optional<Comparison> memory_against_base;
  std::optional<Comparison> fps_against_base;
  std::optional<double> saved_ratio;  ///< 1 - the ratio of memory
  /// kSharing: what the base's ledger foretells. Its weights and compiled models, for as many as are not
  /// loaded here, divided by its memory.
  std::optional<double> foretold_saved_ratio;
};

/// In the order of the set-ups; those without any repeat are left out. The base is kUnshared or kBackToBack.
[[nodiscard]] std::vector<SetupSummary> summarise(const Experiment& experiment);

/// Of the set-up of that name; null where it was not measured.
[[nodiscard]] const SetupSummary* find(const std::vector<SetupSummary>& summaries, std::string_view name);

/// kEngine: whether it is one of those that differ in their number of streams.
[[nodiscard]] bool has_whole_streams(const SetupSummary& summary);

/// What of memory all of an experiment's repeats tell that tell anything. kNone: they don't.
[[nodiscard]] MemoryMeasure measure_of(const Experiment& experiment);

/// What one stream more adds: slopes over set-ups with different numbers of streams.
struct Growth {
  MemoryMeasure measure = MemoryMeasure::kNone;  ///< of memory_bytes
  double memory_bytes = 0;
  std::vector<KindBytes> ledger;
};

/// kEngine: over its set-ups with whole streams. Absent with fewer than two of them, or if their memory was
/// not measured.
[[nodiscard]] std::optional<Growth> growth_per_stream(const std::vector<SetupSummary>& summaries);

[[nodiscard]] inline double megabytes(double bytes) {
  constexpr double kBytesPerMegabyte = 1e6;
  return bytes / kBytesPerMegabyte;
}

}  // namespace weir::lab
