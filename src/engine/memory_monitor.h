// SPDX-License-Identifier: Apache-2.0
// Watches the memory of this process while streams run.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "memory/process_memory.h"
#include "types/ledger.h"

namespace weir {

struct MemoryReport {
  MemoryMeasure measure = MemoryMeasure::kNone;  ///< of the next three; kNone: nothing here is known
  int64_t bytes = 0;                             ///< steady: median of the later half of the samples
  int64_t peak_bytes = 0;                        ///< highest sample
  int64_t ledger_bytes = 0;                      ///< of the last sample: what the ledger adds up to
  int64_t rss_bytes = 0;                         ///< of the last sample
  std::optional<int64_t> uss_bytes;              ///< the same; not there where `measure` is kRss
  std::vector<LedgerEntry> ledger;
};

/// Completes what is accounted for to the whole of `memory`: adds kLibraries (mapped files) and
/// kUnexplained. The latter is negative where more was accounted for than is there.
[[nodiscard]] std::vector<LedgerEntry> reconcile(std::vector<LedgerEntry> entries,
                                                 const ProcessMemory& memory);

/// Samples once a second in its own thread, which costs about a millisecond a sample. Keeps at most
/// kMostSamples: of a longer run every other one is dropped, and so on. All that are kept have one measure.
class MemoryMonitor {
 public:
  static constexpr size_t kMostSamples = 1024;

  /// `account` gives what is known now, `read` what the kernel says; called from the monitor's thread and
  /// from stop().
  explicit MemoryMonitor(std::function<std::vector<LedgerEntry>()> account,
                         std::function<Result<ProcessMemory>()> read = sample_self);

  /// Leaves out what was sampled so far. Any thread.
  void restart();
  /// For who is about to let go of memory: a sample now, at most one a period. Any thread.
  void sample_before_release();
  /// The end. If the run was shorter than a period, after one more sample. Idempotent. Any thread.
  void stop();
  /// Any thread.
  [[nodiscard]] MemoryReport report() const;

 private:
  void run(std::stop_token stop);
  void sample();
  [[nodiscard]] bool is_ending_due(bool also_later);

  const std::function<std::vector<LedgerEntry>()> account_;
  const std::function<Result<ProcessMemory>()> read_;
  mutable std::mutex mutex_;  // guards what follows
  std::vector<int64_t> samples_;
  size_t stride_ = 1;  ///< of the samples taken, how many for one that is kept
  size_t taken_ = 0;
  std::optional<std::chrono::steady_clock::time_point> ending_sampled_at_;
  int64_t peak_bytes_ = 0;
  bool stopped_ = false;
  MemoryReport last_;
  std::mutex ending_mutex_;  // held while a sample before a release is taken
  std::mutex stop_mutex_;    // held while thread_ is joined
  std::jthread thread_;
};

}  // namespace weir
