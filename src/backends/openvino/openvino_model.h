// SPDX-License-Identifier: Apache-2.0
// What weir's backend and the RKNN host runtime both want to know of OpenVINO's models and errors.
#pragma once

#include <cstdint>
#include <exception>
#include <string>

namespace ov {
class Model;
}

namespace weir::openvino {

/// The line of an exception's text that says what is wrong.
[[nodiscard]] std::string cause(const std::exception& error);

/// Of all constants, as stored.
[[nodiscard]] int64_t bytes_of_constants(const ov::Model& model);

/// What the ONNX file's metadata has under "names", which an IR made from it keeps; "" where there is
/// nothing.
[[nodiscard]] std::string class_names_text(const ov::Model& model);

}  // namespace weir::openvino
