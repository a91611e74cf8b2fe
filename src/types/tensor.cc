// SPDX-License-Identifier: Apache-2.0
#include "types/tensor.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace weir {

std::string describe(const TensorInfo& info) {
  return fmt::format("{} [{}]", info.name, fmt::join(info.shape, ","));
}

}  // namespace weir
