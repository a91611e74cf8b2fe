// SPDX-License-Identifier: Apache-2.0
// How formulas are read off graphs, operation by operation.
#include "backends/openvino/openvino_formulas.h"

#include <memory>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openvino/opsets/opset14.hpp>

namespace weir {
namespace {

namespace op = ov::opset14;
using Function = Formula::Function;
using ov::Output;
using ov::Shape;
using Value = Output<ov::Node>;

template <class T>
Value numbers(const Shape& shape, const std::vector<T>& values) {
  return op::Constant::create(ov::element::from<T>(), shape, values);
}
Value number(float value) {
  return numbers<float>({}, {value});
}
Value integers(const std::vector<int64_t>& values) {
  return numbers<int64_t>({values.size()}, values);
}

/// A picture [1,1,4,6] and what is made of it.
class OpenvinoFormulas : public ::testing::Test {
 protected:
  std::shared_ptr<op::Parameter> picture_ =
      std::make_shared<op::Parameter>(ov::element::f32, Shape{1, 1, 4, 6});

  /// [1,3,2,3] of a convolution.
  Value convolution() const {
    const Value weights = numbers<float>({3, 1, 2, 2}, std::vector<float>(12, 1));
    return std::make_shared<op::Convolution>(picture_, weights, ov::Strides{2, 2}, ov::CoordinateDiff{0, 0},
                                             ov::CoordinateDiff{0, 0}, ov::Strides{1, 1});
  }
  Value layer() const {
    return std::make_shared<op::Add>(convolution(), numbers<float>({1, 3, 1, 1}, {1, 2, 3}));
  }

  /// [1,6,3]: the layer's cells row by row, of three channels each.
  static Value rows_of_cells(const Value& layer) {
    const Value flat = std::make_shared<op::Reshape>(layer, integers({1, 3, 6}), false);
    return std::make_shared<op::Transpose>(flat, integers({0, 2, 1}));
  }

