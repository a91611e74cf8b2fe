// SPDX-License-Identifier: Apache-2.0
// The fixed number of places that a stream's frames can be in: what bounds everything behind the source.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>
#include <vector>

#include "image/letterbox.h"
#include "infer/backend.h"
#include "types/detection.h"
#include "types/picture.h"

namespace weir {

/// One frame on its way. States: free -> filled by the source -> queued -> inferred by a worker -> waiting
/// for its turn -> delivered -> written by every output that must not lose it -> free.
struct Slot {
  InputBuffer input;
  Letterbox letterbox;
  FrameResult result;
  std::chrono::steady_clock::time_point demuxed_at;
  std::optional<Picture> picture;  ///< only for outputs that draw
};

class Place;

/// The slots of one stream, and a number of places for the records of frames that were dropped before they
/// got a slot. Any thread; lives as long as its places.
class SlotPool : public std::enable_shared_from_this<SlotPool> {
 public:
  /// Records of dropped frames that may wait for an earlier frame or for an output.
  static constexpr int kMostDroppedRecords = 256;

  explicit SlotPool(std::vector<Slot> slots, int dropped_records = kMostDroppedRecords);

  /// Wait until a slot is free, or a place for a dropped record, or until `stop` is requested. Only one
  /// thread takes places; for that thread the answer stays true until it takes one.
  void wait_for_slot(const std::stop_token& stop);
  void wait_for_dropped_record(const std::stop_token& stop);
  /// A place with a free slot, if there is one.
  [[nodiscard]] std::optional<Place> take_slot();
  /// A place without a slot. Precondition: wait_for_dropped_record() has returned, and not because of its
  /// stop.
  [[nodiscard]] Place take_dropped_record();

  /// Of all slots' input buffers.
  [[nodiscard]] int64_t input_bytes() const { return input_bytes_; }
  [[nodiscard]] bool all_free() const;

 private:
  friend class Place;
  void give_back(Slot* slot);

  std::vector<Slot> slots_;
  const int dropped_records_;
  int64_t input_bytes_ = 0;
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::vector<Slot*> free_;
  int free_dropped_records_;
};

/// The right to a slot, or to the record of a dropped frame. Goes back to its pool when it is destroyed.
/// Move-only.
class Place {
 public:
  Place(std::shared_ptr<SlotPool> pool, Slot* slot) : pool_(std::move(pool)), slot_(slot) {}
  ~Place() { release(); }
  Place(Place&& other) noexcept : pool_(std::move(other.pool_)), slot_(std::exchange(other.slot_, nullptr)) {}
  Place& operator=(Place&& other) noexcept {
    release();
    pool_ = std::move(other.pool_);
    slot_ = std::exchange(other.slot_, nullptr);
    return *this;
  }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

  /// Null for the record of a dropped frame.
  [[nodiscard]] Slot* slot() const { return slot_; }

 private:
  void release() {
    if (const auto pool = std::move(pool_)) pool->give_back(slot_);
  }

  std::shared_ptr<SlotPool> pool_;
  Slot* slot_ = nullptr;
};

}  // namespace weir
