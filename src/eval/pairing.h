// SPDX-License-Identifier: Apache-2.0
// Brings results and truth together: frame by frame, and class by class by name, since the numbers of
// classes differ between models. What could not be brought together is counted.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "eval/evaluation.h"
#include "eval/files/results.h"
#include "eval/files/truth.h"

namespace weir::eval {

/// How much of the truth the results are about, and the other way round.
struct Coverage {
  int64_t frames = 0;                 ///< of the truth: all are evaluated
  int64_t objects = 0;                ///< in these, with those that will be ignored
  int64_t detections = 0;             ///< in these, of classes that the truth knows
  int64_t frames_without_result = 0;  ///< nothing is found in them, nor in the next two
  int64_t frames_failed = 0;
  int64_t frames_dropped = 0;
  int64_t frames_without_truth = 0;  ///< of the results: not evaluated
  std::set<std::string> streams_without_truth;
  std::map<std::string, int64_t> unknown_labels;  ///< detections that are not evaluated, by label
};

struct Paired {
  std::vector<ClassSamples> classes;  ///< by label; samples in the order of the truth's streams and frames
  Coverage coverage;
};

/// A frame is the same by stream and number; where results and truth have one stream each, by number alone.
/// An error where no stream is in both, and where a frame's size differs.
[[nodiscard]] Result<Paired> pair(Results results, const Truth& truth);

}  // namespace weir::eval
