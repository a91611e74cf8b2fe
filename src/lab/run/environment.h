// SPDX-License-Identifier: Apache-2.0
// The machine and the program that an experiment runs on.
#pragma once

#include <string>
#include <vector>

#include "lab/experiment.h"

namespace weir::lab {

/// As far as it can be told; what can't is left empty. Hashes the models.
[[nodiscard]] Environment this_environment(const std::vector<std::string>& models);

/// The command line of this process, quoted as a shell needs it, its first word "weir".
[[nodiscard]] std::string this_command();

}  // namespace weir::lab
