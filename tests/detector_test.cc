// SPDX-License-Identifier: Apache-2.0
#include "detect/detector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <vector>

#include "support/test_picture.h"
#include "support/yolox_head.h"

namespace weir {
namespace {

using ::testing::HasSubstr;
using testing::YoloxHead;

constexpr InputSize kNetworkInput{96, 64};

std::shared_ptr<const Detector> create(const ModelInfo& model, const DetectorConfig& config = {}) {
  auto detector = Detector::create(model, config);
  EXPECT_TRUE(detector.has_value()) << detector.error().message;
  return *detector;
}

TEST(Detector, BoxesComeOutInSourcePixelsClippedByFallingScore) {
  YoloxHead head(kNetworkInput, 2);
  // The source is 192x96: scale 0.5, content 96x48.
  head.set({.stride = 8, .column = 2, .row = 2, .width_px = 10, .height_px = 10, .scores = {0.6F, 0}});
  head.set({.stride = 32, .column = 0, .row = 0, .width_px = 60, .height_px = 20, .scores = {0, 0.8F}});
  head.set({.stride = 8,
            .column = 5,
            .row = 7,
            .width_px = 4,
            .height_px = 4,
            .scores = {0.9F, 0}});  // in the padding
  const ConstTensorView view = head.view();
  const auto found =
      create(head.model())->detect(std::span(&view, 1), make_letterbox(192, 96, kNetworkInput));
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].class_id, 1);
  EXPECT_FLOAT_EQ(found[0].score, 0.8F);
  EXPECT_EQ(found[0].box.x1, 0);  // centre 16, width 60: clipped
  EXPECT_NEAR(found[0].box.y1, 12, 1e-3);
  EXPECT_NEAR(found[0].box.x2, 92, 1e-3);
  EXPECT_NEAR(found[0].box.y2, 52, 1e-3);
  EXPECT_NEAR(found[1].box.x1, 30, 1e-3);
  EXPECT_NEAR(found[1].box.x2, 50, 1e-3);
}

TEST(Detector, ThresholdsAreThoseOfTheConfig) {
  YoloxHead head(kNetworkInput, 1);
  head.set({.column = 3, .width_px = 20, .height_px = 20, .scores = {0.5F}});
  head.set({.column = 4, .width_px = 20, .height_px = 20, .scores = {0.4F}});  // IoU 12 / 28 with the first
  const ConstTensorView view = head.view();
  const auto count = [&](float score, float nms) {
    const auto detector =
        create(head.model(), {.score_threshold = score, .nms_threshold = nms, .labels_path = ""});
    return detector->detect(std::span(&view, 1), make_letterbox(96, 64, kNetworkInput)).size();
  };
  EXPECT_EQ(count(0.25F, 0.45F), 2U);
  EXPECT_EQ(count(0.25F, 0.40F), 1U);
  EXPECT_EQ(count(0.45F, 0.45F), 1U);
  EXPECT_EQ(count(0.55F, 0.45F), 0U);
}

TEST(Detector, PreprocessKeepsToTheModelsRows) {
  ModelInfo model = YoloxHead(kNetworkInput, 1).model();
  const testing::TestPicture picture({.width_px = 96, .height_px = 32}, [](int c, double, double) {
    return uint8_t{static_cast<uint8_t>(c == 0 ? 235 : 128)};
  });
  for (const size_t row_stride : {size_t{0}, size_t{96 * 3 + 32}}) {
    model.inputs[0].row_stride_bytes = row_stride;
    const size_t stride = row_stride != 0 ? row_stride : 96 * 3;
    testing::GuardedMemory memory(stride * 63 + 96 * 3, testing::Guard::kBehind, 9);
    InputBuffer input(memory.bytes(), nullptr);
    LetterboxScratch scratch;
    const Letterbox box = create(model)->preprocess(picture.view(), input, scratch);
    EXPECT_EQ(box.content, (InputSize{96, 32}));
    EXPECT_EQ(memory.data()[0], 255);
    EXPECT_EQ(memory.data()[31 * stride + 95 * 3 + 2], 255);
    EXPECT_EQ(memory.data()[32 * stride], kLetterboxPadding);
    EXPECT_EQ(memory.data()[63 * stride + 95 * 3 + 2], kLetterboxPadding);
    if (row_stride != 0) {
      EXPECT_EQ(memory.data()[96 * 3], 9) << "between rows";
    }
  }
}

TEST(Detector, KnowsItsClasses) {
  ModelInfo model = YoloxHead(kNetworkInput, 2).model();
  model.class_names = {"cat", "dog"};
  const auto detector = create(model);
  EXPECT_EQ(detector->num_classes(), 2);
  EXPECT_EQ(detector->label(1), "dog");
}

TEST(Detector, RefusesWhatCannotWork) {
  const ModelInfo good = YoloxHead(kNetworkInput, 1).model();
  const auto message_of = [](const ModelInfo& model, const DetectorConfig& config) -> std::string {
    const auto detector = Detector::create(model, config);
    if (detector.has_value()) return "";
    EXPECT_EQ(detector.error().code, ErrorCode::kInvalidArgument);
    return detector.error().message;
  };
  EXPECT_EQ(message_of(good, {}), "");
  EXPECT_THAT(message_of(good, {.score_threshold = 1.5F}), HasSubstr("score threshold 1.5: expected 0 to 1"));
  EXPECT_THAT(message_of(good, {.nms_threshold = -0.1F}), HasSubstr("NMS threshold -0.1"));
  EXPECT_THAT(message_of(good, {.score_threshold = std::numeric_limits<float>::quiet_NaN()}),
              HasSubstr("expected"));

  ModelInfo float_input = good;
  float_input.inputs[0].type = ElementType::kF32;
  EXPECT_THAT(message_of(float_input, {}), HasSubstr("expected one input [1,64,96,3] u8 NHWC"));
  ModelInfo no_input = good;
  no_input.inputs.clear();
  EXPECT_THAT(message_of(no_input, {}), HasSubstr("0 inputs"));
  ModelInfo other_head = good;
  other_head.outputs[0].shape = {1, 10, 6};
  EXPECT_THAT(message_of(other_head, {}), HasSubstr("not a YOLOX head"));
}

}  // namespace
}  // namespace weir
