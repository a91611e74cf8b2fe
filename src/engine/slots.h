// SPDX-License-Identifier: Apache-2.0
// The fixed number of places that a stream's frames can be in: what bounds every queue behind the source.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <stop_token>
#include <vector>

#include "image/letterbox.h"
#include "infer/backend.h"
#include "types/detection.h"
#include "types/picture.h"

namespace weir {

/// One frame on its way. States: free -> filled by the source -> queued -> inferred by a worker -> waiting
/// for its turn -> delivered -> free. Whoever holds the pointer owns the slot.
struct Slot {
  InputBuffer input;
  Letterbox letterbox;
  FrameResult result;
  std::chrono::steady_clock::time_point demuxed_at;
  std::optional<Picture> picture;  ///< only for sinks that want it
};

/// The slots of one stream. Thread-safe.
class SlotPool {
 public:
  explicit SlotPool(std::vector<Slot> slots);

  /// Waits until a slot is free or `stop` is requested. Only the taker may rely on what it says.
  void wait_for_free(std::stop_token stop);
  /// A free slot, or null.
  [[nodiscard]] Slot* take();
  void give_back(Slot* slot);

  /// Of all slots' input buffers.
  [[nodiscard]] int64_t input_bytes() const { return input_bytes_; }

 private:
  std::vector<Slot> slots_;
  int64_t input_bytes_ = 0;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::vector<Slot*> free_;
};

}  // namespace weir
