// SPDX-License-Identifier: Apache-2.0
// What weir found: a results file (docs/results.md), read back.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "eval/files/frame.h"
#include "eval/files/names.h"
#include "eval/sample.h"
#include "types/detection.h"

namespace weir::eval {

struct LabelledFound {
  size_t label = 0;  ///< its number in Results::labels
  Found found;
};

struct ResultFrame {
  FrameSize size;
  Outcome outcome = Outcome::kInferred;
  std::vector<LabelledFound> found;  ///< in the order of the line
};

struct Results {
  Names streams;
  Names labels;
  std::map<FrameKey, ResultFrame> frames;
};

/// A line that is not one of weir's results, or the second one on a frame, is an error that names the line.
[[nodiscard]] Result<Results> read_results(const std::string& path);

}  // namespace weir::eval
