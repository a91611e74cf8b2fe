// SPDX-License-Identifier: Apache-2.0
#include "types/tensor.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace weir {

std::string_view to_string(ElementType type) {
  switch (type) {
    case ElementType::kF32:
      return "f32";
    case ElementType::kF16:
      return "f16";
    case ElementType::kBf16:
      return "bf16";
    case ElementType::kI8:
      return "i8";
    case ElementType::kU8:
      return "u8";
    case ElementType::kI32:
      return "i32";
    case ElementType::kI64:
      return "i64";
  }
  return "?";
}

std::string describe(const TensorInfo& info) {
  return fmt::format("{} [{}]", info.name, fmt::join(info.shape, ","));
}

}  // namespace weir
