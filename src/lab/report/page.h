// SPDX-License-Identifier: Apache-2.0
// The frame of the report: one file, no network, no scripts; light and dark, on a desk, in a hand, on paper.
#pragma once

#include <string>
#include <string_view>

namespace weir::lab {

/// `title` is text; `body` is markup.
[[nodiscard]] std::string page(std::string_view title, std::string_view body);

}  // namespace weir::lab
