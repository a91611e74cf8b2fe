// SPDX-License-Identifier: Apache-2.0
#include "detect/yolox_form.h"

#include <cmath>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "detect/yolox.h"
#include "support/yolox_head.h"

namespace weir {
namespace {

using Function = Formula::Function;
using ::testing::AllOf;
using ::testing::HasSubstr;
using testing::YoloxHead;

constexpr InputSize kPicture{96, 64};  // 12x8 + 6x4 + 3x2 = 126 cells
constexpr int kClasses = 3;

struct At {
  int stride;
  int column;
  int row;
  int value;  ///< of x, y, w, h, objectness, classes
};

/// Every cell, one after the other, asked what its values are.
OutputFormulas formulas_of(const std::function<Formula(const At&)>& formula_at) {
  OutputFormulas formulas;
  formulas.rows = sampled_indices(126);
  formulas.columns = sampled_indices(5 + kClasses);
  int64_t anchor = 0;
  for (const int stride : {8, 16, 32}) {
    for (int row = 0; row < 64 / stride; ++row) {
      for (int column = 0; column < 96 / stride; ++column, ++anchor) {
        if (std::ranges::find(formulas.rows, anchor) == formulas.rows.end()) continue;
        for (const int64_t value : formulas.columns)
          formulas.elements.push_back(formula_at({stride, column, row, static_cast<int>(value)}));
      }
    }
  }
  return formulas;
}

GridCell cell_of(const At& at) {
  return {.row = at.row, .column = at.column, .rows = 64 / at.stride, .columns = 96 / at.stride};
}

Formula raw(const At& at) {
  return {.function = at.value < 4 ? Function::kLayer : Function::kSigmoid, .cell = cell_of(at)};
}

Formula decoded(const At& at) {
  const auto stride = static_cast<float>(at.stride);
  if (at.value >= 4) return raw(at);
  if (at.value >= 2) return {.function = Function::kExp, .scale = stride, .cell = cell_of(at)};
  return {.function = Function::kLayer,
          .scale = stride,
          .offset = stride * static_cast<float>(at.value == 0 ? at.column : at.row),
          .cell = cell_of(at)};
}

/// `form` with one value of each cell changed.
OutputFormulas changed(Formula (*form)(const At&), int value,
                       const std::function<void(Formula&, const At&)>& change) {
  return formulas_of([&](const At& at) {
    Formula formula = form(at);
    if (at.value == value) change(formula, at);
    return formula;
  });
}

std::string refusal(const OutputFormulas& formulas) {
  const auto form = yolox_form(formulas, kPicture);
  if (form) return "";
  EXPECT_EQ(form.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(form.error().message, HasSubstr("not a YOLOX head"));
  return form.error().message;
}

TEST(YoloxForm, TheTwoExportsAreToldApart) {
  EXPECT_EQ(yolox_form(formulas_of(raw), kPicture).value(), YoloxForm::kRaw);
  EXPECT_EQ(yolox_form(formulas_of(decoded), kPicture).value(), YoloxForm::kDecoded);
}

TEST(YoloxForm, NumbersMayBeRounded) {
  const auto rounded = changed(decoded, 0, [](Formula& formula, const At&) {
    formula.scale *= 1.0005F;
    formula.offset *= 0.9995F;
  });
  EXPECT_EQ(yolox_form(rounded, kPicture).value(), YoloxForm::kDecoded);
}

TEST(YoloxForm, ScoresWithoutTheirSigmoid) {
  for (const auto form : {raw, decoded}) {
    for (const int value : {4, 5, 7}) {
      const auto formulas =
          changed(form, value, [](Formula& formula, const At&) { formula.function = Function::kLayer; });
      EXPECT_THAT(refusal(formulas), HasSubstr("is layer, where YOLOX has sigmoid(layer)")) << value;
    }
  }
}

// Families whose outputs have the same shape.
TEST(YoloxForm, OtherFamiliesAreRefusedWithWhatTheyHave) {
  const auto v5 = changed(decoded, 0, [](Formula& formula, const At& at) {
    const auto stride = static_cast<float>(at.stride);
    formula = {.function = Function::kSigmoid,
               .scale = 2 * stride,
               .offset = stride * (static_cast<float>(at.column) - 0.5F),
               .cell = formula.cell};
  });
  EXPECT_THAT(refusal(v5), AllOf(HasSubstr("x of cell 0 is 16*sigmoid(layer)-4"),
                                 HasSubstr("layer (raw) or 8*layer (decoded)")));
  const auto v6 = changed(decoded, 4, [](Formula& formula, const At&) {
    formula = {.function = Function::kConstant, .scale = 0, .offset = 1};
  });
  EXPECT_THAT(refusal(v6), HasSubstr("objectness of cell 0 is the number 1"));
  const auto v8 = changed(decoded, 0, [](Formula& formula, const At&) {
    formula = {.function = Function::kUnknown, .operation = "Subtract"};
  });
  EXPECT_THAT(refusal(v8), HasSubstr("the outcome of Subtract"));
  const auto softmax = changed(raw, 5, [](Formula& formula, const At&) {
    formula = {.function = Function::kUnknown, .operation = "Softmax"};
  });
  EXPECT_THAT(refusal(softmax), HasSubstr("the score of class 0 of cell 0 is the outcome of Softmax"));
}

TEST(YoloxForm, OtherUnitsAndGridsAreRefused) {
  for (const int value : {0, 1, 2, 3}) {
    const auto normalised = changed(decoded, value, [](Formula& formula, const At&) {
      formula.scale /= 96;
      formula.offset /= 96;
    });
    EXPECT_NE(refusal(normalised), "") << value;
  }
  const auto half_a_cell = changed(decoded, 1, [](Formula& formula, const At&) { formula.offset += 4; });
  EXPECT_THAT(refusal(half_a_cell), HasSubstr("y of cell 0 is 8*layer+4"));
  const auto swapped = changed(decoded, 0, [](Formula& formula, const At& at) {
    formula.offset = static_cast<float>(at.stride * at.row);
  });
  EXPECT_THAT(refusal(swapped), HasSubstr("x of cell 1"));
  const auto mixed = changed(raw, 1, [](Formula& formula, const At& at) {
    formula = decoded({at.stride, at.column, at.row, 1});
  });
  EXPECT_NE(refusal(mixed), "");
}

// The same cells in another order: every formula is right, every box would be in a wrong place.
TEST(YoloxForm, CellsInAnotherOrderAreRefused) {
  for (const auto form : {raw, decoded}) {
    const auto by_columns = formulas_of([&](const At& at) {
      Formula formula = form(at);
      std::swap(formula.cell.row, formula.cell.column);
      return formula;
    });
    EXPECT_THAT(refusal(by_columns),
                AllOf(HasSubstr("comes from row 1, column 0 of a layer of 12x8"),
                      HasSubstr("where YOLOX has it from row 0, column 1 of a layer of 12x8")));
  }
  const auto another_grid = formulas_of([&](const At& at) {
    Formula formula = raw(at);
    formula.cell.rows = formula.cell.columns = 3;
    return formula;
  });
  EXPECT_THAT(refusal(another_grid), HasSubstr("a layer of 3x3"));
}

/// The candidates of a head, as a decoder for these formulas reads it.
std::vector<Candidate> decode(const YoloxHead& head, std::vector<OutputFormulas> formulas) {
  ModelInfo model = head.model();
  model.formulas = std::move(formulas);
  const auto decoder = create_yolox_decoder(model);
  EXPECT_TRUE(decoder) << decoder.error().message;
  std::vector<Candidate> candidates;
  const ConstTensorView view = head.view();
  if (decoder) (*decoder)->decode(std::span(&view, 1), 0.25F, candidates);
  return candidates;
}

TEST(YoloxForm, DecodedBoxesAreTakenAsTheyAre) {
  YoloxHead head(kPicture, kClasses);
  head.set({.stride = 16,
            .column = 3,
            .row = 2,
            .x = 0.25F,
            .y = 0.75F,
            .width_px = 20,
            .height_px = 10,
            .scores = {0, 0.9F, 0}});
  head.set({.stride = 8,
            .column = 11,
            .row = 7,
            .width_px = 4,
            .height_px = 9,
            .objectness = 0.5F,
            .scores = {0.8F, 0, 0}});
  const std::vector<Candidate> expected = decode(head, {formulas_of(raw)});
  ASSERT_EQ(expected.size(), 2U);
  size_t anchor = 0;
  for (const int stride : {8, 16, 32}) {
    for (int row = 0; row < 64 / stride; ++row) {
      for (int column = 0; column < 96 / stride; ++column, ++anchor) {
        float* value = head.values().data() + anchor * (5 + kClasses);
        const auto s = static_cast<float>(stride);
        value[0] = (value[0] + static_cast<float>(column)) * s;
        value[1] = (value[1] + static_cast<float>(row)) * s;
        value[2] = std::exp(value[2]) * s;
        value[3] = std::exp(value[3]) * s;
      }
    }
  }
  const std::vector<Candidate> found = decode(head, {formulas_of(decoded)});
  ASSERT_EQ(found.size(), 2U);
  for (size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(found[i].anchor, expected[i].anchor);
    EXPECT_EQ(found[i].detection.score, expected[i].detection.score);
    EXPECT_NEAR(found[i].detection.box.x1, expected[i].detection.box.x1, 1e-4);
    EXPECT_NEAR(found[i].detection.box.y1, expected[i].detection.box.y1, 1e-4);
    EXPECT_NEAR(found[i].detection.box.x2, expected[i].detection.box.x2, 1e-4);
    EXPECT_NEAR(found[i].detection.box.y2, expected[i].detection.box.y2, 1e-4);
  }
}

TEST(YoloxForm, DecodersAreCreatedForTheModelsForm) {
  ModelInfo model = YoloxHead(kPicture, kClasses).model();
  model.formulas = {
      changed(raw, 4, [](Formula& formula, const At&) { formula.function = Function::kLayer; })};
  const auto decoder = create_yolox_decoder(model);
  ASSERT_FALSE(decoder);
  EXPECT_THAT(decoder.error().message, HasSubstr("objectness"));
}

// --- Where the format doesn't show formulas: what the values of a grey picture say ------------------

/// What a network may say of a grey picture: nearly the same everywhere, drifting towards the borders.
std::vector<float> grey_head(InputSize input, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> noise(0, 0.3F);
  std::uniform_real_distribution<float> score(0, 0.7F);
  std::vector<float> values;
  for (const int stride : {8, 16, 32}) {
    for (int row = 0; row < input.height_px / stride; ++row) {
      for (int column = 0; column < input.width_px / stride; ++column) {
        const float middle = static_cast<float>(input.width_px / stride - 1) / 2;
        const float drift = middle > 0 ? (middle - static_cast<float>(column)) / middle : 0;
        for (const float value :
             {0.5F + drift + noise(random), 0.5F + noise(random), noise(random), noise(random)})
          values.push_back(value);
        for (int i = 0; i < 1 + kClasses; ++i) values.push_back(score(random));
      }
    }
  }
  return values;
}

/// Decodes the boxes in place, in units of which a pixel has `per_pixel`.
void decode_boxes(std::vector<float>& values, InputSize input, float per_pixel) {
  size_t at = 0;
  for (const int stride : {8, 16, 32}) {
    for (int row = 0; row < input.height_px / stride; ++row) {
      for (int column = 0; column < input.width_px / stride; ++column, at += 5 + kClasses) {
        const auto s = static_cast<float>(stride) * per_pixel;
        values[at] = (values[at] + static_cast<float>(column)) * s;
        values[at + 1] = (values[at + 1] + static_cast<float>(row)) * s;
        values[at + 2] = std::exp(values[at + 2]) * s;
        values[at + 3] = std::exp(values[at + 3]) * s;
      }
    }
  }
}

TEST(YoloxValues, RawAndDecodedAreToldApartInAnyUnitAndSize) {
  for (const InputSize input : {InputSize{64, 64}, kPicture, InputSize{416, 256}, InputSize{640, 640}}) {
    for (unsigned seed = 1; seed <= 20; ++seed) {
      std::vector<float> values = grey_head(input, seed);
      const Status raw_is = check_raw_yolox(values, 5 + kClasses, input);
      EXPECT_TRUE(raw_is) << input.width_px << " seed " << seed << ": " << raw_is.error().message;
      for (const float per_pixel : {1.0F, 1.0F / static_cast<float>(input.width_px), 0.125F}) {
        std::vector<float> boxes = values;
        decode_boxes(boxes, input, per_pixel);
        const Status status = check_raw_yolox(boxes, 5 + kClasses, input);
        ASSERT_FALSE(status) << input.width_px << " seed " << seed << " unit " << per_pixel;
        EXPECT_THAT(status.error().message, HasSubstr("decoded already"));
      }
    }
  }
}

TEST(YoloxValues, NumbersThatSayNothingAreRaw) {
  for (const float value : {0.0F, 0.1F, 0.5F, 1.0F / 3, 0.7F})
    EXPECT_TRUE(check_raw_yolox(std::vector<float>(126 * 8, value), 8, kPicture)) << value;
  EXPECT_TRUE(check_raw_yolox(std::vector<float>(126 * 8, std::nanf("")), 8, kPicture));
}

TEST(YoloxValues, ScoresThatAreNoProbabilities) {
  for (const float bad : {-3.0F, 1.5F}) {
    std::vector<float> values = grey_head(kPicture, 1);
    values[5 * 8 + 4] = bad;
    EXPECT_THAT(check_raw_yolox(values, 8, kPicture).error().message,
                AllOf(HasSubstr("objectness of cell 5 is"), HasSubstr("0 to 1")));
    values = grey_head(kPicture, 1);
    values[125 * 8 + 7] = bad;
    EXPECT_THAT(check_raw_yolox(values, 8, kPicture).error().message,
                HasSubstr("the score of class 2 of cell 125"));
  }
  std::vector<float> rounded = grey_head(kPicture, 1);
  rounded[4] = -0.02F;
  rounded[12] = 1.02F;
  EXPECT_TRUE(check_raw_yolox(rounded, 8, kPicture)) << "8 bits hold 0 and 1 only nearly";
}

// Values are asked only where formulas don't tell, and in the type that they have.
TEST(YoloxValues, DecodersCheckWhatTheyCouldNotSee) {
  std::vector<float> values = grey_head(kPicture, 1);
  decode_boxes(values, kPicture, 1);
  YoloxHead head(kPicture, kClasses);
  head.values() = values;
  ModelInfo model = head.model();
  const ConstTensorView view = head.view();
  EXPECT_FALSE((*create_yolox_decoder(model))->check(std::span(&view, 1)));

  constexpr float kScale = 0.5F;
  TensorInfo quantised = model.outputs[0];
  quantised.type = ElementType::kI8;
  quantised.scale = kScale;
  quantised.zero_point = -100;
  std::vector<int8_t> stored;
  for (const float value : values) stored.push_back(static_cast<int8_t>(std::lround(value / kScale) - 100));
  const ConstTensorView quantised_view{&quantised, stored.data()};
  EXPECT_FALSE((*create_yolox_decoder(model))->check(std::span(&quantised_view, 1)));

  model.formulas = {formulas_of(decoded)};
  EXPECT_TRUE((*create_yolox_decoder(model))->check(std::span(&view, 1)));
}

}  // namespace
}  // namespace weir
