// SPDX-License-Identifier: Apache-2.0
// MOTChallenge's text files, read: a line for each box,
// `frame,id,left,top,width,height,confidence,class,visibility` with frames from 1.
// https://motchallenge.net/instructions/
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "base/result.h"
#include "eval/files/results.h"
#include "eval/files/truth.h"

namespace weir::eval {

/// What weir calls MOTChallenge's pedestrians.
inline constexpr const char* kMotLabel = "person";

/// A seqinfo.ini; 0 or "" for what it does not say.
struct MotSequence {
  std::string name;
  double frame_rate = 0;
  int64_t frames = 0;
  FrameSize size;
};

/// Whether this is a file whose first line that is not blank looks like one of MOTChallenge's. Errors as of
/// open_to_read().
[[nodiscard]] Result<bool> is_mot(const std::string& path);

/// None if there is no such file. Errors: kInvalidArgument.
[[nodiscard]] Result<std::optional<MotSequence>> read_mot_sequence(const std::string& path);

/// The boxes of a tracker, or published detections (id -1), as those of a stream that is called like the
/// file, or like the folder that has the file in its own folder `det`. All are of class kMotLabel. Scores are
/// cut to 0..1. A line that is not one of MOTChallenge's is an error that names it.
[[nodiscard]] Result<Results> read_mot_results(const std::string& path);

/// Truths, each a stream of its own, called like the file, or like the folder that has the file in its own
/// folder `gt`. The seqinfo.ini beside that folder says how many frames there are, if there is one; else the
/// last line. All objects are kMotLabel; what MOTChallenge evaluates has Role::kCounts.
[[nodiscard]] Result<Truth> read_mot_truth(std::span<const std::string> paths);

}  // namespace weir::eval
