// SPDX-License-Identifier: Apache-2.0
#include "backends/openvino/openvino_formulas.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <initializer_list>
#include <optional>
#include <string_view>
#include <utility>

#include <openvino/op/clamp.hpp>

#include "backends/openvino/openvino_constants.h"
#include "backends/openvino/openvino_moves.h"

namespace weir::openvino {
namespace {

using Function = Formula::Function;

std::string_view type_of(const ov::Node& node) {
  return node.get_type_name();
}

bool is_one_of(const ov::Node& node, std::initializer_list<std::string_view> operations) {
  return std::ranges::find(operations, type_of(node)) != operations.end();
}

bool is_layer(const ov::Node& node) {
  return is_one_of(
      node, {"Convolution", "GroupConvolution", "ConvolutionBackpropData", "GroupConvolutionBackpropData"});
}

/// A number a channel, or one for all: [1,C,1,1] for a layer of shape [N,C,H,W].
bool is_bias_shape(const ov::Shape& bias, size_t rank) {
  constexpr size_t kChannel = 1;
  if (bias.size() > rank) return false;
  for (size_t i = 0; i < bias.size(); ++i) {
    if (bias[i] != 1 && i + rank - bias.size() != kChannel) return false;
  }
  return true;
}

/// The function that the node applies to each number.
Function function_of(const ov::Node& node) {
  if (is_one_of(node, {"Sigmoid", "HardSigmoid"})) return Function::kSigmoid;
  if (type_of(node) == "Exp") return Function::kExp;
  const auto* clamp = ov::as_type<const ov::op::v0::Clamp>(&node);
  return clamp != nullptr && clamp->get_min() >= 0 && clamp->get_max() <= 1 ? Function::kSigmoid
                                                                            : Function::kUnknown;
}

/// What has been done to an element since: scale * element + offset.
struct Line {
  double scale = 1;
  double offset = 0;

  /// The element is itself scale * element + offset of another.
  void follow(const Line& inner) {
    offset += scale * inner.offset;
    scale *= inner.scale;
  }
  /// But for the rounding of 32 bits and of scales that were written in decimal.
  [[nodiscard]] bool is_identity() const {
    constexpr double kRounding = 1e-4;
    return std::abs(scale - 1) < kRounding && std::abs(offset) < kRounding;
  }
};

class Tracer {
 public:
  explicit Tracer(const ov::Model& model) : constants_(model) {}

  Formula trace(Element element) {
    const Line line = follow(element);
    if (const auto number = number_at(element.tensor, element.at))
      return formula(Function::kConstant, {.scale = 0, .offset = line.offset + line.scale * *number}, {});
    if (is_biased_layer(element)) return formula(Function::kLayer, line, cell_of(element));
    const ov::Node& node = *element.tensor.get_node();
    if (const Function function = function_of(node); function != Function::kUnknown) {
      Element argument{node.input_value(0), element.at};
      if (follow(argument).is_identity() && is_biased_layer(argument))
        return formula(function, line, cell_of(argument));
    }
    return {.function = Function::kUnknown, .operation = std::string(type_of(node))};
  }

 private:
  static Formula formula(Function function, const Line& line, const GridCell& cell) {
    const Line rounded = line.is_identity() ? Line() : line;
    return {.function = function,
            .scale = static_cast<float>(rounded.scale),
            .offset = static_cast<float>(rounded.offset),
            .cell = cell};
  }

  /// Of an element of [N,C,rows,columns].
  static GridCell cell_of(const Element& element) {
    const ov::Shape& shape = element.tensor.get_shape();
    const size_t row = shape.size() - 2;
    return {.row = static_cast<int64_t>(element.at[row]),
            .column = static_cast<int64_t>(element.at[row + 1]),
            .rows = static_cast<int64_t>(shape[row]),
            .columns = static_cast<int64_t>(shape[row + 1])};
  }

  /// Moves `element` back to the operation that computes it; says what is done to it from there on.
  Line follow(Element& element) {
    constexpr int kMostSteps = 200;
    Line line;
    for (int step = 0; step < kMostSteps && element.tensor.get_partial_shape().is_static(); ++step) {
      if (is_biased_layer(element) || constants_.floats(element.tensor) != nullptr) break;
      auto source = origin(element, constants_);
      if (!source) source = through_arithmetic(element, line);
      if (!source) break;
      element = *std::move(source);
    }
    return line;
  }

