// SPDX-License-Identifier: Apache-2.0
// weir's own letters: lines of a pen, drawn at any size. A label needs no font file.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace weir {

/// How much of each pixel the pen covers, 0..255, row by row without gaps.
struct TextMask {
  int width_px = 0;
  int height_px = 0;
  std::vector<uint8_t> coverage;
};

/// One line of `text`, with capitals `cap_height_px` (> 0) high and room for descenders, without
/// margins. Printable ASCII has its letters; any other code point of UTF-8 shows as a hollow box.
[[nodiscard]] TextMask render_text(std::string_view text, double cap_height_px);

}  // namespace weir
