// SPDX-License-Identifier: Apache-2.0
#include "engine/slots.h"

#include <cassert>

namespace weir {

SlotPool::SlotPool(std::vector<Slot> slots, int dropped_records)
    : slots_(std::move(slots)), dropped_records_(dropped_records), free_dropped_records_(dropped_records) {
  for (Slot& slot : slots_) {
    free_.push_back(&slot);
    input_bytes_ += static_cast<int64_t>(slot.input.bytes().size());
  }
}

void SlotPool::wait_for_slot(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, stop, [&] { return !free_.empty(); });
}

void SlotPool::wait_for_dropped_record(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, stop, [&] { return free_dropped_records_ > 0; });
}

std::optional<Place> SlotPool::take_slot() {
  const std::lock_guard lock(mutex_);
  if (free_.empty()) return std::nullopt;
  Slot* slot = free_.back();
  free_.pop_back();
  return Place(shared_from_this(), slot);
}

Place SlotPool::take_dropped_record() {
  const std::lock_guard lock(mutex_);
  assert(free_dropped_records_ > 0);
  --free_dropped_records_;
  return {shared_from_this(), nullptr};
}

void SlotPool::give_back(Slot* slot) {
  if (slot != nullptr) slot->picture.reset();
  {
    const std::lock_guard lock(mutex_);
    if (slot != nullptr) {
      free_.push_back(slot);
    } else {
      ++free_dropped_records_;
    }
  }
  changed_.notify_all();
}

bool SlotPool::all_free() const {
  const std::lock_guard lock(mutex_);
  return free_.size() == slots_.size() && free_dropped_records_ == dropped_records_;
}

}  // namespace weir
