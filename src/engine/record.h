// SPDX-License-Identifier: Apache-2.0
// What leaves a stream, frame by frame.
#pragma once

#include <optional>

#include "types/detection.h"
#include "types/picture.h"

namespace weir {

/// The result of one frame on its way to the outputs, which share it.
struct Record {
  FrameResult result;
  std::optional<Picture> picture;  ///< only if an output draws, and not for dropped frames
};

}  // namespace weir
