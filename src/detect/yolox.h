// SPDX-License-Identifier: Apache-2.0
// The head of YOLOX (Ge et al. 2021, arXiv:2107.08430, "decoupled head", anchor-free).
#pragma once

#include <memory>

#include "base/result.h"
#include "detect/decoder.h"

namespace weir {

/// For one output [1,N,5+C], f32, f16, i8 or u8 (the latter with scale and zero point): per grid
/// cell x, y, w, h, objectness and C class scores, the scores with the sigmoid applied (0..1). The
/// cells of stride 8 come first, then 16, then 32, each row by row. Decoded at cell (i, j):
///   centre = ((x + i) * stride, (y + j) * stride), size = (exp(w) * stride, exp(h) * stride),
///   score = objectness * the highest class score (the lowest id where classes tie).
/// Where the graph does that for boxes already, they are taken as they are. If the model's format doesn't
/// show its graph, boxes are raw, which Decoder::check() confirms.
/// kInvalidArgument: the outputs are not such a head.
[[nodiscard]] Result<std::unique_ptr<Decoder>> create_yolox_decoder(const ModelInfo& model);

}  // namespace weir
