// SPDX-License-Identifier: Apache-2.0
// Where work waits for workers: one lane per producer, taken in turn, so that no producer starves another.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <vector>

namespace weir {

/// First in, first out within a lane; round robin over the lanes that have something. It holds whatever
/// is pushed: its users own a fixed number of items each, which is what bounds it. All functions but
/// add_lane() may be called from any thread.
template <class T>
class FairQueue {
 public:
  /// Before the first push. Returns the lane's number.
  int add_lane() {
    lanes_.emplace_back();
    return static_cast<int>(lanes_.size()) - 1;
  }

  void push(int lane, T item) {
    {
      const std::lock_guard lock(mutex_);
      lanes_[static_cast<size_t>(lane)].push_back(std::move(item));
    }
    ready_.notify_one();
  }

  /// Waits for work. Nothing once the queue is closed and empty.
  std::optional<T> pop() {
    std::unique_lock lock(mutex_);
    while (true) {
      for (size_t i = 0; i < lanes_.size(); ++i) {
        const size_t lane = (next_lane_ + i) % lanes_.size();
        if (lanes_[lane].empty()) continue;
        next_lane_ = (lane + 1) % lanes_.size();
        return take_front(lanes_[lane]);
      }
      if (closed_) return std::nullopt;
      ready_.wait(lock);
    }
  }

  /// The longest waiting item of one lane, if one waits.
  std::optional<T> take_oldest(int lane) {
    const std::lock_guard lock(mutex_);
    auto& items = lanes_[static_cast<size_t>(lane)];
    if (items.empty()) return std::nullopt;
    return take_front(items);
  }

  /// Nothing more will be pushed; pop() gives what is left. Idempotent.
  void close() {
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
    }
    ready_.notify_all();
  }

 private:
  static T take_front(std::deque<T>& items) {
    T item = std::move(items.front());
    items.pop_front();
    return item;
  }

  std::mutex mutex_;
  std::condition_variable ready_;
  std::vector<std::deque<T>> lanes_;
  size_t next_lane_ = 0;
  bool closed_ = false;
};

}  // namespace weir
