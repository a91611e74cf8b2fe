// SPDX-License-Identifier: Apache-2.0
// From a model file to the graph that weir compiles: size, input conversion, names.
#pragma once

#include <memory>

#include <openvino/core/model.hpp>

#include "infer/backend.h"

namespace weir::openvino {

struct Graph {
  std::shared_ptr<ov::Model> model;  ///< input [1,H,W,3] u8 NHWC; conversion to f32 NCHW inside
  ModelInfo info;                    ///< precision not yet decided
  int64_t weights_bytes = 0;         ///< of the constants, as stored
};

/// Reads `spec.path` and gives the graph the input that weir writes. Errors: kNotFound, kInvalidArgument
/// (not a model, damaged, not one picture in), kUnsupported (can't take spec.input_size).
[[nodiscard]] Result<Graph> read_graph(const ModelSpec& spec);

}  // namespace weir::openvino
