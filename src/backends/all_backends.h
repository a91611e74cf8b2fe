// SPDX-License-Identifier: Apache-2.0
// The one list of backends.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "infer/backend.h"

namespace weir {

/// Where backends find what they need.
struct BackendOptions {
  std::string rknn_library;  ///< path of librknnrt.so; "": what WEIR_RKNN_LIBRARY names, else the system's
};

/// Every backend that this program was built with, in the order in which "auto" tries them.
[[nodiscard]] std::vector<std::unique_ptr<Backend>> all_backends(const BackendOptions& options = {});

/// The backend of that name if it can run here; "auto": the one whose format `model_path` is (.rknn), else
/// the first that can run, the fake one excepted. Errors: kInvalidArgument (no such name); those of its
/// probe() (why it can't run).
[[nodiscard]] Result<std::unique_ptr<Backend>> open_backend(std::string_view name,
                                                            const BackendOptions& options = {},
                                                            std::string_view model_path = "");

}  // namespace weir
