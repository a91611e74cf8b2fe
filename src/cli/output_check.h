// SPDX-License-Identifier: Apache-2.0
// Keeps a run from writing over what it reads.
#pragma once

#include <string>

#include "base/result.h"
#include "engine/config.h"

namespace weir::cli {

/// kInvalidArgument if the results, the summary or an annotated file would be an input, a model, a labels
/// file or another output. "-" and "" are no files; what is no regular file may be named twice.
[[nodiscard]] Status check_outputs(const EngineConfig& config, const std::string& summary);

}  // namespace weir::cli
