// SPDX-License-Identifier: Apache-2.0
// rknn_dup_context shares the weights in truth: the operating system says so.
#include <openvino/core/graph_util.hpp>
#include <openvino/core/model.hpp>
#include <openvino/opsets/opset8.hpp>

#include "memory/process_memory.h"
#include "tests/rknn_host/api_fixture.h"

namespace weir {
namespace {

constexpr size_t kInputs = 1024;
constexpr size_t kOutputs = 8192;
constexpr int64_t kWeightBytes = kInputs * kOutputs * sizeof(float);

/// One matrix multiplication of 32 MB of weights.
void write_heavy_model(const std::string& path) {
  namespace op = ov::opset8;
  const auto input = std::make_shared<op::Parameter>(ov::element::f32, ov::Shape{1, kInputs});
  input->output(0).set_names({"vector"});
  std::vector<float> weights(kInputs * kOutputs);
  for (size_t i = 0; i < weights.size(); ++i) weights[i] = static_cast<float>(i % 251) / 251.0F;
  const auto matrix = op::Constant::create(ov::element::f32, ov::Shape{kInputs, kOutputs}, weights);
  const auto product = std::make_shared<op::MatMul>(input, matrix);
  product->output(0).set_names({"product"});
  ov::serialize(std::make_shared<ov::Model>(ov::OutputVector{product}, ov::ParameterVector{input}), path);
}

class RknnSharing : public testing::RknnApi {
 protected:
  void SetUp() override {
    model_ = folder_.file("heavy.xml");
    write_heavy_model(model_);
  }
};

TEST_F(RknnSharing, WeightsAreInMemoryOnce) {
  const rknn_context first = init();
  const int64_t with_one = settled_anonymous_bytes();
  for (int i = 0; i < 4; ++i) (void)duplicate(first);
  const int64_t with_copies = settled_anonymous_bytes();
  EXPECT_LT(with_copies - with_one, kWeightBytes / 2) << "four duplicates, not even half the weights";
  (void)init();
  EXPECT_GT(settled_anonymous_bytes() - with_copies, kWeightBytes / 2)
      << "a second init, which shares nothing";

  rknn_mem_size size{};
  ASSERT_EQ(rknn_query(first, RKNN_QUERY_MEM_SIZE, &size, sizeof(size)), RKNN_SUCC);
  EXPECT_NEAR(static_cast<double>(size.total_weight_size), static_cast<double>(kWeightBytes), 4096);
}

// Inputs and outputs that are no pictures: no layout is invented for them.
TEST_F(RknnSharing, VectorsAreVectors) {
  const rknn_context context = init();
  const rknn_tensor_attr input = attr(context, RKNN_QUERY_INPUT_ATTR);
  EXPECT_EQ(dims(input), (std::vector<uint32_t>{1, kInputs}));
  EXPECT_EQ(input.fmt, RKNN_TENSOR_UNDEFINED);
  EXPECT_EQ(input.w_stride, 0U);
  const std::vector<float> ones(kInputs, 1.0F);
  ASSERT_EQ(
      set_input(context, ones.data(), kInputs * sizeof(float), RKNN_TENSOR_FLOAT32, RKNN_TENSOR_UNDEFINED),
      RKNN_SUCC);
  ASSERT_EQ(rknn_run(context, nullptr), RKNN_SUCC);
  const std::vector<float> product = floats(context);
  double expected = 0;
  for (size_t row = 0; row < kInputs; ++row)
    expected += static_cast<double>((row * ::weir::kOutputs + 5) % 251) / 251;
  EXPECT_NEAR(product.at(5), expected, 0.01);
}

}  // namespace
}  // namespace weir
