// SPDX-License-Identifier: Apache-2.0
// A YOLOX output made by hand, in any element type.
#pragma once

#include <cassert>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <vector>

#include "infer/backend.h"
#include "types/tensor.h"

namespace weir::testing {

/// What to write into one cell. Width and height in input pixels.
struct HeadCell {
  int stride = 8;
  int column = 0;
  int row = 0;
  float x = 0.5F;
  float y = 0.5F;
  float width_px = 16;
  float height_px = 16;
  float objectness = 1;
  std::vector<float> scores;  ///< one a class
};

/// f32, all zero: scores 0 everywhere.
class YoloxHead {
 public:
  YoloxHead(InputSize input, int num_classes) : input_(input), values_per_anchor_(5 + num_classes) {
    info_.name = "output";
    info_.shape = {1, cells_before(64), values_per_anchor_};
    values_.resize(static_cast<size_t>(info_.elements()));
    info_.size_bytes = values_.size() * sizeof(float);
  }

  /// The anchor's number.
  int set(const HeadCell& cell) {
    const int anchor = cells_before(cell.stride) + cell.row * (input_.width_px / cell.stride) + cell.column;
    float* value = values_.data() + anchor * values_per_anchor_;
    const auto stride = static_cast<float>(cell.stride);
    value[0] = cell.x;
    value[1] = cell.y;
    value[2] = std::log(cell.width_px / stride);
    value[3] = std::log(cell.height_px / stride);
    value[4] = cell.objectness;
    for (size_t i = 0; i < cell.scores.size(); ++i) value[5 + i] = cell.scores[i];
    return anchor;
  }

  [[nodiscard]] std::vector<float>& values() { return values_; }
  [[nodiscard]] ConstTensorView view() const { return {&info_, values_.data()}; }

  /// What a backend says of a model with this head.
  [[nodiscard]] ModelInfo model() const {
    ModelInfo model;
    model.path = "model.onnx";
    model.input_size = input_;
    model.inputs = {{.name = "images",
                     .shape = {1, input_.height_px, input_.width_px, 3},
                     .type = ElementType::kU8,
                     .layout = Layout::kNhwc}};
    model.outputs = {info_};
    return model;
  }

 private:
  /// Cells of the strides below this one.
  [[nodiscard]] int cells_before(int stride) const {
    int cells = 0;
    for (int below = 8; below < stride; below *= 2) {
      cells += (input_.width_px / below) * (input_.height_px / below);
    }
    return cells;
  }

  InputSize input_;
  int values_per_anchor_;
  TensorInfo info_;
  std::vector<float> values_;
};

}  // namespace weir::testing
