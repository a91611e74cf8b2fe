// SPDX-License-Identifier: Apache-2.0
// The border between C programs and this library: no exception passes it, and every failure says why, in one
// line.
#pragma once

#include <cstdint>
#include <memory>
#include <type_traits>

#include "backends/rknn/abi/rknn_api.h"
#include "rknn_host/failure.h"
#include "rknn_host/runtime.h"

/// Before every function that programs call; rknn_host/exports.map lists them, too.
#define WEIR_RKNN_EXPORT extern "C" __attribute__((visibility("default")))

namespace weir::rknn_host {

/// The code for the exception that is being handled; says `function` and the reason on stderr.
int report_failure(const char* function) noexcept;

/// What a function of the API returns: the code of what `body` threw, else what it returned, else RKNN_SUCC.
template <class Body>
int guarded(const char* function, Body&& body) noexcept {
  try {
    if constexpr (std::is_void_v<decltype(body())>) {
      body();
      return RKNN_SUCC;
    } else {
      return body();
    }
  } catch (...) {
    return report_failure(function);
  }
}

/// Throws Failure RKNN_ERR_PARAM_INVALID where `pointer` is null.
void require(const void* pointer, const char* name);

[[nodiscard]] inline std::shared_ptr<HostContext> context_of(rknn_context handle) {
  return Runtime::instance().handles().context(handle);
}

/// A context for the time of a call that changes or runs it, which one thread at a time may make: says once
/// if two do.
class ContextInUse {
 public:
  /// Throws Failure RKNN_ERR_CTX_INVALID.
  ContextInUse(rknn_context handle, const char* function);
  ~ContextInUse() { context_->end_call(); }
  ContextInUse(const ContextInUse&) = delete;
  ContextInUse& operator=(const ContextInUse&) = delete;
  HostContext* operator->() const { return context_.get(); }

 private:
  std::shared_ptr<HostContext> context_;
};

[[nodiscard]] inline std::shared_ptr<TensorMemory> memory_of(const rknn_tensor_mem* handle) {
  return Runtime::instance().handles().memory(handle);
}

}  // namespace weir::rknn_host
