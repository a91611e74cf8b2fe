// SPDX-License-Identifier: Apache-2.0
#include "base/cpu.h"

#include <algorithm>
#include <cmath>
#include <ctime>
#include <optional>

#include <sched.h>

#include "base/cpu_quota.h"

namespace weir {

int available_cores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  const int allowed = sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 1;
  const std::optional<double> quota = cpu_quota();
  const int granted = quota ? static_cast<int>(std::ceil(std::min<double>(*quota, allowed))) : allowed;
  return std::max(1, granted);
}

std::chrono::nanoseconds process_cpu_time() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

}  // namespace weir
