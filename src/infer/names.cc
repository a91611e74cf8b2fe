// SPDX-License-Identifier: Apache-2.0
#include "infer/backend.h"

#include <fmt/format.h>

namespace weir {

std::string_view to_string(Precision precision) {
  switch (precision) {
    case Precision::kAuto:
      return "auto";
    case Precision::kF32:
      return "f32";
    case Precision::kBf16:
      return "bf16";
    case Precision::kF16:
      return "f16";
    case Precision::kI8:
      return "i8";
  }
  return "?";
}

Status check_input(const InputBuffer& input, const ModelInfo& info) {
  const size_t expected = info.inputs[0].size_bytes;
  if (input.bytes().size() == expected) return {};
  return Error{
      ErrorCode::kInvalidArgument,
      fmt::format("an input buffer of {} bytes, where the model takes {}", input.bytes().size(), expected)};
}

}  // namespace weir
