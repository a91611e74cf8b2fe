// SPDX-License-Identifier: Apache-2.0
// The backend for Rockchip's NPUs.
#pragma once

#include <memory>
#include <string>

#include "infer/backend.h"

namespace weir {

/// `library_path`: of librknnrt.so; "" for what WEIR_RKNN_LIBRARY names, else the system's. Loaded at first
/// use. A context runs on core `core` of the NPU. Takes .rknn files; over weir's host runtime also ONNX and
/// OpenVINO IR. Inputs are letterboxed straight into memory that the NPU reads, outputs come as the model has
/// them, with scale and zero point.
[[nodiscard]] std::unique_ptr<Backend> make_rknn_backend(std::string library_path);

}  // namespace weir
