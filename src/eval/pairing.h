// SPDX-License-Identifier: Apache-2.0
// Brings results and truth together: frame by frame, and class by class by name, since the numbers of
// classes differ between models. What could not be brought together is counted.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
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
  int64_t frames = 0;                 ///< of the truth: all of these are evaluated
  int64_t objects = 0;                ///< in these, with those that will be ignored
  int64_t detections = 0;             ///< in these, of classes that the truth knows
  int64_t frames_without_result = 0;  ///< nothing is found in them, nor in the next two
  int64_t frames_failed = 0;
  int64_t frames_dropped = 0;
  int64_t frames_left_out = 0;       ///< of the truth: nobody looked, by request; not evaluated
  int64_t frames_without_truth = 0;  ///< of the results: not evaluated
  std::set<std::string> streams_without_truth;
  std::map<std::string, int64_t> unknown_labels;  ///< detections that are not evaluated, by label
};

/// A frame of the truth and what was found in it.
struct FramePair {
  size_t stream = 0;  ///< its number in Truth::streams
  int64_t frame = 0;
  const TruthFrame* truth = nullptr;
  const ResultFrame* found = nullptr;  ///< null: there is no result
};

/// The frames that are evaluated, by stream and frame. Valid as long as results and truth are. A frame is the
/// same by stream and number; where results and truth have one stream each, by number alone. Frames that
/// nobody looked at by request are left out, unless `strict`. An error where no stream is in both, and where
/// a frame's size differs.
[[nodiscard]] Result<std::vector<FramePair>> pair_frames(const Results& results, const Truth& truth,
                                                         bool strict, Coverage& coverage);

/// For each name of one list its number in another.
using Numbers = std::vector<std::optional<size_t>>;
[[nodiscard]] Numbers numbers_in(const Names& other, const Names& names);

struct Paired {
  std::vector<ClassSamples> classes;  ///< by label; samples in the order of the truth's streams and frames
  Coverage coverage;
};

/// What pair_frames() gives, class by class, with its errors.
[[nodiscard]] Result<Paired> pair(const Results& results, const Truth& truth, bool strict = false);

}  // namespace weir::eval
