// SPDX-License-Identifier: Apache-2.0
// Networks on the CPU of any PC, by OpenVINO. Embedded: the library is linked, not installed.
#pragma once

#include <memory>

#include "infer/backend.h"

namespace weir {

/// ONNX and OpenVINO IR (.xml with .bin). One context computes on one core.
[[nodiscard]] std::unique_ptr<Backend> make_openvino_backend();

}  // namespace weir
