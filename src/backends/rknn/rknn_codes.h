// SPDX-License-Identifier: Apache-2.0
// The names of what functions of the RKNN C API return; for the backend and for the host runtime.
#pragma once

#include <array>
#include <string_view>

namespace weir {

/// kRknnCodeNames[i] is the name of code -i.
inline constexpr std::array<std::string_view, 14> kRknnCodeNames{
    "RKNN_SUCC",
    "RKNN_ERR_FAIL",
    "RKNN_ERR_TIMEOUT",
    "RKNN_ERR_DEVICE_UNAVAILABLE",
    "RKNN_ERR_MALLOC_FAIL",
    "RKNN_ERR_PARAM_INVALID",
    "RKNN_ERR_MODEL_INVALID",
    "RKNN_ERR_CTX_INVALID",
    "RKNN_ERR_INPUT_INVALID",
    "RKNN_ERR_OUTPUT_INVALID",
    "RKNN_ERR_DEVICE_UNMATCH",
    "RKNN_ERR_INCOMPATILE_PRE_COMPILE_MODEL",
    "RKNN_ERR_INCOMPATILE_OPTIMIZATION_LEVEL_VERSION",
    "RKNN_ERR_TARGET_PLATFORM_UNMATCH"};

/// "" for what the interface doesn't know.
[[nodiscard]] constexpr std::string_view name_of_rknn_code(int code) {
  const auto index = static_cast<size_t>(-static_cast<long>(code));
  return index < kRknnCodeNames.size() ? kRknnCodeNames[index] : std::string_view();
}

}  // namespace weir
