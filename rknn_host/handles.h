// SPDX-License-Identifier: Apache-2.0
// What the numbers and pointers that programs hold stand for. A bad one is an error, never a crash.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "rknn_host/host_context.h"
#include "rknn_host/leftovers.h"
#include "rknn_host/memory_account.h"
#include "rknn_host/tensor_memory.h"

namespace weir::rknn_host {

/// Thread-safe. Whoever looks a handle up holds what it stands for until he is done, even if it is destroyed
/// meanwhile.
class Handles {
 public:
  /// Never 0, never given twice.
  [[nodiscard]] rknn_context add(std::shared_ptr<HostContext> context);
  /// Throws Failure RKNN_ERR_CTX_INVALID.
  [[nodiscard]] std::shared_ptr<HostContext> context(rknn_context handle) const;
  /// Returns what it stood for. Throws Failure RKNN_ERR_CTX_INVALID.
  std::shared_ptr<HostContext> remove(rknn_context handle);
  /// Those that exist.
  [[nodiscard]] std::vector<std::shared_ptr<HostContext>> contexts() const;
  /// It is a context, or was one.
  [[nodiscard]] bool was_given(rknn_context handle) const;

  /// `maker` is the context that it was made with, or 0, `charge` what it takes of the device's memory.
  [[nodiscard]] rknn_tensor_mem* add(std::shared_ptr<TensorMemory> memory, rknn_context maker,
                                     MemoryAccount::Charge charge);
  /// Throws Failure RKNN_ERR_PARAM_INVALID.
  [[nodiscard]] std::shared_ptr<TensorMemory> memory(const rknn_tensor_mem* handle) const;
  /// Returns what it stood for. Throws Failure RKNN_ERR_PARAM_INVALID.
  std::shared_ptr<TensorMemory> remove(const rknn_tensor_mem* handle);
  /// The memory that exists and was made with `maker`; each is told once.
  [[nodiscard]] Leftovers memory_left_by(rknn_context maker);
  /// All memory that exists and was not told before.
  [[nodiscard]] Leftovers memory_left();

 private:
  struct Entry {
    std::shared_ptr<TensorMemory> memory;
    rknn_context maker = 0;
    MemoryAccount::Charge charge;
    bool is_told = false;
  };

  template <class Condition>
  Leftovers tell(Condition&& condition);

  static constexpr rknn_context kFirst = 0x524B4E4E00000001;  // a number that no program holds by accident

  mutable std::mutex mutex_;
  rknn_context next_ = kFirst;
  std::map<rknn_context, std::shared_ptr<HostContext>> contexts_;
  std::map<const rknn_tensor_mem*, Entry> memories_;
};

}  // namespace weir::rknn_host
