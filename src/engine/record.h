// SPDX-License-Identifier: Apache-2.0
// What leaves a stream, frame by frame.
#pragma once

#include <memory>

#include "types/detection.h"
#include "types/picture.h"

namespace weir {

/// The result of one frame on its way to the outputs, which share it.
struct Record {
  std::shared_ptr<const FrameResult> result;
  std::shared_ptr<const Picture> picture;  ///< only for outputs that draw; null for dropped frames
};

}  // namespace weir
