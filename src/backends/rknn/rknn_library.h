// SPDX-License-Identifier: Apache-2.0
// librknnrt.so, found and bound at run time: weir is built without the vendor's SDK and runs wherever the
// library is.
#pragma once

#include <memory>
#include <string>

#include "backends/rknn/abi/rknn_api.h"
#include "base/result.h"

namespace weir {

/// The functions of an RKNN runtime that weir calls. Stays loaded until the process ends: vendors' libraries
/// don't survive being unloaded. Thread-safe as far as the runtime is: a context by one thread at a time.
struct RknnLibrary {
  /// `path` as --rknn-lib gives it; "": what WEIR_RKNN_LIBRARY names, else librknnrt.so by the system's
  /// search. Errors: kNotFound (no such file: where it was looked for and what to install), kUnsupported
  /// (can't be loaded; not an RKNN runtime; too old: which functions it lacks and which version brought
  /// them).
  [[nodiscard]] static Result<std::shared_ptr<const RknnLibrary>> open(const std::string& path);

  std::string path;
  std::string version;        ///< "2.3.2 (429f97ae6b@2025-04-09T09:09:27)"; "of unknown version"
  bool host_runtime = false;  ///< weir's own, which computes on the CPU of a PC (rknn_host/)

  decltype(&::rknn_init) init = nullptr;
  decltype(&::rknn_destroy) destroy = nullptr;
  decltype(&::rknn_query) query = nullptr;
  decltype(&::rknn_run) run = nullptr;
  decltype(&::rknn_create_mem) create_mem = nullptr;
  decltype(&::rknn_create_mem_from_fd) create_mem_from_fd = nullptr;
  decltype(&::rknn_destroy_mem) destroy_mem = nullptr;
  decltype(&::rknn_set_io_mem) set_io_mem = nullptr;

  // Null where the library has none.
  decltype(&::rknn_dup_context) dup_context = nullptr;
  decltype(&::rknn_set_core_mask) set_core_mask = nullptr;
  decltype(&::rknn_set_input_shapes) set_input_shapes = nullptr;
  decltype(&::rknn_mem_sync) mem_sync = nullptr;
};

}  // namespace weir
