// SPDX-License-Identifier: Apache-2.0
// Everything that the C API keeps between calls.
#pragma once

#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>

#include <sys/types.h>

#include "rknn_host/handles.h"
#include "rknn_host/log.h"

namespace weir::rknn_host {

/// Thread-safe. The C API has no object to hang state on, so there is one of it in the process: made by the
/// first call, never destroyed, since threads of the program may call until the very end.
class Runtime {
 public:
  static Runtime& instance();

  [[nodiscard]] Handles& handles() { return handles_; }
  [[nodiscard]] Log& log() { return log_; }
  /// Made by the first use; starts no thread. Throws Failure RKNN_ERR_PARAM_INVALID: WEIR_RKNN_HOST is wrong.
  [[nodiscard]] Device& device();

  /// rknn_init: `model` is a path, or bytes where it has none.
  [[nodiscard]] rknn_context init(const char* path, std::span<const uint8_t> bytes, uint32_t flags,
                                  const rknn_init_extend* extend);
  /// rknn_dup_context
  [[nodiscard]] rknn_context duplicate(rknn_context context);
  /// rknn_destroy; says what the program has of the context and has not given back.
  void destroy(rknn_context context);
  /// Says, when the program ends, what it has not given back. Nothing in a process that was forked from the
  /// one which made the contexts.
  void report_leftovers();
  /// Says that two threads use a context at the same time.
  void note_overlap(rknn_context context, std::string_view function, std::string_view other);

 private:
  Runtime();

  [[nodiscard]] std::shared_ptr<HostModel> load(ModelSource source, uint32_t flags,
                                                const rknn_init_extend* extend);
  /// Calls `make`, and puts what the new context takes, beyond weights that came with it, on the account.
  template <class Make>
  [[nodiscard]] rknn_context measured(Make&& make);

  const pid_t process_;
  Handles handles_;
  Log log_;
  std::once_flag device_once_;
  std::unique_ptr<Device> device_;
};

}  // namespace weir::rknn_host
