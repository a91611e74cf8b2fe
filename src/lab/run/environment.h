// SPDX-License-Identifier: Apache-2.0
// The machine and the program that an experiment runs on.
#pragma once

#include <string>
#include <vector>

#include "lab/experiment.h"

namespace weir::lab {

/// As far as it can be told; what can't is left empty. Hashes the models.
[[nodiscard]] Environment this_environment(const std::vector<std::string>& models);

}  // namespace weir::lab
