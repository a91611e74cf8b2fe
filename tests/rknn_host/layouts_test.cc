// SPDX-License-Identifier: Apache-2.0
// Images of a width that a board would pad, and outputs in the layout that a board computes in.
#include <array>

#include <gmock/gmock.h>
#include <openvino/core/graph_util.hpp>
#include <openvino/core/model.hpp>
#include <openvino/opsets/opset8.hpp>

#include "tests/rknn_host/api_fixture.h"
#include "types/half.h"

namespace weir {
namespace {

using ::testing::ElementsAre;

constexpr uint32_t kHeight = 6;
constexpr uint32_t kWidth = 20;
constexpr uint32_t kPixels = kHeight * kWidth;

/// [1,3,6,20] "picture", halved, to [1,3,6,20] "halved", and without its second half of rows to [1,3,3,20]
/// "upper".
void write_halving_model(const std::string& path) {
  namespace op = ov::opset8;
  const auto picture = std::make_shared<op::Parameter>(ov::element::f32, ov::Shape{1, 3, kHeight, kWidth});
  picture->output(0).set_names({"picture"});
  const auto half = op::Constant::create(ov::element::f32, ov::Shape{}, std::vector<float>{0.5F});
  const auto halved = std::make_shared<op::Multiply>(picture, half);
  halved->output(0).set_names({"halved"});
  const auto rows =
      std::make_shared<op::Split>(halved, op::Constant::create(ov::element::i64, ov::Shape{}, {2}), 2);
  rows->output(0).set_names({"upper"});
  ov::serialize(
      std::make_shared<ov::Model>(ov::OutputVector{halved, rows->output(0)}, ov::ParameterVector{picture}),
      path);
}

class RknnLayouts : public testing::RknnApi {
 protected:
  void SetUp() override {
    model_ = folder_.file("halving.xml");
    write_halving_model(model_);
    pixels_ = picture(1, kPixels * 3);
  }

  /// What the network gives for channel c at a place of the first output.
  [[nodiscard]] float expected(size_t c, size_t place) const {
    return static_cast<float>(pixels_[place * 3 + c]) / 2;
  }

