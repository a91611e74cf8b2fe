// SPDX-License-Identifier: Apache-2.0
#include "infer/backend.h"

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

}  // namespace weir
