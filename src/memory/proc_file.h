// SPDX-License-Identifier: Apache-2.0
// The kernel's files of "Key:   123 kB" lines. Private to this module.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace weir {

/// Calls `take` with the key and the bytes of every such line, and `other`, if there is one, with each other
/// line. Errors: kUnavailable (no such file, or no such line in it, as for a process that has ended).
Status read_proc_sizes(const std::string& path, const std::function<void(std::string_view, int64_t)>& take,
                       const std::function<void(std::string_view)>& other = {});

}  // namespace weir
