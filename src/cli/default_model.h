// SPDX-License-Identifier: Apache-2.0
// The detector that comes with weir, for those who name none.
#pragma once

#include <string>

namespace weir::cli {

/// The bundled model file: models/street.onnx beside the program, or share/weir/street.onnx beside its folder
/// where weir is installed. "" if there is none.
[[nodiscard]] std::string default_model();

}  // namespace weir::cli
