// SPDX-License-Identifier: Apache-2.0
// What the classes of a model are called.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "infer/backend.h"

namespace weir {

/// One name a line; line ends of any system; blank lines at the end don't count.
/// Errors name the file: kNotFound, kInvalidArgument (not readable as text, no names).
[[nodiscard]] Result<std::vector<std::string>> read_labels(const std::string& path);

/// `num_classes` names: those of the file, if `labels_path` is not ""; else those that the model
/// brings; else COCO's, if there are 80 classes; else "class 0", "class 1", ...
/// kInvalidArgument: the file or the model names another number of classes.
[[nodiscard]] Result<std::vector<std::string>> choose_labels(const std::string& labels_path,
                                                             const ModelInfo& model, int num_classes);

}  // namespace weir
