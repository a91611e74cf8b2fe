// SPDX-License-Identifier: Apache-2.0
// Files of one JSON object a line, of any length: only one line is held at a time.
#pragma once

#include <fstream>
#include <functional>
#include <string>

#include "base/result.h"
#include "eval/files/json_fields.h"

namespace weir::eval {

/// kNotFound or kInvalidArgument where there is no such file, or it is not one to read.
[[nodiscard]] Result<std::ifstream> open_to_read(const std::string& path);

/// Calls `read` with each line that is not blank. The first error ends it and is told as "PATH, line 7: ...".
[[nodiscard]] Status for_each_json_line(const std::string& path,
                                        const std::function<Status(const Json& line)>& read);

/// The first line that is not blank, without what lies deeper than its own keys; null where there is
/// none, discarded (is_discarded()) where it is no JSON by itself.
[[nodiscard]] Result<Json> first_json_line(const std::string& path);

}  // namespace weir::eval
