// SPDX-License-Identifier: Apache-2.0
// Which of its exports a YOLOX head is: they have outputs of the same shape, which other families have, too.
#pragma once

#include <array>
#include <span>

#include "base/result.h"
#include "infer/formula.h"
#include "types/size.h"

namespace weir {

/// Of YOLOX: the cells of stride 8 come first, then those of 16, then of 32.
constexpr std::array<int, 3> kYoloxStrides = {8, 16, 32};

struct YoloxCell {
  int column = 0;
  int row = 0;
  int stride = 0;
};

enum class YoloxForm {
  kRaw,     ///< x, y, w, h as they leave the last layer
  kDecoded  ///< centre, width and height in input pixels (YOLOX's export with --decode_in_inference)
};

/// By how a graph computes its output [1,N,5+C], N the cells of `input`. The layers are grids of W/s x H/s
/// numbers; a cell has its own numbers of them. Both forms have sigmoid(layer) for objectness and classes; a
/// box is of layers alone in kRaw, and in kDecoded, in column i and row j of stride s, of
///   s*layer+s*i, s*layer+s*j, s*exp(layer), s*exp(layer).
/// kInvalidArgument: neither.
[[nodiscard]] Result<YoloxForm> yolox_form(const OutputFormulas& formulas, InputSize input);

/// For formats that don't show how outputs are computed: whether `values` [N,values_per_cell], which a model
/// has computed of a grey picture, can be a raw head. kInvalidArgument: they can't, because positions in the
/// picture are in them already (neighbouring cells' boxes lie beside each other, where a raw head says the
/// same of all), or because scores are not from 0 to 1.
[[nodiscard]] Status check_raw_yolox(std::span<const float> values, int values_per_cell, InputSize input);

}  // namespace weir
