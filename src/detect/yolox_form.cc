// SPDX-License-Identifier: Apache-2.0
#include "detect/yolox_form.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace weir {
namespace {

using Function = Formula::Function;

constexpr int64_t kFirstScore = 4;  ///< after x, y, w, h

/// Where an element of the output lies in the head.
struct Place {
  YoloxCell cell;
  GridCell in_grid;
  int64_t anchor = 0;
  int64_t value = 0;  ///< of x, y, w, h, objectness, classes
};

Place place_of(int64_t anchor, int64_t value, InputSize input) {
  int64_t rest = anchor;
  for (const int stride : kYoloxStrides) {
    const int columns = input.width_px / stride;
    const int rows = input.height_px / stride;
    if (rest < int64_t{columns} * rows) {
      const YoloxCell cell{static_cast<int>(rest % columns), static_cast<int>(rest / columns), stride};
      return {cell, {cell.row, cell.column, rows, columns}, anchor, value};
    }
    rest -= int64_t{columns} * rows;
  }
  assert(false && "the output has as many rows as there are cells");
  return {};
}

Place place_of(size_t element, const OutputFormulas& formulas, InputSize input) {
  return place_of(formulas.rows[element / formulas.columns.size()],
                  formulas.columns[element % formulas.columns.size()], input);
}

/// What the form has in that place.
Formula expected(YoloxForm form, const Place& place) {
  if (place.value >= kFirstScore) return {.function = Function::kSigmoid, .cell = place.in_grid};
  if (form == YoloxForm::kRaw) return {.function = Function::kLayer, .cell = place.in_grid};
  const auto stride = static_cast<float>(place.cell.stride);
  if (place.value >= 2) return {.function = Function::kExp, .scale = stride, .cell = place.in_grid};
  return {.function = Function::kLayer,
          .scale = stride,
          .offset = stride * static_cast<float>(place.value == 0 ? place.cell.column : place.cell.row),
          .cell = place.in_grid};
}

/// But for the number of the layer.
bool is_same_kind(const Formula& a, const Formula& b) {
  constexpr float kRounding = 1e-3F;  // 16-bit floats hold the offsets of large pictures no better
  const auto near = [](float x, float y) {
    return std::abs(x - y) <= kRounding * std::max(1.0F, std::abs(y));
  };
  return a.function == b.function && near(a.scale, b.scale) && near(a.offset, b.offset);
}

std::string name_of(int64_t value) {
  constexpr std::array<std::string_view, 5> kNames = {"x", "y", "width", "height", "objectness"};
  if (value < static_cast<int64_t>(kNames.size())) return std::string(kNames[static_cast<size_t>(value)]);
  return fmt::format("the score of class {}", value - static_cast<int64_t>(kNames.size()));
}

/// The number of the first element that is not what the form has there; that of elements, if all are.
size_t first_difference(YoloxForm form, const OutputFormulas& formulas, InputSize input) {
  size_t i = 0;
  while (i < formulas.elements.size()) {
    const Formula right = expected(form, place_of(i, formulas, input));
    if (!is_same_kind(formulas.elements[i], right) || formulas.elements[i].cell != right.cell) break;
    ++i;
  }
  return i;
}

Error not_yolox(std::string_view why) {
  return {ErrorCode::kInvalidArgument,
          fmt::format("not a YOLOX head, though its output has that shape: {}", why)};
}

/// `first`: the element that tells it.
Error neither(const OutputFormulas& formulas, InputSize input, size_t first) {
  const Place place = place_of(first, formulas, input);
  const Formula& found = formulas.elements[first];
  const Formula raw = expected(YoloxForm::kRaw, place);
  const Formula decoded = expected(YoloxForm::kDecoded, place);
  const std::string what = fmt::format("{} of cell {}", name_of(place.value), place.anchor);
  if (is_same_kind(found, raw) || is_same_kind(found, decoded)) {
    return not_yolox(fmt::format("{} comes from {}, where YOLOX has it from {}", what, describe(found.cell),
                                 describe(place.in_grid)));
  }
  const std::string right = is_same_kind(raw, decoded)
                                ? describe(raw)
                                : fmt::format("{} (raw) or {} (decoded)", describe(raw), describe(decoded));
  return not_yolox(fmt::format("{} is {}, where YOLOX has {}", what, describe(found), right));
}

/// How the first of each cell's values goes with the cell's column (or row) in a grid of `columns` x `rows`
/// cells, whose values are the first of `values`: the correlation, -1 to 1; 0 if there is none, as for equal
/// numbers.
double correlation_with_position(std::span<const float> values, int values_per_cell, int columns, int rows,
                                 bool along_x) {
  const auto value = [&](int cell) -> double { return values[static_cast<size_t>(cell) * values_per_cell]; };
  const int cells = columns * rows;
  double mean = 0;
  for (int cell = 0; cell < cells; ++cell) mean += value(cell) / cells;
  const double middle = ((along_x ? columns : rows) - 1) / 2.0;
  double values_spread = 0;
  double positions_spread = 0;
  double together = 0;
  for (int cell = 0; cell < cells; ++cell) {
    const double from_mean = value(cell) - mean;
    const double from_middle = (along_x ? cell % columns : cell / columns) - middle;
    values_spread += from_mean * from_mean;
    positions_spread += from_middle * from_middle;
    together += from_mean * from_middle;
  }
  const double spread = std::sqrt(values_spread * positions_spread);
  return spread > 0 ? together / spread : 0;
}

}  // namespace

Result<YoloxForm> yolox_form(const OutputFormulas& formulas, InputSize input) {
  const size_t raw = first_difference(YoloxForm::kRaw, formulas, input);
  const size_t decoded = first_difference(YoloxForm::kDecoded, formulas, input);
  if (raw == formulas.elements.size()) return YoloxForm::kRaw;
  if (decoded == formulas.elements.size()) return YoloxForm::kDecoded;
  return neither(formulas, input, std::max(raw, decoded));
}

Status check_raw_yolox(std::span<const float> values, int values_per_cell, InputSize input) {
  constexpr double kFollows = 0.9;   // raw heads were measured at -0.9 to 0.6, decoded ones at 0.999
  constexpr float kRounding = 0.1F;  // of scores in 8 bits
  const int columns = input.width_px / kYoloxStrides[0];
  const int rows = input.height_px / kYoloxStrides[0];
  const double x = correlation_with_position(values, values_per_cell, columns, rows, /*along_x=*/true);
  const double y =
      correlation_with_position(values.subspan(1), values_per_cell, columns, rows, /*along_x=*/false);
  if (x > kFollows && y > kFollows) {
    return not_yolox(
        "the boxes are decoded already, and the format doesn't show how; export the model without its "
        "decoding");
  }
  for (size_t i = 0; i < values.size(); ++i) {
    if (static_cast<int64_t>(i % values_per_cell) < kFirstScore) continue;
    if (!(values[i] < -kRounding || values[i] > 1 + kRounding)) continue;  // nor does NaN say anything
    return not_yolox(
        fmt::format("{} of cell {} is {:g}, where YOLOX has 0 to 1; export the model with the sigmoid",
                    name_of(static_cast<int64_t>(i % values_per_cell)), i / values_per_cell, values[i]));
  }
  return {};
}

}  // namespace weir
