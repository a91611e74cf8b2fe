// SPDX-License-Identifier: Apache-2.0
// Small functions on text that users write and read.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace weir {

/// The candidate that `word` was most likely meant to be, or "" where none is near: at most a third of
/// the letters are added, left out, replaced or swapped.
[[nodiscard]] std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates);

/// "a, b or c"
[[nodiscard]] std::string join_or(std::span<const std::string_view> words);

/// "1 stream", "2 streams"
[[nodiscard]] std::string plural(int64_t count, std::string_view word);

/// `word` as it is where a POSIX shell takes it as one word, else in single quotes.
[[nodiscard]] std::string shell_quoted(std::string_view word);

}  // namespace weir
