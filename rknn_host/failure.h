// SPDX-License-Identifier: Apache-2.0
// How this library fails: inside it by exception, as OpenVINO and the JSON reader do, too; none passes the C
// border (api/border.h).
#pragma once

#include <exception>
#include <optional>
#include <string>
#include <string_view>

namespace weir::rknn_host {

/// A call that can't be done: what it returns, and why, in one line.
class Failure : public std::exception {
 public:
  Failure(int code, std::string message) : code_(code), message_(std::move(message)) {}
  [[nodiscard]] int code() const { return code_; }
  [[nodiscard]] const char* what() const noexcept override { return message_.c_str(); }

 private:
  int code_;
  std::string message_;
};

/// "RKNN_ERR_TIMEOUT" for -2, "RKNN_SUCC" for 0; "unknown" for what is none.
[[nodiscard]] std::string_view code_name(int code);

/// The code that "-2", "RKNN_ERR_TIMEOUT" or "TIMEOUT" stands for; an error only, never RKNN_SUCC.
[[nodiscard]] std::optional<int> parse_error_code(std::string_view text);

}  // namespace weir::rknn_host
