// SPDX-License-Identifier: Apache-2.0
// What an experiment found, in a sentence or two.
#pragma once

#include <string>

#include "lab/report/charts/charts.h"

namespace weir::lab {

/// kSharing: the set-up that saves most, and at what cost. kEngine: what streams reach of the model alone,
/// and what a stream adds. "" where the experiment has nothing to say that by.
[[nodiscard]] std::string findings(const Measured& measured);

}  // namespace weir::lab
