// SPDX-License-Identifier: Apache-2.0
// What a model is made of: the file that a user names, and the files that this one leans on.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace weir {

/// The files of the model at `path`, which comes first: X.bin of an OpenVINO IR X.xml, if it is there; the
/// files that an ONNX file keeps tensors in. Those must lie in the ONNX file's folder or below, links
/// followed. Errors: kNotFound (`path`, or a file that the ONNX file names), kInvalidArgument (damaged; a
/// file outside the folder; one that is too short).
[[nodiscard]] Result<std::vector<std::string>> model_files(const std::string& path);

}  // namespace weir
