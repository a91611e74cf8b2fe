// SPDX-License-Identifier: Apache-2.0
// What is in the pictures: weir's own truth (docs/eval.md) or the annotations of COCO.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "eval/files/frame.h"
#include "eval/files/names.h"
#include "eval/sample.h"

namespace weir::eval {

/// What an object is to an evaluation of tracks. MOTChallenge's truth has all three.
enum class Role {
  kCounts,
  kIgnored,  ///< not missed if nothing finds it, and what finds it is neither right nor wrong
  kAside,    ///< not missed either, but what finds it is wrong
};

struct LabelledObject {
  size_t label = 0;  ///< its number in Truth::labels
  Object object;
  std::optional<int64_t> id;  ///< the same in all frames of the stream, if the truth has ids
  Role role = Role::kCounts;
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
