// SPDX-License-Identifier: Apache-2.0
// Who runs on which simulated core, and who waits: fair, so that no context starves.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <list>
#include <mutex>

#include "backends/rknn/abi/rknn_api.h"

namespace weir::rknn_host {

/// Thread-safe.
class CoreQueue {
 public:
  explicit CoreQueue(int cores) : all_((1U << static_cast<unsigned>(cores)) - 1), free_(all_) {}

  /// Cores that are held until the lease goes.
  class Lease {
   public:
    Lease(CoreQueue& queue, uint32_t cores) : queue_(&queue), cores_(cores) {}
    ~Lease() { queue_->release(cores_); }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    [[nodiscard]] uint32_t cores() const { return cores_; }

   private:
    CoreQueue* queue_;
    uint32_t cores_;
  };

  /// The cores that a mask of rknn_set_core_mask stands for (AUTO: 0); throws Failure RKNN_ERR_PARAM_INVALID
  /// for one that is not there or is no mask.
  [[nodiscard]] uint32_t cores_of(rknn_core_mask mask) const;

  /// Waits for all of `cores` (bits), or for any one where 0. First come, first served: nobody overtakes on a
  /// core that somebody before waits for.
  [[nodiscard]] Lease acquire(uint32_t cores);

 private:
  struct Waiter {
    uint32_t wanted;
    uint32_t granted = 0;
  };

  void release(uint32_t cores);
  void serve();  // with mutex_ held

  const uint32_t all_;
  std::mutex mutex_;
  std::condition_variable changed_;
  uint32_t free_;
  std::list<Waiter> waiters_;
};

}  // namespace weir::rknn_host
