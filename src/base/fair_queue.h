// SPDX-License-Identifier: Apache-2.0
// Where work waits for workers: one lane per producer, taken in turn, so that no producer starves another.
#pragma once

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

namespace weir {

/// First in, first out within a lane; round robin over the lanes that have something. It holds whatever
/// is pushed: its users own a fixed number of items each, which is what bounds it. Any thread.
template <class T>
class FairQueue {
 public:
  /// An item that was taken out, and the lane it came from.
  struct Taken {
    int lane = 0;
    T item;
  };

  /// Returns the lane's number, which is not used again.
  int add_lane() {
    const std::lock_guard lock(mutex_);
    lanes_.try_emplace(next_number_);
    return next_number_++;
  }

  /// Drops what waits in the lane, and waits until what was taken from it is done.
  void remove_lane(int lane) {
    std::deque<T> dropped;  // destroyed without the lock
    std::unique_lock lock(mutex_);
    Lane& of = lanes_.at(lane);
    dropped.swap(of.items);
    done_.wait(lock, [&] { return of.in_work == 0; });
    lanes_.erase(lane);
  }

  void push(int lane, T item) {
    {
      const std::lock_guard lock(mutex_);
      lanes_.at(lane).items.push_back(std::move(item));
    }
    ready_.notify_one();
  }

  /// Waits for work. Nothing once the queue is closed and empty. Whoever takes an item calls done() for its
  /// lane when it no longer needs whom the lane belongs to.
  std::optional<Taken> pop() {
    std::unique_lock lock(mutex_);
    while (true) {
      if (const auto lane = next_with_work(); lane != lanes_.end()) {
        last_lane_ = lane->first;
        ++lane->second.in_work;
        return Taken{lane->first, take_front(lane->second.items)};
      }
      if (closed_) return std::nullopt;
      ready_.wait(lock);
    }
  }

  void done(int lane) {
    const std::lock_guard lock(mutex_);
    if (--lanes_.at(lane).in_work == 0) done_.notify_all();
  }

  /// The longest waiting item of one lane, if one waits. There is no done() for it.
  std::optional<T> take_oldest(int lane) {
    const std::lock_guard lock(mutex_);
    auto& items = lanes_.at(lane).items;
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
  struct Lane {
    std::deque<T> items;
    int in_work = 0;  // taken by pop(), not done yet
  };
  using Lanes = std::map<int, Lane>;

  /// Looks behind the lane that had the last turn first.
  typename Lanes::iterator next_with_work() {
    const auto start = lanes_.upper_bound(last_lane_);
    for (auto lane = start; lane != lanes_.end(); ++lane) {
      if (!lane->second.items.empty()) return lane;
    }
    for (auto lane = lanes_.begin(); lane != start; ++lane) {
      if (!lane->second.items.empty()) return lane;
    }
    return lanes_.end();
  }

  static T take_front(std::deque<T>& items) {
    T item = std::move(items.front());
    items.pop_front();
    return item;
  }

  std::mutex mutex_;
  std::condition_variable ready_;
  std::condition_variable done_;
  Lanes lanes_;
  int next_number_ = 0;
  int last_lane_ = -1;
  bool closed_ = false;
};

}  // namespace weir
