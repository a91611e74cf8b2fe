// SPDX-License-Identifier: Apache-2.0
// The values of a JSON object that somebody else wrote. Errors are kInvalidArgument and name the key, what
// is there and what should be; whoever reads the file adds where.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include <nlohmann/json.hpp>

#include "base/result.h"
#include "eval/sample.h"

namespace weir::eval {

using Json = nlohmann::json;

[[nodiscard]] bool has(const Json& object, const char* key);

/// A list; valid as long as `object`.
[[nodiscard]] Result<const Json*> read_list(const Json& object, const char* key);

[[nodiscard]] Result<std::string> read_text(const Json& object, const char* key);

/// 0 to 2^63 - 1.
[[nodiscard]] Result<int64_t> read_whole(const Json& object, const char* key);

/// 0 to `high`.
[[nodiscard]] Result<double> read_number(const Json& object, const char* key, double high);

/// `[x1,y1,x2,y2]` with x1 <= x2 and y1 <= y2, finite.
[[nodiscard]] Result<Rect> read_corners(const Json& object, const char* key);

/// `[x,y,width,height]`, finite, neither side negative.
[[nodiscard]] Result<Rect> read_rect(const Json& object, const char* key);

}  // namespace weir::eval