  std::vector<uint8_t> pixels_;  // [6][20][3]
};

TEST_F(RknnLayouts, RowsArePaddedAsToldAndOutputsComeInBlocks) {
  const rknn_context context = init();
  rknn_tensor_attr input = attr(context, RKNN_QUERY_NATIVE_INPUT_ATTR);
  EXPECT_EQ(input.w_stride, 32U);
  EXPECT_EQ(input.size, kPixels * 3 * 2);
  EXPECT_EQ(input.size_with_stride, kHeight * 32 * 3 * 2);
  input.type = RKNN_TENSOR_UINT8;
  rknn_tensor_mem* from = bind(context, input, input.size_with_stride);
  ASSERT_NE(from, nullptr);
  for (uint32_t y = 0; y < kHeight; ++y) {
    std::memcpy(static_cast<uint8_t*>(from->virt_addr) + y * 32 * 3, pixels_.data() + y * kWidth * 3,
                kWidth * 3);
  }
  const rknn_tensor_attr blocks = attr(context, RKNN_QUERY_NATIVE_OUTPUT_ATTR);
  EXPECT_EQ(blocks.fmt, RKNN_TENSOR_NC1HWC2);
  EXPECT_THAT(dims(blocks), ElementsAre(1, 1, kHeight, kWidth, 8));
  EXPECT_EQ(blocks.size, kPixels * 8 * 2);
  EXPECT_THAT(dims(attr(context, RKNN_QUERY_NATIVE_NHWC_OUTPUT_ATTR)), ElementsAre(1, kHeight, kWidth, 3));
  EXPECT_THAT(dims(attr(context, RKNN_QUERY_OUTPUT_ATTR)), ElementsAre(1, 3, kHeight, kWidth));
  rknn_tensor_mem* to = bind(context, blocks, blocks.size_with_stride);
  ASSERT_NE(to, nullptr);
  ASSERT_EQ(rknn_run(context, nullptr), RKNN_SUCC);
  const auto* stored = static_cast<const uint16_t*>(to->virt_addr);
  for (size_t place = 0; place < kPixels; ++place) {
    for (size_t c = 0; c < 8; ++c) {
      ASSERT_EQ(half_to_float(stored[place * 8 + c]), c < 3 ? expected(c, place) : 0.0F);
    }
  }
  for (rknn_tensor_mem* memory : {from, to}) EXPECT_EQ(rknn_destroy_mem(context, memory), RKNN_SUCC);
}

TEST_F(RknnLayouts, BlocksOfQuantizedOutputsHaveSixteenChannels) {
  use_map(
      R"({"models": {"halving.xml": {"outputs": {"halved": {"type": "int8", "scale": 1, "zero_point": -128}}}}})");
  const rknn_context context = init();
  ASSERT_EQ(set_picture(context, pixels_), RKNN_SUCC);
  const rknn_tensor_attr blocks = attr(context, RKNN_QUERY_NATIVE_OUTPUT_ATTR);
  EXPECT_THAT(dims(blocks), ElementsAre(1, 1, kHeight, kWidth, 16));
  rknn_tensor_mem* to = bind(context, blocks, blocks.size_with_stride);
  ASSERT_NE(to, nullptr);
  ASSERT_EQ(rknn_run(context, nullptr), RKNN_SUCC);
  for (size_t place = 0; place < kPixels; ++place) {
    const auto value = static_cast<const int8_t*>(to->virt_addr)[place * 16];
    ASSERT_NEAR(value + 128, expected(0, place), 0.5);
  }
  rknn_tensor_attr wrong = blocks;
  wrong.dims[4] = 0;
  EXPECT_EQ(rknn_set_io_mem(context, to, &wrong), RKNN_ERR_PARAM_INVALID);
  EXPECT_EQ(rknn_destroy_mem(context, to), RKNN_SUCC);
}

// Many programs leave every index 0: then the order of the array counts, as on a board.
TEST_F(RknnLayouts, OutputsAreToldApartByIndexOrElseByOrder) {
  const rknn_context context = init();
  ASSERT_EQ(set_picture(context, pixels_), RKNN_SUCC);
  ASSERT_EQ(rknn_run(context, nullptr), RKNN_SUCC);
  for (const bool reversed : {false, true}) {
    std::array<rknn_output, 2> outputs{};
    for (rknn_output& output : outputs) output.want_float = 1;
    if (reversed) outputs[0].index = 1;
    ASSERT_EQ(rknn_outputs_get(context, 2, outputs.data(), nullptr), RKNN_SUCC);
    EXPECT_EQ(outputs[0].size, kPixels * 3 * 4 / (reversed ? 2 : 1));
    EXPECT_EQ(outputs[1].size, kPixels * 3 * 4 / (reversed ? 1 : 2));
    EXPECT_EQ(static_cast<const float*>(outputs[reversed ? 1 : 0].buf)[kPixels], expected(1, 0));
    EXPECT_EQ(rknn_outputs_release(context, 2, outputs.data()), RKNN_SUCC);
  }
}

// OpenVINO writes an empty file of weights for such a model.
TEST_F(RknnLayouts, ModelsMayHaveNoWeights) {
  const auto input = std::make_shared<ov::opset8::Parameter>(ov::element::f32, ov::Shape{1, 4});
  const auto relu = std::make_shared<ov::opset8::Relu>(input);
  ov::serialize(std::make_shared<ov::Model>(ov::OutputVector{relu}, ov::ParameterVector{input}), model_);
  const rknn_context context = init();
  const std::array<float, 4> values{-1, 0, 1, 2};
  ASSERT_EQ(set_input(context, values.data(), sizeof(values), RKNN_TENSOR_FLOAT32), RKNN_SUCC);
  ASSERT_EQ(rknn_run(context, nullptr), RKNN_SUCC);
  EXPECT_THAT(floats(context), ElementsAre(0, 0, 1, 2));
}

}  // namespace
}  // namespace weir
