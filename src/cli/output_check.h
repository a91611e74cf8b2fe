// SPDX-License-Identifier: Apache-2.0
// Keeps a run from writing over what it reads.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/config.h"

namespace weir::cli {

struct FileUse {
  std::string path;  ///< "" for none
  std::string use;   ///< "an input", "the summary"
};

/// kInvalidArgument if an output would be a file that is read, or another output. "-" and "" are no files;
/// what is no regular file may be named twice.
[[nodiscard]] Status check_outputs(std::span<const FileUse> read, std::span<const FileUse> outputs);

/// The files that a model is made of; of one that can't be used, which is said elsewhere, `path` alone.
[[nodiscard]] std::vector<std::string> files_of_model(const std::string& path);

/// Of a run: kInvalidArgument if the results, the summary or an annotated file would be an input, a model, a
/// labels file or another output.
[[nodiscard]] Status check_outputs(const EngineConfig& config, const std::string& summary);

}  // namespace weir::cli
