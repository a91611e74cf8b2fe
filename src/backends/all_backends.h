// SPDX-License-Identifier: Apache-2.0
// The one list of backends.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "infer/backend.h"

namespace weir {

/// Every backend that this program was built with, in the order in which "auto" tries them.
[[nodiscard]] std::vector<std::unique_ptr<Backend>> all_backends();

/// The backend of that name if it can run here; "auto": the first that can, the fake one excepted.
/// Errors: kInvalidArgument (no such name), kUnsupported or kUnavailable (why it can't run).
[[nodiscard]] Result<std::unique_ptr<Backend>> open_backend(std::string_view name);

}  // namespace weir
