// SPDX-License-Identifier: Apache-2.0
// The simulated device that all contexts of the process run on.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>

#include <openvino/runtime/core.hpp>

#include "rknn_host/core_queue.h"
#include "rknn_host/memory_account.h"
#include "rknn_host/simulation.h"

namespace weir::rknn_host {

/// Thread-safe.
class Device {
 public:
  explicit Device(Simulation what)
      : simulation(std::move(what)), queue(simulation.cores), memory(simulation.memory_bytes) {}

  const Simulation simulation;
  CoreQueue queue;
  MemoryAccount memory;
  std::atomic<int64_t> runs{0};           ///< started so far
  std::atomic<int64_t> contexts_made{0};  ///< by rknn_init and rknn_dup_context
  std::mutex making;  ///< held while a context is made, so that its memory can be measured

  /// OpenVINO. It goes with the last who holds it, so that programs end without leaks.
  [[nodiscard]] std::shared_ptr<ov::Core> core() {
    const std::lock_guard lock(core_mutex_);
    std::shared_ptr<ov::Core> core = core_.lock();
    if (core == nullptr) {
      core = std::make_shared<ov::Core>();
      core_ = core;
    }
    return core;
  }

 private:
  std::mutex core_mutex_;
  std::weak_ptr<ov::Core> core_;
};

}  // namespace weir::rknn_host
