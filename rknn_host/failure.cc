// SPDX-License-Identifier: Apache-2.0
#include "rknn_host/failure.h"

#include <array>
#include <sstream>

namespace weir::rknn_host {
namespace {

constexpr std::string_view kPrefix = "RKNN_ERR_";

/// kNames[i] is the name of code -i.
constexpr std::array<std::string_view, 14> kNames{"RKNN_SUCC",
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

}  // namespace

std::string_view code_name(int code) {
  const auto index = static_cast<size_t>(-static_cast<long>(code));
  return index < kNames.size() ? kNames[index] : "unknown";
}

std::optional<int> parse_error_code(std::string_view text) {
  for (size_t i = 1; i < kNames.size(); ++i) {
    const int code = -static_cast<int>(i);
    if (text == kNames[i] || text == kNames[i].substr(kPrefix.size()) || text == std::to_string(code))
      return code;
  }
  return std::nullopt;
}

std::string cause(const std::exception& error) {
  // OpenVINO tells where in its source first, then what; the last line with words is the what.
  std::istringstream lines(error.what());
  std::string last = "no reason given";
  for (std::string line; std::getline(lines, line);) {
    if (line.find_first_not_of(" \t") == std::string::npos) continue;
    if (line.starts_with("Exception from") || line.starts_with("Check '")) continue;
    last = line;
  }
  return last;
}

}  // namespace weir::rknn_host
