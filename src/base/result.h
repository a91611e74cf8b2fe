// SPDX-License-Identifier: Apache-2.0
// How weir reports failure: a value or an Error, never an exception across a module.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include <tl/expected.hpp>

namespace weir {

/// Says what the caller does next.
enum class ErrorCode {
  kInvalidArgument,     ///< fix the input
  kNotFound,            ///< name something that exists
  kUnsupported,         ///< never here
  kUnavailable,         ///< retry with back-off
  kResourceExhausted,   ///< free something first
  kFailedPrecondition,  ///< call in another order
  kCancelled,           ///< the caller asked for it
  kInternal,            ///< our bug
};

struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;  ///< one line, for a person; names the input, what is wrong, what would be right

  /// This error as the layer above tells it: "where: message".
  [[nodiscard]] Error in(std::string_view where) const { return {code, std::string(where) + ": " + message}; }
};

/// A T or an Error. Access is as in tl::expected.
template <class T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
 public:
  using tl::expected<T, Error>::expected;
  Result(Error error) : tl::expected<T, Error>(tl::unexpect, std::move(error)) {}
};

template <>
class [[nodiscard]] Result<void> : public tl::expected<void, Error> {
 public:
  using tl::expected<void, Error>::expected;
  Result(Error error) : tl::expected<void, Error>(tl::unexpect, std::move(error)) {}
};

using Status = Result<void>;

}  // namespace weir

/// Leaves the function with the error of `expression` (a Status), if it has one.
#define WEIR_RETURN_IF_ERROR(expression)                             \
  do {                                                               \
    if (auto weir_status = (expression); !weir_status.has_value()) { \
      return std::move(weir_status).error();                         \
    }                                                                \
  } while (false)

#define WEIR_CONCAT_INNER(a, b) a##b
#define WEIR_CONCAT(a, b) WEIR_CONCAT_INNER(a, b)

/// `WEIR_ASSIGN_OR_RETURN(auto model, store.load(spec));`
#define WEIR_ASSIGN_OR_RETURN(target, expression)                  \
  auto WEIR_CONCAT(weir_result_, __LINE__) = (expression);         \
  if (!WEIR_CONCAT(weir_result_, __LINE__).has_value()) {          \
    return std::move(WEIR_CONCAT(weir_result_, __LINE__)).error(); \
  }                                                                \
  target = *std::move(WEIR_CONCAT(weir_result_, __LINE__))
