// SPDX-License-Identifier: Apache-2.0
#include "lab/run/sampler.h"

#include <algorithm>
#include <ctime>

#include "memory/process_memory.h"
#include "memory/system_memory.h"

namespace weir::lab {
namespace {

using Clock = std::chrono::steady_clock;

std::chrono::nanoseconds thread_cpu_time() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

}  // namespace

Sampler::Sampler(pid_t pid, Clock::time_point started_at, std::optional<int64_t> available_before_bytes)
    : pid_(pid),
      started_at_(started_at),
      available_before_bytes_(available_before_bytes),
      next_account_(started_at) {}

void Sampler::sample() {
  const auto resident = sample_resident(pid_);
  if (!resident) return;
  Sample sample{.seconds = std::chrono::duration<double>(Clock::now() - started_at_).count(),
                .rss_bytes = resident->rss_bytes};
  const auto system = sample_system();
  if (available_before_bytes_ && system) {
    sample.system_bytes = *available_before_bytes_ - system->available_bytes;
  }
  peak_rss_bytes_ =
      std::max(peak_rss_bytes_.value_or(0), resident->peak_rss_bytes.value_or(resident->rss_bytes));
  if (Clock::now() >= next_account_) add_account(sample);
  samples_.push_back(sample);
}

void Sampler::add_account(Sample& sample) {
  const auto before = thread_cpu_time();
  const auto memory = sample_process(pid_);
  const std::chrono::duration<double, std::nano> cost = thread_cpu_time() - before;
  next_account_ = Clock::now() + std::chrono::nanoseconds(static_cast<int64_t>(cost.count() / kMostCpuShare));
  if (!memory || memory->measure != MemoryMeasure::kPss) return;
  sample.pss_bytes = memory->bytes;
  sample.uss_bytes = memory->uss_bytes;
}

}  // namespace weir::lab