  /// Of a constant tensor that may be broadcast to where `at` is.
  std::optional<double> number_at(const ov::Output<ov::Node>& tensor, const std::vector<size_t>& at) {
    if (tensor.get_partial_shape().is_dynamic() || tensor.get_shape().size() > at.size()) return std::nullopt;
    const std::vector<float>* numbers = constants_.floats(tensor);
    if (numbers == nullptr) return std::nullopt;
    return (*numbers)[linear_index(broadcast(at, tensor.get_shape()), tensor.get_shape())];
  }

  /// A convolution, with its bias if it has one.
  bool is_biased_layer(const Element& element) {
    const ov::Node& node = *element.tensor.get_node();
    if (element.tensor.get_partial_shape().is_dynamic()) return false;
    if (is_layer(node)) return true;
    if (type_of(node) != "Add") return false;
    for (const size_t i : {0, 1}) {
      const ov::Node* layer = node.get_input_node_ptr(i);
      if (type_of(*layer) == "Convert") layer = layer->get_input_node_ptr(0);
      const ov::Output<ov::Node> bias = node.input_value(1 - i);
      if (is_layer(*layer) && layer->get_output_partial_shape(0) == element.tensor.get_partial_shape() &&
          bias.get_partial_shape().is_static() && is_bias_shape(bias.get_shape(), element.at.size()) &&
          constants_.floats(bias) != nullptr)
        return true;
    }
    return false;
  }

  /// The element that a sum, product or the like of it and constants is computed from; `line` follows.
  std::optional<Element> through_arithmetic(const Element& element, Line& line) {
    const ov::Node& node = *element.tensor.get_node();
    if (type_of(node) == "FakeQuantize") return through_quantisation(element, line);
    if (!is_one_of(node, {"Add", "Subtract", "Multiply", "Divide"})) return std::nullopt;
    for (const size_t i : {0, 1}) {
      const auto number = number_at(node.input_value(1 - i), element.at);
      const ov::Output<ov::Node> source = node.input_value(i);
      if (!number || source.get_partial_shape().is_dynamic()) continue;
      const auto step = arithmetic(type_of(node), *number, /*is_first=*/i == 0);
      if (!step) return std::nullopt;
      line.follow(*step);
      return Element{source, broadcast(element.at, source.get_shape())};
    }
    return std::nullopt;
  }

  /// `is_first`: element - number, not number - element.
  static std::optional<Line> arithmetic(std::string_view operation, double number, bool is_first) {
    if (operation == "Add") return Line{1, number};
    if (operation == "Multiply") return Line{number, 0};
    if (operation == "Subtract") return is_first ? Line{1, -number} : Line{-1, number};
    return is_first && number != 0 ? std::optional(Line{1 / number, 0}) : std::nullopt;
  }

  /// Inputs: data, and from which range to which.
  std::optional<Element> through_quantisation(const Element& element, Line& line) {
    const ov::Node& node = *element.tensor.get_node();
    std::array<double, 4> range{};
    for (size_t i = 0; i < range.size(); ++i) {
      const auto number = number_at(node.input_value(i + 1), element.at);
      if (!number) return std::nullopt;
      range[i] = *number;
    }
    const auto [from_low, from_high, to_low, to_high] = range;
    if (from_low == from_high) return std::nullopt;
    const double scale = (to_high - to_low) / (from_high - from_low);
    line.follow({scale, to_low - from_low * scale});
    return Element{node.input_value(0), element.at};
  }

  Constants constants_;
};

OutputFormulas formulas_of(const ov::Output<const ov::Node>& output, Tracer& tracer) {
  OutputFormulas formulas;
  if (output.get_partial_shape().is_dynamic() || output.get_shape().size() < 2) return formulas;
  const ov::Shape& shape = output.get_shape();
  formulas.rows = sampled_indices(static_cast<int64_t>(shape[shape.size() - 2]));
  formulas.columns = sampled_indices(static_cast<int64_t>(shape.back()));
  const ov::Output<ov::Node> tensor = output.get_node()->input_value(0);  // of the Result
  for (const int64_t row : formulas.rows) {
    for (const int64_t column : formulas.columns) {
      std::vector<size_t> at(shape.size());
      at[shape.size() - 2] = static_cast<size_t>(row);
      at.back() = static_cast<size_t>(column);
      formulas.elements.push_back(tracer.trace({tensor, std::move(at)}));
    }
  }
  return formulas;
}

}  // namespace

std::vector<OutputFormulas> read_formulas(const ov::Model& model) {
  Tracer tracer(model);
  std::vector<OutputFormulas> formulas;
  for (const ov::Output<const ov::Node>& output : model.outputs())
    formulas.push_back(formulas_of(output, tracer));
  return formulas;
}

}  // namespace weir::openvino
