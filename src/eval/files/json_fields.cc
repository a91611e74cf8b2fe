// SPDX-License-Identifier: Apache-2.0
#include "eval/files/json_fields.h"

#include <cmath>
#include <limits>
#include <string_view>

#include <fmt/format.h>

namespace weir::eval {
namespace {

/// A value as an error quotes it: enough to know it again. Lists may be nested too deep to be printed.
std::string shown(const Json& value) {
  if (value.is_object()) return "an object";
  if (value.is_array()) return fmt::format("a list of {}", value.size());
  constexpr size_t kEnough = 40;
  const std::string text = value.dump(-1, ' ', true, Json::error_handler_t::replace);
  return text.size() <= kEnough ? text : text.substr(0, kEnough) + "...";
}

/// The same, with a list's values.
std::string shown_with_values(const Json& value) {
  if (!value.is_array() || value.size() > 4) return shown(value);
  std::string all;
  for (const Json& element : value) all += (all.empty() ? "" : ",") + shown(element);
  return "[" + all + "]";
}

Error wrong(const char* key, std::string_view expected, const Json& value) {
  return {ErrorCode::kInvalidArgument,
          fmt::format("'{}' must be {}, not {}", key, expected, shown_with_values(value))};
}

Result<const Json*> read(const Json& object, const char* key) {
  if (!object.is_object()) {
    return Error{ErrorCode::kInvalidArgument, fmt::format("must be a JSON object, not {}", shown(object))};
  }
  const auto found = object.find(key);
  if (found == object.end()) return Error{ErrorCode::kInvalidArgument, fmt::format("no '{}'", key)};
  return &*found;
}

/// Four finite numbers of which `is_box` holds.
template <class IsBox>
Result<std::array<double, 4>> read_four(const Json& object, const char* key, std::string_view expected,
                                        IsBox is_box) {
  WEIR_ASSIGN_OR_RETURN(const Json* value, read(object, key));
  if (!value->is_array() || value->size() != 4) return wrong(key, expected, *value);
  std::array<double, 4> four{};
  for (size_t i = 0; i < four.size(); ++i) {
    const Json& number = (*value)[i];
    if (!number.is_number() || !std::isfinite(number.get<double>())) return wrong(key, expected, *value);
    four[i] = number.get<double>();
  }
  if (!is_box(four)) return wrong(key, expected, *value);
  return four;
}

}  // namespace

bool has(const Json& object, const char* key) {
  return object.is_object() && object.contains(key);
}

Result<const Json*> read_list(const Json& object, const char* key) {
  WEIR_ASSIGN_OR_RETURN(const Json* value, read(object, key));
  if (!value->is_array()) return wrong(key, "a list", *value);
  return value;
}

Result<std::string> read_text(const Json& object, const char* key) {
  WEIR_ASSIGN_OR_RETURN(const Json* value, read(object, key));
  if (!value->is_string()) return wrong(key, "a text", *value);
  return value->get<std::string>();
}

Result<int64_t> read_whole(const Json& object, const char* key) {
  WEIR_ASSIGN_OR_RETURN(const Json* value, read(object, key));
  constexpr uint64_t kHighest = std::numeric_limits<int64_t>::max();
  // What is not negative is parsed as unsigned.
  if (!value->is_number_unsigned() || value->get<uint64_t>() > kHighest) {
    return wrong(key, "a whole number from 0", *value);
  }
  return value->get<int64_t>();
}

Result<double> read_number(const Json& object, const char* key, double high) {
  WEIR_ASSIGN_OR_RETURN(const Json* value, read(object, key));
  if (value->is_number() && value->get<double>() >= 0 && value->get<double>() <= high) {
    return value->get<double>();
  }
  return wrong(key, std::isfinite(high) ? fmt::format("a number from 0 to {}", high) : "a number from 0",
               *value);
}

Result<Rect> read_corners(const Json& object, const char* key) {
  WEIR_ASSIGN_OR_RETURN(const auto box,
                        read_four(object, key, "[x1,y1,x2,y2] with x1 <= x2 and y1 <= y2",
                                  [](const auto& b) { return b[0] <= b[2] && b[1] <= b[3]; }));
  return Rect{box[0], box[1], box[2] - box[0], box[3] - box[1]};
}

Result<Rect> read_rect(const Json& object, const char* key) {
  WEIR_ASSIGN_OR_RETURN(const auto box, read_four(object, key, "[x,y,width,height]",
                                                  [](const auto& b) { return b[2] >= 0 && b[3] >= 0; }));
  return Rect{box[0], box[1], box[2], box[3]};
}

}  // namespace weir::eval
