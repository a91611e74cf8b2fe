// SPDX-License-Identifier: Apache-2.0
// An evaluation of tracks as JSON, and what a reader of its figures must know. The keys are in docs/eval.md.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "eval/tracking/track_evaluation.h"

namespace weir::eval {

/// Figures that don't exist are null.
[[nodiscard]] nlohmann::ordered_json to_json(const TrackEvaluation& evaluation, const PairedTracks& paired,
                                             const EvalOptions& options);

/// What of results and truth did not meet: one line each, and none where all did.
[[nodiscard]] std::vector<std::string> remarks(const PairedTracks& paired);

}  // namespace weir::eval
