// SPDX-License-Identifier: Apache-2.0
// Puts what many workers finish in any order back into frame order, without making them wait for each other.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <utility>

namespace weir {

/// Every index 0, 1, 2, ... must be added exactly once. Whoever adds the frame that is next delivers it and
/// all that are ready behind it; whoever adds another leaves at once. `deliver` is called in order, one call
/// at a time, from changing threads, with no lock held.
template <class T>
class FrameOrder {
 public:
  explicit FrameOrder(std::function<void(T)> deliver) : deliver_(std::move(deliver)) {}

  /// Any thread.
  void add(int64_t index, T item) {
    std::unique_lock lock(mutex_);
    ready_.emplace(index, std::move(item));
    if (delivering_) return;
    delivering_ = true;
    while (!ready_.empty() && ready_.begin()->first == next_) {
      T head = std::move(ready_.begin()->second);
      ready_.erase(ready_.begin());
      ++next_;
      lock.unlock();
      deliver_(std::move(head));
      lock.lock();
    }
    delivering_ = false;
  }

 private:
  const std::function<void(T)> deliver_;
  std::mutex mutex_;
  std::map<int64_t, T> ready_;
  int64_t next_ = 0;
  bool delivering_ = false;
};

}  // namespace weir
