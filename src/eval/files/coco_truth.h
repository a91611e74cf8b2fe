// SPDX-License-Identifier: Apache-2.0
// Annotations as COCO writes them ("instances" JSON): https://cocodataset.org/#format-data
#pragma once

#include <string>

#include "base/result.h"
#include "eval/files/truth.h"

namespace weir::eval {

/// Adds the images of the file, each as frame 0 of a stream that is called as weir calls a picture's: the
/// file's name without folder and extension. In order of their ids, which is COCO's among equal scores.
[[nodiscard]] Status add_coco_truth(const std::string& path, Truth& truth);

}  // namespace weir::eval
