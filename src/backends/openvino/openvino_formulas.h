// SPDX-License-Identifier: Apache-2.0
// Reads off a graph how the elements of its outputs are computed.
#pragma once

#include <vector>

#include <openvino/core/model.hpp>

#include "infer/formula.h"

namespace weir::openvino {

/// Of each output, in the model's order. Follows an element from the output back through what only moves,
/// scales or shifts elements (as quantising and dequantising does, but for the rounding) to what computes it.
[[nodiscard]] std::vector<OutputFormulas> read_formulas(const ov::Model& model);

}  // namespace weir::openvino
