// SPDX-License-Identifier: Apache-2.0
// An evaluation as a table for people.
#pragma once

#include <string>

#include "eval/evaluation.h"
#include "eval/pairing.h"
#include "eval/tracking/track_evaluation.h"

namespace weir::cli {

/// Several lines, each with its newline: what was evaluated, then a row for all, each size and each class.
[[nodiscard]] std::string figures_text(const eval::Evaluation& evaluation, const eval::Coverage& coverage,
                                       const eval::EvalOptions& options);

/// The same for tracks: a row for all and each class.
[[nodiscard]] std::string track_figures_text(const eval::TrackEvaluation& evaluation,
                                             const eval::PairedTracks& paired,
                                             const eval::EvalOptions& options);

}  // namespace weir::cli
