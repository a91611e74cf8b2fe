// SPDX-License-Identifier: Apache-2.0
// What is in the pictures: weir's own truth (docs/eval.md) or the annotations of COCO.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "eval/files/frame.h"
#include "eval/files/names.h"
#include "eval/sample.h"

namespace weir::eval {

struct LabelledObject {
  size_t label = 0;  ///< its number in Truth::labels
  Object object;
};

struct TruthFrame {
  FrameSize size;
  std::vector<LabelledObject> objects;
};

struct Truth {
  Names streams;
  Names labels;
  std::map<FrameKey, TruthFrame> frames;
};

/// All files as one truth. A file's first line shows which of the two it is. What can't be read, and a frame
/// that comes a second time in whichever file, is an error that names the file and the line or annotation.
[[nodiscard]] Result<Truth> read_truth(std::span<const std::string> paths);

}  // namespace weir::eval