  OutputFormulas formulas(const Value& output) const {
    const auto model = std::make_shared<ov::Model>(ov::OutputVector{output}, ov::ParameterVector{picture_});
    const std::vector<OutputFormulas> all = openvino::read_formulas(*model);
    EXPECT_EQ(all.size(), 1U);
    return all.at(0);
  }
  Formula formula(const Value& output, size_t row = 0, size_t column = 0) const {
    return formulas(output).at(row, column);
  }
  /// Described, with the cell.
  std::string text(const Value& output, size_t row = 0, size_t column = 0) const {
    const Formula found = formula(output, row, column);
    const std::string cell = std::to_string(found.cell.row) + "," + std::to_string(found.cell.column);
    return describe(found) + " @" + cell;
  }
};

TEST_F(OpenvinoFormulas, ALayerIsAConvolutionWithItsBias) {
  EXPECT_EQ(text(convolution(), 1, 2), "layer @1,2");
  EXPECT_EQ(text(layer(), 1, 2), "layer @1,2");
  EXPECT_EQ(formula(layer()).cell, (GridCell{.row = 0, .column = 0, .rows = 2, .columns = 3}));
  // The bias in 16 bits, as files keep it.
  const Value half = numbers<ov::float16>({1, 3, 1, 1}, {1, 2, 3});
  const Value bias = std::make_shared<op::Convert>(half, ov::element::f32);
  EXPECT_EQ(text(std::make_shared<op::Add>(bias, convolution())), "layer @0,0");
  // What differs from cell to cell is no bias.
  const Value grid = numbers<float>({1, 1, 2, 3}, {0, 1, 2, 3, 4, 5});
  EXPECT_EQ(text(std::make_shared<op::Add>(convolution(), grid), 1, 2), "layer+5 @1,2");
}

TEST_F(OpenvinoFormulas, OneElementOfEveryOutput) {
  const OutputFormulas all = formulas(rows_of_cells(layer()));
  EXPECT_THAT(all.rows, ::testing::ElementsAre(0, 1, 2, 3, 4, 5));
  EXPECT_THAT(all.columns, ::testing::ElementsAre(0, 1, 2));
  ASSERT_EQ(all.elements.size(), 18U);
  for (size_t row = 0; row < 6; ++row) {
    for (size_t column = 0; column < 3; ++column) {
      EXPECT_EQ(all.at(row, column).cell.row, static_cast<int64_t>(row / 3));
      EXPECT_EQ(all.at(row, column).cell.column, static_cast<int64_t>(row % 3));
    }
  }
  const Value one_dimension = std::make_shared<op::Reshape>(layer(), integers({18}), false);
  EXPECT_TRUE(formulas(one_dimension).elements.empty());
}

TEST_F(OpenvinoFormulas, FunctionsOfALayer) {
  const Value cells = rows_of_cells(layer());
  EXPECT_EQ(text(std::make_shared<op::Sigmoid>(cells), 4, 1), "sigmoid(layer) @1,1");
  EXPECT_EQ(text(std::make_shared<op::HardSigmoid>(cells, number(0.2F), number(0.5F))),
            "sigmoid(layer) @0,0");
  EXPECT_EQ(text(std::make_shared<op::Clamp>(cells, 0, 1)), "sigmoid(layer) @0,0");
  EXPECT_EQ(text(std::make_shared<op::Exp>(cells), 5), "exp(layer) @1,2");
  const auto unknown = [&](const Value& value) { return formula(value).operation; };
  EXPECT_EQ(unknown(std::make_shared<op::Clamp>(cells, 0, 6)), "Clamp");
  EXPECT_EQ(unknown(std::make_shared<op::Relu>(cells)), "Relu");
  EXPECT_EQ(unknown(std::make_shared<op::Softmax>(cells, 2)), "Softmax");
  EXPECT_EQ(unknown(std::make_shared<op::Sigmoid>(std::make_shared<op::Sigmoid>(cells))), "Sigmoid");
  EXPECT_EQ(unknown(std::make_shared<op::Exp>(std::make_shared<op::Multiply>(cells, number(2)))), "Exp");
  EXPECT_EQ(unknown(std::make_shared<op::Multiply>(cells, cells)), "Multiply");
  EXPECT_EQ(unknown(picture_), "Parameter");
}

TEST_F(OpenvinoFormulas, ScalesAndOffsetsAddUp) {
  const Value cells = rows_of_cells(layer());
  const Value grid = numbers<float>({1, 6, 1}, {0, 1, 2, 3, 4, 5});
  const Value shifted = std::make_shared<op::Add>(cells, grid);
  EXPECT_EQ(text(std::make_shared<op::Multiply>(number(8), shifted), 5), "8*layer+40 @1,2");
  EXPECT_EQ(text(std::make_shared<op::Subtract>(cells, number(0.5F))), "layer-0.5 @0,0");
  EXPECT_EQ(text(std::make_shared<op::Subtract>(number(1), cells)), "-1*layer+1 @0,0");
  EXPECT_EQ(text(std::make_shared<op::Divide>(shifted, number(4)), 2), "0.25*layer+0.5 @0,2");
  EXPECT_EQ(formula(std::make_shared<op::Divide>(number(1), cells)).operation, "Divide");
  EXPECT_EQ(formula(std::make_shared<op::Divide>(cells, number(0))).operation, "Divide");
  const Value twice = std::make_shared<op::Multiply>(std::make_shared<op::Exp>(cells), number(2));
  EXPECT_EQ(text(twice, 1), "2*exp(layer) @0,1");
  // One number of a layer for many places.
  const Value first =
      std::make_shared<op::Slice>(cells, integers({0}), integers({1}), integers({1}), integers({1}));
  const Value spread = std::make_shared<op::Add>(first, numbers<float>({1, 6, 1}, std::vector<float>(6, 2)));
  EXPECT_EQ(text(spread, 5, 2), "layer+2 @0,0");
}

TEST_F(OpenvinoFormulas, NumbersThatNoPictureChanges) {
  EXPECT_EQ(text(numbers<float>({2, 2}, {1, 2, 3, 4}), 1, 0), "the number 3 @0,0");
  const Value cells = rows_of_cells(layer());
  const Value ones = numbers<float>({1, 6, 1}, std::vector<float>(6, 1));
  const Value both = std::make_shared<op::Concat>(ov::OutputVector{cells, ones}, 2);
  EXPECT_EQ(text(std::make_shared<op::Multiply>(both, number(3)), 2, 3), "the number 3 @0,0");
}

// Grids that exporters leave in the graph as they were computed.
TEST_F(OpenvinoFormulas, ConstantsMayBeComputed) {
  const Value cells = rows_of_cells(layer());
  const Value shape = std::make_shared<op::ShapeOf>(cells, ov::element::i64);
  const Value count = std::make_shared<op::Gather>(shape, integers({1}), numbers<int64_t>({}, {0}));
  const Value scalar = std::make_shared<op::Squeeze>(count, integers({0}));
  const Value range = std::make_shared<op::Range>(numbers<int64_t>({}, {0}), scalar,
                                                  numbers<int64_t>({}, {1}), ov::element::f32);
  const Value grid = std::make_shared<op::Reshape>(range, integers({1, 6, 1}), false);
  EXPECT_EQ(text(std::make_shared<op::Add>(cells, grid), 4), "layer+4 @1,1");
}

TEST_F(OpenvinoFormulas, MovesAreFollowed) {
  const Value cells = rows_of_cells(layer());  // [1,6,3], cell c in row c
  const Value axis = numbers<int64_t>({}, {1});
  const auto slice = [&](int64_t start, int64_t stop, int64_t step) -> Value {
    return std::make_shared<op::Slice>(cells, integers({start}), integers({stop}), integers({step}),
                                       integers({1}));
  };
  EXPECT_EQ(text(slice(2, 6, 2), 1), "layer @1,1");
  EXPECT_EQ(text(slice(-2, 100, 1), 0), "layer @1,1");
  EXPECT_EQ(text(slice(-1, -100, -1), 1), "layer @1,1");
  const auto strided = [&](const std::vector<int64_t>& begin_mask, int64_t step) -> Value {
    return std::make_shared<op::StridedSlice>(cells, integers({0, 3, 0}), integers({0, 0, 0}),
                                              integers({1, step, 1}), begin_mask,
                                              std::vector<int64_t>{1, 1, 1});
  };
  EXPECT_EQ(text(strided({1, 0, 1}, 1), 1), "layer @1,1");
  EXPECT_EQ(text(strided({1, 1, 1}, 1), 1), "layer @0,1");
  EXPECT_EQ(text(strided({1, 1, 1}, -1), 1), "layer @1,1");
  EXPECT_EQ(text(strided({1, 0, 1}, -1), 3), "layer @0,0");
  const auto shrunk = std::make_shared<op::StridedSlice>(
      cells, integers({0, 0, 0}), integers({1, 6, 3}), integers({1, 1, 1}), std::vector<int64_t>{1, 1, 1},
      std::vector<int64_t>{1, 1, 1}, std::vector<int64_t>{0, 0, 0}, std::vector<int64_t>{1, 0, 0});
  EXPECT_EQ(formula(shrunk).operation, "StridedSlice");
  const auto split = std::make_shared<op::Split>(cells, axis, 3);
  EXPECT_EQ(text(split->output(2), 1), "layer @1,2");
  const auto uneven = std::make_shared<op::VariadicSplit>(cells, axis, integers({1, -1}));
  EXPECT_EQ(text(uneven->output(1), 3), "layer @1,1");
  EXPECT_EQ(text(std::make_shared<op::Concat>(ov::OutputVector{slice(4, 6, 1), slice(0, 4, 1)}, -2), 2),
            "layer @0,0");
  EXPECT_EQ(text(std::make_shared<op::Gather>(cells, integers({5, -2}), axis), 1), "layer @1,1");
  const Value squeezed = std::make_shared<op::Squeeze>(cells, integers({0}));
  EXPECT_EQ(text(squeezed, 5, 2), "layer @1,2");
  EXPECT_EQ(text(std::make_shared<op::Unsqueeze>(squeezed, integers({2})), 2), "layer @0,0")
      << "[6,3,1]: row 2 of cell 0";
  EXPECT_EQ(text(std::make_shared<op::Convert>(cells, ov::element::f16), 3), "layer @1,0");
  EXPECT_EQ(text(std::make_shared<op::Transpose>(squeezed, numbers<int64_t>({0}, {})), 2, 4), "layer @1,1");
  const Value by_picture = std::make_shared<op::Convert>(picture_, ov::element::i64);
  EXPECT_EQ(formula(std::make_shared<op::Gather>(
                        cells, std::make_shared<op::Reshape>(by_picture, integers({24}), false), axis))
                .operation,
            "Gather");
}

// Assignments to slices: boxes that are decoded in place.
TEST_F(OpenvinoFormulas, ReplacedElementsAreThoseThatReplace) {
  const Value cells = rows_of_cells(layer());
  const Value four = std::make_shared<op::Multiply>(
      std::make_shared<op::Slice>(cells, integers({3}), integers({5}), integers({1}), integers({1})),
      number(4));
  const Value into = numbers<int64_t>({1, 2, 2}, {0, 3, 0, 4});  // rows 3 and 4
  const Value replaced = std::make_shared<op::ScatterNDUpdate>(cells, into, four);
  EXPECT_EQ(text(replaced, 2, 1), "layer @0,2");
  EXPECT_EQ(text(replaced, 3, 1), "4*layer @1,0");
  EXPECT_EQ(text(replaced, 4, 0), "4*layer @1,1");
  EXPECT_EQ(text(replaced, 5, 2), "layer @1,2");
  const Value one = std::make_shared<op::ScatterNDUpdate>(cells, numbers<int64_t>({1, 3}, {0, -1, 2}),
                                                          numbers<float>({1}, {7}));
  EXPECT_EQ(text(one, 5, 2), "the number 7 @0,0");
  EXPECT_EQ(text(one, 5, 1), "layer @1,2");
}

// Quantising and dequantising changes a number by less than a step, and says nothing about what it is.
TEST_F(OpenvinoFormulas, QuantisationIsSeenThrough) {
  constexpr float kScale = 0.05F;
  constexpr float kZero = 100;
  const auto quantised = [&](const Value& value) -> Value {
    const Value low = number(-kZero * kScale);
    const Value high = number((255 - kZero) * kScale);
    const Value stored = std::make_shared<op::Convert>(
        std::make_shared<op::FakeQuantize>(value, low, high, number(0), number(255), 256), ov::element::u8);
    const Value read = std::make_shared<op::Convert>(stored, ov::element::f32);
    return std::make_shared<op::Multiply>(std::make_shared<op::Subtract>(read, number(kZero)),
                                          number(kScale));
  };
  const Value cells = rows_of_cells(quantised(layer()));
  EXPECT_EQ(text(cells, 4), "layer @1,1");
  EXPECT_EQ(text(quantised(std::make_shared<op::Sigmoid>(cells)), 4), "sigmoid(layer) @1,1");
}

}  // namespace
}  // namespace weir
