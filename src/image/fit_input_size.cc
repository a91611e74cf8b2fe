// SPDX-License-Identifier: Apache-2.0
#include "image/fit_input_size.h"

#include <algorithm>
#include <cstdint>

namespace weir {

InputSize fit_input_size(InputSize own, int display_width_px, int display_height_px, int multiple) {
  const int larger = std::max(own.width_px, own.height_px);
  const int64_t long_side = std::max(display_width_px, display_height_px);
  const int64_t short_side = std::min(display_width_px, display_height_px);
  // larger * short / long, rounded up to a multiple in one division so that nothing is rounded twice.
  const int64_t unit = long_side * multiple;
  const int64_t multiples = (larger * short_side + unit - 1) / unit;
  const int smaller = static_cast<int>(std::min<int64_t>(multiples * multiple, larger));
  if (display_width_px >= display_height_px) return {larger, smaller};
  return {smaller, larger};
}

}  // namespace weir
