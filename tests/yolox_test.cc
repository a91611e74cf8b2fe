// SPDX-License-Identifier: Apache-2.0
#include "detect/yolox.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "support/yolox_head.h"

namespace weir {
namespace {

using ::testing::HasSubstr;
using testing::YoloxHead;

constexpr InputSize kInput{96, 64};  // 12x8 + 6x4 + 3x2 = 126 cells
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInf = std::numeric_limits<float>::infinity();

std::vector<Candidate> decode(const YoloxHead& head, float threshold, const ConstTensorView& view) {
  std::vector<Candidate> candidates;
  const auto decoder = create_decoder(head.model());
  EXPECT_TRUE(decoder.has_value());
  (*decoder)->decode(std::span(&view, 1), threshold, candidates);
  return candidates;
}

std::vector<Candidate> decode(const YoloxHead& head, float threshold = 0.25F) {
  return decode(head, threshold, head.view());
}

void expect_box(const Box& box, const Box& expected, float tolerance = 1e-4F) {
  EXPECT_NEAR(box.x1, expected.x1, tolerance);
  EXPECT_NEAR(box.y1, expected.y1, tolerance);
  EXPECT_NEAR(box.x2, expected.x2, tolerance);
  EXPECT_NEAR(box.y2, expected.y2, tolerance);
}

TEST(Yolox, EveryStrideHasItsCells) {
  struct Case {
    int stride, column, row, anchor;
  };
  for (const auto& [stride, column, row, anchor] :
       {Case{8, 0, 0, 0}, Case{8, 11, 7, 95}, Case{8, 3, 1, 15}, Case{16, 0, 0, 96}, Case{16, 5, 3, 119},
        Case{32, 0, 0, 120}, Case{32, 1, 1, 124}, Case{32, 2, 1, 125}}) {
    YoloxHead head(kInput, 3);
    ASSERT_EQ(head.set({.stride = stride,
                        .column = column,
                        .row = row,
                        .x = 0.25F,
                        .y = 0.75F,
                        .width_px = 20,
                        .height_px = 10,
                        .objectness = 0.9F,
                        .scores = {0.1F, 0.2F, 0.5F}}),
              anchor);
    const std::vector<Candidate> found = decode(head);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].anchor, anchor);
    EXPECT_EQ(found[0].detection.class_id, 2);
    EXPECT_FLOAT_EQ(found[0].detection.score, 0.9F * 0.5F);
    const float x = (static_cast<float>(column) + 0.25F) * static_cast<float>(stride);
    const float y = (static_cast<float>(row) + 0.75F) * static_cast<float>(stride);
    expect_box(found[0].detection.box, {x - 10, y - 5, x + 10, y + 5});
  }
}

TEST(Yolox, ScoresAtTheThresholdStay) {
  YoloxHead head(kInput, 1);
  head.set({.column = 1, .objectness = 0.5F, .scores = {0.5F}});   // exactly 0.25
  head.set({.column = 2, .objectness = 0.5F, .scores = {0.49F}});  // below, though the objectness is above
  head.set({.column = 3, .objectness = 0.2F, .scores = {1.0F}});
  const std::vector<Candidate> found = decode(head, 0.25F);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].anchor, 1);
}

TEST(Yolox, TheLowestIdWinsATie) {
  YoloxHead head(kInput, 4);
  head.set({.scores = {0.1F, 0.7F, 0.7F, 0.7F}});
  ASSERT_EQ(decode(head).size(), 1U);
  EXPECT_EQ(decode(head)[0].detection.class_id, 1);
}

TEST(Yolox, ValuesThatAreNotFiniteNeverSurvive) {
  for (const float bad : {kNan, kInf, -kInf}) {
    for (size_t field = 0; field < 6; ++field) {
      YoloxHead head(kInput, 1);
      head.set({.scores = {0.9F}});
      head.values()[field] = bad;
      for (const Candidate& found : decode(head, 0)) {
        const Box& box = found.detection.box;
        EXPECT_TRUE(std::isfinite(found.detection.score)) << field;
        EXPECT_TRUE(std::isfinite(box.x1 + box.y1 + box.x2 + box.y2)) << field;
      }
    }
  }
  YoloxHead head(kInput, 2);
  head.set({.scores = {kNan, 0.9F}});
  head.values()[2] = 200;  // exp() overflows
  EXPECT_TRUE(decode(head).empty());
  head.values()[2] = 0;
  ASSERT_EQ(decode(head).size(), 1U);
  EXPECT_EQ(decode(head)[0].detection.class_id, 1) << "the class that has a score";
}

// --- Element types: the same head, stored otherwise -------------------------------------------------

/// Values that every type holds exactly: multiples of 1/64 from 0 to 1, and sizes that are strides.
YoloxHead exact_head() {
  YoloxHead head(kInput, 3);
  head.set({.stride = 8,
            .column = 2,
            .row = 3,
            .width_px = 8,
            .height_px = 8,
            .objectness = 0.75F,
            .scores = {0.25F, 0.875F, 0.5F}});
  head.set({.stride = 32,
            .column = 1,
            .row = 0,
            .x = 0.25F,
            .width_px = 32,
            .height_px = 32,
            .objectness = 1.0F,
            .scores = {0.984375F, 0.0F, 0.984375F}});
  head.set({.stride = 16,
            .column = 4,
            .row = 3,
            .width_px = 16,
            .height_px = 16,
            .objectness = 0.015625F,
            .scores = {1.0F, 0.0F, 0.0F}});
  return head;
}

