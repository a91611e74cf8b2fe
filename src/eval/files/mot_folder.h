// SPDX-License-Identifier: Apache-2.0
// What is compared as a folder of MOTChallenge's files, for TrackEval and other programs that read these.
#pragma once

#include <string>

#include "base/result.h"
#include "eval/files/truth.h"
#include "eval/tracking/track_pairing.h"

namespace weir::eval {

/// Writes, for each class,
///   FOLDER/CLASS/gt/STREAM/gt/gt.txt, .../seqinfo.ini    the objects that count
///   FOLDER/CLASS/gt/seqmaps/weir-all.txt                  the streams
///   FOLDER/CLASS/trackers/weir/data/STREAM.txt            the tracks' boxes that are right or wrong
/// All are of MOTChallenge's class 1. Frames that are not evaluated are not there; the others are numbered
/// from 1. Errors: kUnavailable (can't be written).
[[nodiscard]] Status write_mot_folder(const std::string& folder, const PairedTracks& paired,
                                      const Truth& truth);

}  // namespace weir::eval
