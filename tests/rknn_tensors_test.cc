// SPDX-License-Identifier: Apache-2.0
// What the rknn backend says of models, and what goes in and comes out: rows with padding, quantised values.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "detect/detector.h"
#include "support/fake_rknn.h"

namespace weir {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class RknnTensors : public testing::RknnTest {
 protected:
  /// Two bright squares, of which the second is brightest in green.
  static void paint(InputBuffer& input, const TensorInfo& info) {
    const auto square = [&](size_t x0, size_t y0, size_t side, std::array<uint8_t, 3> color) {
      for (size_t y = y0; y < y0 + side; ++y) {
        for (size_t x = x0; x < x0 + side; ++x) {
          std::ranges::copy(color,
                            input.bytes().begin() + static_cast<int64_t>(y * info.row_stride_bytes + x * 3));
        }
      }
    };
    const auto height = static_cast<size_t>(info.shape[1]);
    const auto width = static_cast<size_t>(info.shape[2]);
    for (size_t y = 0; y < height; ++y) {
      std::fill_n(input.bytes().begin() + static_cast<int64_t>(y * info.row_stride_bytes), width * 3,
                  uint8_t{10});
    }
    square(16, 16, 16, {255, 240, 240});
    square(64, 32, 32, {240, 255, 240});
  }

  /// What the model says of that picture.
  std::vector<Detection> detections(const std::string& settings) {
    const auto model = load(R"(width=96 height=64 names=["blue","green","red"] )" + settings);
    const auto detector = *Detector::create(model->info(), {});
    const auto context = *model->new_context(0);
    InputBuffer input = *model->allocate_input();
    paint(input, model->info().inputs[0]);
    EXPECT_TRUE(context->run(input));
    const ConstTensorView output = context->output(0);
    return detector->detect(std::span(&output, 1), make_letterbox(96, 64, {96, 64}));
  }
};

TEST_F(RknnTensors, RowsHaveTheStrideThatTheRuntimeWants) {
  const auto model = load("width=96 height=64 row_pixels=112");
  const TensorInfo& info = model->info().inputs[0];
  EXPECT_THAT(info.shape, ElementsAre(1, 64, 96, 3));
  EXPECT_EQ(info.row_stride_bytes, 112U * 3);
  EXPECT_EQ(info.size_bytes, 112U * 3 * 64);
  EXPECT_EQ(model->allocate_input()->bytes().size(), info.size_bytes);
}

TEST_F(RknnTensors, ScaleAndZeroPointComeWithTheOutputs) {
  const auto model = load("type=i8");
  const TensorInfo& output = model->info().outputs[0];
  EXPECT_EQ(output.type, ElementType::kI8);
  EXPECT_FLOAT_EQ(output.scale, 1.0F / 255);
  EXPECT_EQ(output.zero_point, -128);
  EXPECT_EQ(output.size_bytes, 2184U * 8);
  EXPECT_EQ(model->info().precision, Precision::kI8);
}

/// Class, box, and score to a quantisation step.
void expect_same(const std::vector<Detection>& found, const std::vector<Detection>& expected) {
  constexpr float kStep = 2.0F / 255;
  ASSERT_EQ(found.size(), expected.size());
  for (size_t i = 0; i < found.size(); ++i) {
    EXPECT_EQ(found[i].class_id, expected[i].class_id);
    EXPECT_NEAR(found[i].score, expected[i].score, kStep);
    EXPECT_NEAR(found[i].box.x1, expected[i].box.x1, 0.2);
    EXPECT_NEAR(found[i].box.y2, expected[i].box.y2, 0.2);
  }
}

// Wherever padding is read as a picture, or a quantised value for what it stands for, boxes are elsewhere.
TEST_F(RknnTensors, PaddedAndQuantisedModelsDetectTheSame) {
  const std::vector<Detection> expected = detections("type=f32");
  ASSERT_FALSE(expected.empty());
  EXPECT_EQ(expected.front().class_id, 0) << "blue, the brighter square";
  EXPECT_TRUE(std::ranges::any_of(expected, [](const Detection& d) { return d.class_id == 1; }));
  for (const char* settings :
       {"type=f32 row_pixels=112", "type=f16", "type=i8", "type=u8", "type=i8 row_pixels=128"}) {
    SCOPED_TRACE(settings);
    expect_same(detections(settings), expected);
  }
}

TEST_F(RknnTensors, ElementsThatNobodyReadsAreRefused) {
  const auto model = backend_->load({.path = model_file("type=i16")});
  ASSERT_FALSE(model);
  EXPECT_EQ(model.error().code, ErrorCode::kUnsupported);
  EXPECT_THAT(model.error().message, HasSubstr("output 'output'"));
}

TEST_F(RknnTensors, ThePrecisionIsTheModels) {
  const std::string quantised = model_file("type=i8");
  EXPECT_EQ(backend_->inspect({.path = quantised})->precision, Precision::kI8);
  EXPECT_TRUE(backend_->load({.path = quantised, .precision = Precision::kI8}));
  const auto other = backend_->load({.path = quantised, .precision = Precision::kF32});
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, ErrorCode::kUnsupported);
  EXPECT_THAT(other.error().message, HasSubstr("computes i8"));
  EXPECT_EQ(backend_->inspect({.path = model_file("type=f16")})->precision, Precision::kF16);
}

TEST_F(RknnTensors, AModelHasTheSizesItWasConvertedWith) {
  const auto refused = backend_->inspect({.path = model_file(), .input_size = InputSize{320, 320}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kUnsupported);
  EXPECT_THAT(refused.error().message, HasSubstr("can't take an input of 320x320"));

  const std::string several = model_file("shapes=416x256/96x64");
  EXPECT_EQ(backend_->inspect({.path = several, .input_size = InputSize{160, 160}}).error().code,
            ErrorCode::kUnsupported);
  const auto model = *backend_->load({.path = several, .input_size = InputSize{96, 64}});
  EXPECT_EQ(model->info().input_size, (InputSize{96, 64}));
  EXPECT_THAT(model->info().inputs[0].shape, ElementsAre(1, 64, 96, 3));
  EXPECT_THAT(model->info().outputs[0].shape, ElementsAre(1, 126, 8));
  const auto first = *model->new_context(0);
  const auto second = *model->new_context(1);
  InputBuffer input = *model->allocate_input();
  EXPECT_TRUE(first->run(input));
  EXPECT_TRUE(second->run(input)) << "a duplicate has its own shape to choose";
}

TEST_F(RknnTensors, NamesComeFromTheCustomString) {
  EXPECT_THAT(load(R"(names={"0":"cat","1":"dog"})")->info().class_names, ElementsAre("cat", "dog"));
  EXPECT_THAT(load("names=street-detector-7")->info().class_names, ::testing::IsEmpty())
      << "any text may be there";
}

}  // namespace
}  // namespace weir
