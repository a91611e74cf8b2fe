// SPDX-License-Identifier: Apache-2.0
// What weir found: a results file (docs/results.md), read back.
#pragma once

#include <cstdint>
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
  int64_t track = 0;  ///< its track's id; 0: of no track
};

struct ResultFrame {
  FrameSize size;
  Outcome outcome = Outcome::kInferred;
  bool by_request = false;           ///< kDropped: nobody looked because somebody asked for fewer frames
  std::vector<LabelledFound> found;  ///< in the order of the line
};

struct Results {
  Names streams;
  Names labels;
  bool gaps_are_empty = false;  ///< a frame that is not in `frames` is one in which nothing was found
  std::map<FrameKey, ResultFrame> frames;
};

/// A line that is not one of weir's results, or the second one on a frame, is an error that names the line.
/// Lines with an `event` are about something else and skipped.
[[nodiscard]] Result<Results> read_results(const std::string& path);

}  // namespace weir::eval
