// SPDX-License-Identifier: Apache-2.0
// Padding costs as much as picture: a 16:9 stream need not run in a square input.
#pragma once

#include "types/size.h"

namespace weir {

/// The input with the larger side of `own` along the larger side of the picture, and across it the
/// smallest multiple of `multiple` that holds the picture's shape; never more than the larger side.
/// 416x416 for a 1920x1080 picture: 416x256. All sizes > 0.
[[nodiscard]] InputSize fit_input_size(InputSize own, int display_width_px, int display_height_px,
                                       int multiple = 32);

}  // namespace weir
