// SPDX-License-Identifier: Apache-2.0
// How the last steps of a network compute its outputs. Models of different families have outputs of the same
// shape; what their graphs apply to the layers' numbers, and what they leave to the reader, tells them apart.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace weir {

/// Where in its last two dimensions an element of a tensor is, and how large these are.
struct GridCell {
  int64_t row = 0;
  int64_t column = 0;
  int64_t rows = 0;
  int64_t columns = 0;

  friend bool operator==(const GridCell&, const GridCell&) = default;
};

/// "row 3, column 0 of a layer of 52x52"
[[nodiscard]] std::string describe(const GridCell& cell);

/// One element of an output: scale * f(layer) + offset, where `layer` is one number of what a convolution
/// gives, its bias included, and f is the function.
struct Formula {
  enum class Function {
    kUnknown,   ///< something else; see operation
    kConstant,  ///< the number `offset`, whatever the picture is
    kLayer,     ///< layer
    kSigmoid,   ///< sigmoid(layer), or another function of it alone that gives 0 to 1
    kExp        ///< exp(layer)
  };
  Function function = Function::kUnknown;
  float scale = 1;
  float offset = 0;
  /// Of kLayer, kSigmoid and kExp: which number of the layer, whose shape is [N,C,rows,columns].
  GridCell cell;
  std::string operation;  ///< of kUnknown: which one it is, as the runtime calls it: "Softmax"
};

/// "layer", "8*layer+16", "sigmoid(layer)", "16*exp(layer)", "the number 1", "the outcome of Softmax"
[[nodiscard]] std::string describe(const Formula& formula);

/// Formulas of some elements of an output of shape [...,R,C]: of those with the indices `rows` and `columns`
/// in the last two dimensions, and 0 in all others. An output of fewer than two dimensions has none.
struct OutputFormulas {
  std::vector<int64_t> rows;      ///< sampled_indices(R)
  std::vector<int64_t> columns;   ///< sampled_indices(C)
  std::vector<Formula> elements;  ///< row by row

  /// Indices into `rows` and `columns`.
  [[nodiscard]] const Formula& at(size_t row, size_t column) const {
    return elements[row * columns.size() + column];
  }
};

/// Of 0, 1, ..., extent - 1: the first eight, the last one, and some spread evenly between; 24 at most.
[[nodiscard]] std::vector<int64_t> sampled_indices(int64_t extent);

}  // namespace weir
