// SPDX-License-Identifier: Apache-2.0
// An experiment for spreadsheets.
#pragma once

#include <string>

#include "lab/experiment.h"

namespace weir::lab {

/// A line of names, then one line for each repeat: its set-up, its figures, its ledger by kind. In bytes,
/// frames a second and milliseconds; what was not measured is empty.
[[nodiscard]] std::string to_csv(const Experiment& experiment);

}  // namespace weir::lab
