// SPDX-License-Identifier: Apache-2.0
// The size of a model's picture input, which the letterbox, the detectors and the backends agree on.
#pragma once

namespace weir {

struct InputSize {
  int width_px = 0;
  int height_px = 0;
  friend bool operator==(const InputSize&, const InputSize&) = default;
};

}  // namespace weir
