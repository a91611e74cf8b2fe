// SPDX-License-Identifier: Apache-2.0
// An evaluation as JSON, and what a reader of its figures must be told. The keys are in docs/eval.md.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "eval/evaluation.h"
#include "eval/pairing.h"

namespace weir::eval {

[[nodiscard]] nlohmann::ordered_json or_null(const std::optional<double>& figure);

/// Figures that don't exist are null.
[[nodiscard]] nlohmann::ordered_json to_json(const Evaluation& evaluation, const Coverage& coverage,
                                             const EvalOptions& options);

/// What was compared, and with which options, behind what `json` has.
void add_coverage(nlohmann::ordered_json& json, const Coverage& coverage, const EvalOptions& options);

/// What of results and truth did not meet: one line each, and none where all did.
[[nodiscard]] std::vector<std::string> remarks(const Coverage& coverage);

}  // namespace weir::eval
