// SPDX-License-Identifier: Apache-2.0
// Tensors at the border of a model: what they are called, how they are laid out, where their bytes are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

enum class ElementType { kF32, kF16, kBf16, kI8, kU8, kI32, kI64 };
enum class Layout { kUnknown, kNchw, kNhwc, kNc1hwc2 };

/// "f32", "i8", ...
[[nodiscard]] std::string_view to_string(ElementType type);

[[nodiscard]] constexpr size_t size_of(ElementType type) {
  switch (type) {
    case ElementType::kF32:
    case ElementType::kI32:
      return 4;
    case ElementType::kF16:
    case ElementType::kBf16:
      return 2;
    case ElementType::kI64:
      return 8;
    case ElementType::kI8:
    case ElementType::kU8:
      return 1;
  }
  return 0;
}

struct TensorInfo {
  std::string name;
  std::vector<int64_t> shape;
  ElementType type = ElementType::kF32;
  Layout layout = Layout::kUnknown;
  float scale = 1.0F;  ///< real value = (stored value - zero_point) * scale, for integer types
  int32_t zero_point = 0;
  size_t row_stride_bytes = 0;  ///< kNhwc images: from one row to the next; 0 elsewhere
  size_t size_bytes = 0;        ///< with strides and padding

  [[nodiscard]] int64_t elements() const {
    int64_t n = 1;
    for (int64_t d : shape) n *= d;
    return n;
  }
};

/// "output [1,3549,85]"
[[nodiscard]] std::string describe(const TensorInfo& info);

/// Bytes that somebody else owns, with what they mean.
struct ConstTensorView {
  const TensorInfo* info = nullptr;
  const void* data = nullptr;

  template <class T>
  [[nodiscard]] const T* as() const {
    return static_cast<const T*>(data);
  }
};

}  // namespace weir
