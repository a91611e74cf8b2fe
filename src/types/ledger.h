// SPDX-License-Identifier: Apache-2.0
// One line of the memory account. Kinds are listed in docs/memory.md.
#pragma once

#include <cstdint>
#include <string>

namespace weir {

struct LedgerEntry {
  std::string kind;   ///< "weights", "activations", "input buffers", "decoder surfaces", ...
  std::string owner;  ///< a model's or a stream's name, or "process"
  int64_t bytes = 0;
};

}  // namespace weir
