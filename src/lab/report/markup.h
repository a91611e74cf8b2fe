// SPDX-License-Identifier: Apache-2.0
// Text that came from outside, for HTML and SVG.
#pragma once

#include <string>
#include <string_view>

namespace weir::lab {

/// For between tags and for attributes in double quotes: always well-formed, and nothing in it is markup.
/// What XML can't hold, which is control characters and bytes that are not UTF-8, becomes U+FFFD.
[[nodiscard]] std::string escape(std::string_view text);

/// <NAME>TEXT</NAME>, the text escaped.
[[nodiscard]] std::string element(std::string_view name, std::string_view text);

}  // namespace weir::lab
