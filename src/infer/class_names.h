// SPDX-License-Identifier: Apache-2.0
// The names of a model's classes, from the text that exporters write into its metadata under "names".
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// Reads {0: 'person', 1: "bird's nest"} as Python prints a dictionary, {"0": "person"} or ["person"] as JSON
/// has them. Strings may have \\, \', \" and \/ in them.
/// Empty where `text` is none of these, or the numbers are not 0, 1, 2, ... in this order.
[[nodiscard]] std::vector<std::string> parse_class_names(std::string_view text);

}  // namespace weir
