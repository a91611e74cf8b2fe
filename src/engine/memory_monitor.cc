// SPDX-License-Identifier: Apache-2.0
#include "engine/memory_monitor.h"

#include <algorithm>
#include <chrono>

#include "base/interruptible_sleep.h"

namespace weir {
namespace {

constexpr std::chrono::seconds kPeriod{1};

int64_t median_of_later_half(const std::vector<int64_t>& samples) {
  std::vector<int64_t> later(samples.begin() + static_cast<int64_t>(samples.size() / 2), samples.end());
  const auto middle = later.begin() + static_cast<int64_t>(later.size() / 2);
  std::nth_element(later.begin(), middle, later.end());
  return *middle;
}

}  // namespace

std::vector<LedgerEntry> reconcile(std::vector<LedgerEntry> entries, const ProcessMemory& memory) {
  int64_t explained = memory.file_bytes;
  for (const LedgerEntry& entry : entries) explained += entry.bytes;
  entries.push_back({MemoryKind::kLibraries, "process", memory.file_bytes});
  entries.push_back({MemoryKind::kUnexplained, "process", memory.bytes - explained});
  return entries;
}

MemoryMonitor::MemoryMonitor(std::function<std::vector<LedgerEntry>()> account,
                             std::function<Result<ProcessMemory>()> read)
    : account_(std::move(account)),
      read_(std::move(read)),
      thread_([this](std::stop_token stop) { run(stop); }) {}

void MemoryMonitor::run(std::stop_token stop) {
  while (true) {
    sample();
    sleep_until(std::chrono::steady_clock::now() + kPeriod, stop);
    if (stop.stop_requested()) return;
  }
}

void MemoryMonitor::restart() {
  const std::lock_guard lock(mutex_);
  samples_.clear();
  stride_ = 1;
  taken_ = 0;
  ending_sampled_at_.reset();
  peak_bytes_ = 0;
}

void MemoryMonitor::stop() {
  const std::lock_guard stopping(stop_mutex_);
  if (!thread_.joinable()) return;
  thread_.request_stop();
  thread_.join();
  if (is_ending_due(/*also_later=*/false)) sample();
  const std::lock_guard lock(mutex_);
  stopped_ = true;
}

void MemoryMonitor::sample_before_release() {
  const std::lock_guard lock(ending_mutex_);  // who comes second waits until the sample has seen its memory
  if (is_ending_due(/*also_later=*/true)) sample();
}

/// Whether a sample of a run that is ending is missing. The one at the start doesn't count: it knows no
/// frames.
bool MemoryMonitor::is_ending_due(bool also_later) {
  const auto now = std::chrono::steady_clock::now();
  const std::lock_guard lock(mutex_);
  const bool never = taken_ <= 1 && !ending_sampled_at_;
  const bool later = also_later && (!ending_sampled_at_ || now - *ending_sampled_at_ >= kPeriod);
  if (stopped_ || (!never && !later)) return false;
  ending_sampled_at_ = now;
  return true;
}

void MemoryMonitor::sample() {
  const auto memory = read_();
  if (!memory) return;
  std::vector<LedgerEntry> ledger = reconcile(account_(), *memory);

  const std::lock_guard lock(mutex_);
  if (last_.measure != MemoryMeasure::kNone && memory->measure != last_.measure) return;
  peak_bytes_ = std::max(peak_bytes_, memory->bytes);
  last_ = {.measure = memory->measure,
           .ledger_bytes = memory->bytes,
           .rss_bytes = memory->rss_bytes,
           .uss_bytes = memory->uss_bytes,
           .ledger = std::move(ledger)};
  if (taken_++ % stride_ == 0) samples_.push_back(memory->bytes);
  if (samples_.size() == kMostSamples) {
    for (size_t i = 0; i < kMostSamples / 2; ++i) samples_[i] = samples_[2 * i];
    samples_.resize(kMostSamples / 2);
    stride_ *= 2;
  }
}

MemoryReport MemoryMonitor::report() const {
  const std::lock_guard lock(mutex_);
  MemoryReport report = last_;
  const bool has_samples = !samples_.empty();  // not just after a restart
  report.bytes = has_samples ? median_of_later_half(samples_) : last_.ledger_bytes;
  report.peak_bytes = has_samples ? peak_bytes_ : last_.ledger_bytes;
  return report;
}

}  // namespace weir
