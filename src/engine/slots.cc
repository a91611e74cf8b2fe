// SPDX-License-Identifier: Apache-2.0
#include "engine/slots.h"

namespace weir {

SlotPool::SlotPool(std::vector<Slot> slots) : slots_(std::move(slots)) {
  for (Slot& slot : slots_) {
    input_bytes_ += static_cast<int64_t>(slot.input.bytes().size());
    free_.push_back(&slot);
  }
}

void SlotPool::wait_for_free(std::stop_token stop) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, stop, [&] { return !free_.empty(); });
}

Slot* SlotPool::take() {
  const std::lock_guard lock(mutex_);
  if (free_.empty()) return nullptr;
  Slot* slot = free_.back();
  free_.pop_back();
  return slot;
}

void SlotPool::give_back(Slot* slot) {
  {
    const std::lock_guard lock(mutex_);
    free_.push_back(slot);
  }
  changed_.notify_one();
}

}  // namespace weir
