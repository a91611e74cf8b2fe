// SPDX-License-Identifier: Apache-2.0
#include "rknn_host/core_queue.h"

#include <bit>

#include <fmt/format.h>

#include "rknn_host/failure.h"

namespace weir::rknn_host {

uint32_t CoreQueue::cores_of(rknn_core_mask mask) const {
  const auto bits = static_cast<uint32_t>(mask);
  if (mask == RKNN_NPU_CORE_AUTO) return 0;
  if (mask == RKNN_NPU_CORE_ALL) return all_;
  const bool is_mask = std::has_single_bit(bits) || mask == RKNN_NPU_CORE_0_1 || mask == RKNN_NPU_CORE_0_1_2;
  if (is_mask && (bits & ~all_) == 0) return bits;
  throw Failure(RKNN_ERR_PARAM_INVALID, fmt::format("core mask {:#x}: there is no such set among {} cores",
                                                    bits, std::popcount(all_)));
}

CoreQueue::Lease CoreQueue::acquire(uint32_t cores) {
  std::unique_lock lock(mutex_);
  const auto self = waiters_.insert(waiters_.end(), Waiter{.wanted = cores});
  serve();
  changed_.wait(lock, [&] { return self->granted != 0; });
  const uint32_t granted = self->granted;
  waiters_.erase(self);
  return {*this, granted};
}

void CoreQueue::release(uint32_t cores) {
  {
    const std::lock_guard lock(mutex_);
    free_ |= cores;
    serve();
  }
  changed_.notify_all();
}

void CoreQueue::serve() {
  uint32_t available = free_;
  for (Waiter& waiter : waiters_) {
    if (waiter.granted != 0) continue;
    const uint32_t lowest = available & -available;
    const uint32_t wanted = waiter.wanted == 0 ? lowest : waiter.wanted;
    if (wanted != 0 && (available & wanted) == wanted) {
      waiter.granted = wanted;
      free_ &= ~wanted;
    }
    available &= ~wanted;  // granted, or kept for the one who waits
  }
}

}  // namespace weir::rknn_host