void expect_same(const std::vector<Candidate>& found, const std::vector<Candidate>& expected) {
  ASSERT_EQ(found.size(), expected.size());
  for (size_t i = 0; i < found.size(); ++i) {
    EXPECT_EQ(found[i].anchor, expected[i].anchor);
    EXPECT_EQ(found[i].detection.class_id, expected[i].detection.class_id);
    EXPECT_EQ(found[i].detection.score, expected[i].detection.score);
    expect_box(found[i].detection.box, expected[i].detection.box, 0);
  }
}

/// Decodes `head` with each value stored as `store(value)`.
template <class T, class Store>
std::vector<Candidate> decode_stored(YoloxHead head, TensorInfo how, Store store) {
  std::vector<T> stored;
  for (const float value : head.values()) stored.push_back(static_cast<T>(store(value)));
  how.shape = head.view().info->shape;
  return decode(head, 0.25F, {&how, stored.data()});
}

TEST(Yolox, QuantisedValuesMeanWhatTheirScaleSays) {
  const std::vector<Candidate> expected = decode(exact_head());
  ASSERT_EQ(expected.size(), 2U);
  const auto quantise = [](int zero_point) {
    return [zero_point](float value) { return static_cast<int>(std::lround(value * 64)) + zero_point; };
  };
  expect_same(
      decode_stored<uint8_t>(exact_head(), {.type = ElementType::kU8, .scale = 1.0F / 64, .zero_point = 100},
                             quantise(100)),
      expected);
  expect_same(
      decode_stored<int8_t>(exact_head(), {.type = ElementType::kI8, .scale = 1.0F / 64, .zero_point = -20},
                            quantise(-20)),
      expected);
}

/// Exact for 0 and for normal numbers with at most 10 fractional bits.
uint16_t to_half(float value) {
  if (value == 0) return 0;
  int exponent = 0;
  const float significand = std::frexp(std::abs(value), &exponent);  // 0.5 <= significand < 1
  const int sign = value < 0 ? 0x8000 : 0;
  return static_cast<uint16_t>(sign | ((exponent + 14) << 10) |
                               (static_cast<int>(std::ldexp(significand, 11)) & 0x3FF));
}

TEST(Yolox, HalfPrecisionDecodesLikeSingle) {
  expect_same(decode_stored<uint16_t>(exact_head(), {.type = ElementType::kF16}, to_half),
              decode(exact_head()));
}

TEST(Yolox, HalfPrecisionKnowsSubnormalsAndWhatIsNotFinite) {
  YoloxHead head(kInput, 1);
  head.set({.scores = {1.0F}});
  TensorInfo info = *head.view().info;
  info.type = ElementType::kF16;
  const auto decode_with_objectness = [&](uint16_t objectness) {
    std::vector<uint16_t> stored;
    for (const float value : head.values()) stored.push_back(to_half(value));
    stored[4] = objectness;
    return decode(head, 1e-8F, {&info, stored.data()});
  };
  ASSERT_EQ(decode_with_objectness(0x0001).size(), 1U);
  EXPECT_EQ(decode_with_objectness(0x0001)[0].detection.score, std::ldexp(1.0F, -24));  // the smallest
  EXPECT_EQ(decode_with_objectness(0x03FF)[0].detection.score, std::ldexp(1023.0F, -24));
  EXPECT_EQ(decode_with_objectness(0x0400)[0].detection.score, std::ldexp(1.0F, -14));  // the smallest normal
  EXPECT_TRUE(decode_with_objectness(0xBC00).empty());                                  // -1
  EXPECT_TRUE(decode_with_objectness(0x7C00).empty());                                  // infinity
  EXPECT_TRUE(decode_with_objectness(0x7E00).empty());                                  // NaN
}

// --- Heads that are not YOLOX -----------------------------------------------------------------------

TEST(Yolox, OtherHeadsAreRefusedWithWhatWouldFit) {
  ModelInfo model;
  model.input_size = {416, 416};
  model.outputs = {{.name = "792", .shape = {1, 2704, 80}}, {.name = "795", .shape = {1, 2704, 32}}};
  const auto decoder = create_decoder(model);
  ASSERT_FALSE(decoder.has_value());
  EXPECT_EQ(decoder.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(decoder.error().message,
              HasSubstr("not a YOLOX head: outputs are 792 [1,2704,80], 795 [1,2704,32]; expected one output "
                        "[1,3549,5+classes]"));
  EXPECT_THAT(decoder.error().message, HasSubstr("416x416 input"));
}

TEST(Yolox, ShapesAndTypesThatDontFitAreRefused) {
  const auto fits = [](const std::vector<int64_t>& shape, ElementType type = ElementType::kF32) {
    ModelInfo model;
    model.input_size = {416, 256};
    model.outputs = {{.name = "output", .shape = shape, .type = type}};
    return create_decoder(model).has_value();
  };
  EXPECT_TRUE(fits({1, 2184, 85}));
  EXPECT_TRUE(fits({1, 2184, 6}));
  EXPECT_FALSE(fits({1, 2184, 5}));   // no classes
  EXPECT_FALSE(fits({1, 3549, 85}));  // of a 416x416 input
  EXPECT_FALSE(fits({1, 85, 2184}));
  EXPECT_FALSE(fits({2, 2184, 85}));
  EXPECT_FALSE(fits({2184, 85}));
  EXPECT_FALSE(fits({1, 2184, 85}, ElementType::kI64));
}

}  // namespace
}  // namespace weir
