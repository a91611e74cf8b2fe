// SPDX-License-Identifier: Apache-2.0
#include "infer/formula.h"

#include <algorithm>

#include <fmt/format.h>

namespace weir {
namespace {

std::string text_of(Formula::Function function) {
  switch (function) {
    case Formula::Function::kSigmoid:
      return "sigmoid(layer)";
    case Formula::Function::kExp:
      return "exp(layer)";
    default:
      return "layer";
  }
}

}  // namespace

std::string describe(const GridCell& cell) {
  return fmt::format("row {}, column {} of a layer of {}x{}", cell.row, cell.column, cell.columns, cell.rows);
}

std::string describe(const Formula& formula) {
  if (formula.function == Formula::Function::kUnknown) return "the outcome of " + formula.operation;
  if (formula.function == Formula::Function::kConstant) return fmt::format("the number {:g}", formula.offset);
  std::string text = text_of(formula.function);
  if (formula.scale != 1) text = fmt::format("{:g}*{}", formula.scale, text);
  if (formula.offset != 0) text += fmt::format("{:+g}", formula.offset);
  return text;
}

std::vector<int64_t> sampled_indices(int64_t extent) {
  constexpr int64_t kFirst = 8;
  constexpr int64_t kSpread = 16;
  std::vector<int64_t> indices;
  for (int64_t i = 0; i < std::min(extent, kFirst); ++i) indices.push_back(i);
  const int64_t rest = extent - kFirst;
  const int64_t steps = std::min(rest, kSpread);
  for (int64_t i = 1; i <= steps; ++i) indices.push_back(kFirst - 1 + rest * i / steps);
  return indices;
}

}  // namespace weir
