// SPDX-License-Identifier: Apache-2.0
// An experiment as a file: every raw value, and beside it, for those who read it without weir, what follows
// from it.
#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "base/result.h"
#include "lab/experiment.h"

namespace weir::lab {

/// As docs/measuring.md describes it.
[[nodiscard]] nlohmann::ordered_json to_json(const Experiment& experiment);

/// Back from the text of to_json(); what follows from the raw values is not read but worked out again.
/// Errors, naming `where` the text is from: kInvalidArgument (not JSON, not of this kind, a value is
/// missing).
[[nodiscard]] Result<Experiment> parse_experiment(std::string_view text, const std::string& where);

/// What the child says of itself: the summary that `weir run` writes. Errors: kInternal.
struct ChildSummary {
  ChildFigures figures;
  double measured_from_seconds = 0;  ///< on the steady clock
};
[[nodiscard]] Result<ChildSummary> parse_child_summary(std::string_view text);

}  // namespace weir::lab
