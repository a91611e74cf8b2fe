// SPDX-License-Identifier: Apache-2.0
#include "rknn_host/failure.h"

#include "backends/rknn/rknn_codes.h"

namespace weir::rknn_host {
namespace {

constexpr std::string_view kPrefix = "RKNN_ERR_";

}  // namespace

std::string_view code_name(int code) {
  const std::string_view name = name_of_rknn_code(code);
  return name.empty() ? "unknown" : name;
}

std::optional<int> parse_error_code(std::string_view text) {
  for (size_t i = 1; i < kRknnCodeNames.size(); ++i) {
    const int code = -static_cast<int>(i);
    if (text == kRknnCodeNames[i] || text == kRknnCodeNames[i].substr(kPrefix.size()) ||
        text == std::to_string(code))
      return code;
  }
  return std::nullopt;
}

}  // namespace weir::rknn_host
