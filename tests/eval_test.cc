// SPDX-License-Identifier: Apache-2.0
// Average precision from tiny cases worked out by hand. tests/e2e/eval_against_pycocotools.py has the large
// ones.
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "eval/evaluation.h"
#include "eval/precision_recall.h"

namespace weir::eval {
namespace {

using ::testing::DoubleEq;
using ::testing::DoubleNear;
using ::testing::Optional;

constexpr Rect kLeft{0, 0, 100, 100};
constexpr Rect kRight{500, 0, 100, 100};
constexpr Rect kNowhere{0, 500, 100, 100};

Object there(const Rect& box) {
  return {box, box.area(), 1, false};
}

Object crowd(const Rect& box) {
  return {box, box.area(), 1, true};
}

Object hidden(const Rect& box, double visible) {
  return {box, box.area(), visible, false};
}

/// The figures of one class in one picture.
Figures figures(std::vector<Object> objects, std::vector<Found> found, const EvalOptions& options = {}) {
  const ClassSamples one{"car", {{std::move(objects), std::move(found)}}};
  return evaluate({&one, 1}, options).all;
}

TEST(Overlap, IsTheSharedPartOfWhatEitherCovers) {
  const Object object = there({10, 10, 20, 10});
  EXPECT_DOUBLE_EQ(overlap({10, 10, 20, 10}, object), 1);
  EXPECT_DOUBLE_EQ(overlap({20, 10, 20, 10}, object), 100.0 / 300.0);
  EXPECT_EQ(overlap({30, 10, 20, 10}, object), 0) << "touching edges share nothing";
  EXPECT_EQ(overlap({15, 15, 0, 0}, object), 0);
  EXPECT_EQ(overlap({15, 15, 0, 0}, there({15, 15, 0, 0})), 0) << "and not NaN";
  EXPECT_DOUBLE_EQ(overlap({20, 10, 20, 10}, crowd({10, 10, 20, 10})), 0.5)
      << "of a crowd: of what was found";
}

TEST(Evaluation, EverythingFoundExactlyIsOne) {
  const Figures f = figures({there(kLeft), there(kRight)}, {{kRight, 0.9}, {kLeft, 0.4}});
  EXPECT_EQ(f.objects, 2);
  EXPECT_THAT(f.ap50_95, Optional(DoubleEq(1)));
  EXPECT_THAT(f.ap50, Optional(DoubleEq(1)));
  EXPECT_THAT(f.recall, Optional(DoubleEq(1)));
  EXPECT_THAT(f.precision, Optional(DoubleEq(1)));
  EXPECT_THAT(f.ar1, Optional(DoubleEq(0.5))) << "one find a picture can't be both";
  EXPECT_THAT(f.ar10, Optional(DoubleEq(1)));
}

TEST(Evaluation, AMissEndsTheCurveAtItsRecall) {
  const Figures f = figures({there(kLeft), there(kRight)}, {{kLeft, 0.9}});
  EXPECT_THAT(f.ap50, Optional(DoubleNear(51.0 / 101, 1e-12))) << "recalls 0, 0.01, ..., 0.5";
  EXPECT_THAT(f.recall, Optional(DoubleEq(0.5)));
  EXPECT_THAT(f.precision, Optional(DoubleEq(1)));
}

TEST(Evaluation, AFalseAlarmCostsOnlyWhatComesAfterIt) {
  const std::vector<Object> objects{there(kLeft), there(kRight)};
  const Figures before = figures(objects, {{kNowhere, 0.9}, {kLeft, 0.8}, {kRight, 0.7}});
  EXPECT_THAT(before.ap50, Optional(DoubleNear(2.0 / 3, 1e-12))) << "never better than 2 of 3";
  const Figures between = figures(objects, {{kLeft, 0.9}, {kNowhere, 0.8}, {kRight, 0.7}});
  EXPECT_THAT(between.ap50, Optional(DoubleNear((51 + 50 * 2.0 / 3) / 101, 1e-12)));
  const Figures after = figures(objects, {{kLeft, 0.9}, {kRight, 0.8}, {kNowhere, 0.7}});
  EXPECT_THAT(after.ap50, Optional(DoubleEq(1)));
  EXPECT_THAT(after.precision, Optional(DoubleEq(2.0 / 3)));
}

TEST(Evaluation, AnObjectIsFoundOnce) {
  const Figures f = figures({there(kLeft), there(kRight)}, {{kLeft, 0.9}, {kLeft, 0.8}, {kRight, 0.7}});
  EXPECT_THAT(f.ap50, Optional(DoubleNear((51 + 50 * 2.0 / 3) / 101, 1e-12)));
  EXPECT_THAT(f.precision, Optional(DoubleEq(2.0 / 3)));
}

TEST(Evaluation, TheHigherScoreChoosesFirstAndTakesWhatItOverlapsMost) {
  const Rect near_left{4, 0, 100, 100};
  const Figures f = figures({there(kLeft), there(near_left)}, {{near_left, 0.9}, {kLeft, 0.8}});
  EXPECT_THAT(f.ap50_95, Optional(DoubleEq(1)));
}

TEST(Evaluation, ThresholdsAreInclusiveAndCountedOneByOne) {
  // 80 of 100 columns: an overlap of exactly 0.8, right at 0.50, 0.55, ..., 0.80.
  const Figures f = figures({there(kLeft)}, {{{0, 0, 80, 100}, 0.9}});
  EXPECT_THAT(f.ap50, Optional(DoubleEq(1)));
  EXPECT_THAT(f.ap75, Optional(DoubleEq(1)));
  EXPECT_THAT(f.ap50_95, Optional(DoubleNear(0.7, 1e-12)));
  EXPECT_THAT(figures({there(kLeft)}, {{{0, 0, 50, 100}, 0.9}}).ap50, Optional(DoubleEq(1)));
  EXPECT_THAT(figures({there(kLeft)}, {{{0, 0, 49.9, 100}, 0.9}}).ap50, Optional(DoubleEq(0)));
}

TEST(Evaluation, EqualScoresKeepTheirOrder) {
  const std::vector<Object> objects{there(kLeft)};
  EXPECT_THAT(figures(objects, {{kLeft, 0.5}, {kNowhere, 0.5}}).ap50, Optional(DoubleEq(1)));
  EXPECT_THAT(figures(objects, {{kNowhere, 0.5}, {kLeft, 0.5}}).ap50, Optional(DoubleEq(0.5)));
  const std::vector<ClassSamples> pictures{{"car", {{{}, {{kNowhere, 0.5}}}, {objects, {{kLeft, 0.5}}}}}};
  EXPECT_THAT(evaluate(pictures, {}).all.ap50, Optional(DoubleEq(0.5))) << "also from picture to picture";
}

TEST(Evaluation, IgnoredObjectsAreNeitherMissedNorFound) {
  const std::vector<Object> objects{there(kLeft), hidden(kRight, 0.2)};
  const std::vector<Found> both{{kRight, 0.9}, {kLeft, 0.8}};
  const Figures missed = figures(objects, {{kLeft, 0.8}});
  EXPECT_EQ(missed.objects, 1);
  EXPECT_THAT(missed.recall, Optional(DoubleEq(1)));
  const Figures found = figures(objects, both);
  EXPECT_THAT(found.precision, Optional(DoubleEq(1)));
  EXPECT_THAT(found.ap50, Optional(DoubleEq(1)));
  EXPECT_THAT(figures(objects, {{kRight, 0.9}, {kRight, 0.85}, {kLeft, 0.8}}).precision,
              Optional(DoubleEq(0.5)))
      << "an ignored object excuses one find";
  EXPECT_EQ(figures(objects, both, {.min_visible = 0.2}).objects, 2);
}

TEST(Evaluation, AnIgnoredObjectTakesNothingFromOneThatCounts) {
  const Rect nearly{10, 0, 100, 100};
  const Figures f = figures({hidden(kLeft, 0.1), there(nearly)}, {{kLeft, 0.9}});
  EXPECT_THAT(f.recall, Optional(DoubleEq(1))) << "though it overlaps the hidden one more";
}

TEST(Evaluation, ACrowdExcusesWhateverIsInside) {
  const Figures f = figures({there(kLeft), crowd({400, 0, 300, 300})},
                            {{kRight, 0.9}, {{420, 120, 20, 20}, 0.8}, {kLeft, 0.7}});
  EXPECT_EQ(f.objects, 1);
  EXPECT_THAT(f.ap50, Optional(DoubleEq(1)));
  EXPECT_THAT(f.precision, Optional(DoubleEq(1)));
}

TEST(Evaluation, MinSizeIgnoresSmallObjectsAndSmallFindsOfNothing) {
  const Rect small{0, 0, 20, 20};
  const Rect small_elsewhere{300, 300, 20, 20};
  const EvalOptions options{.min_size_px = 24};
  const Figures f =
      figures({there(small), there(kRight)}, {{small_elsewhere, 0.9}, {small, 0.8}, {kRight, 0.7}}, options);
  EXPECT_EQ(f.objects, 1);
  EXPECT_THAT(f.ap50, Optional(DoubleEq(1)));
  EXPECT_EQ(figures({there({0, 0, 24, 24})}, {}, options).objects, 1) << "the limit itself counts";
  EXPECT_THAT(figures({there({0, 0, 24, 24})}, {{{0, 0, 20, 20}, 0.9}}, options).recall,
              Optional(DoubleEq(1)))
      << "a small find of an object that counts is right";
}

TEST(Evaluation, SizesAreByArea) {
  const ClassSamples one{"car",
                         {{{there({0, 0, 32, 32}), there({100, 0, 33, 33}), there({300, 0, 97, 97})}, {}}}};
  const Evaluation evaluation = evaluate({&one, 1}, {});
  EXPECT_EQ(evaluation.by_size[0].objects, 1);
  EXPECT_EQ(evaluation.by_size[1].objects, 2) << "32x32 is small and medium";
  EXPECT_EQ(evaluation.by_size[2].objects, 1);
  const Evaluation from_40 = evaluate({&one, 1}, {.min_size_px = 40});
  EXPECT_EQ(from_40.by_size[0].objects, 0);
  EXPECT_EQ(from_40.by_size[0].ap50, std::nullopt);
  EXPECT_EQ(from_40.by_size[1].objects, 0);
  EXPECT_EQ(from_40.by_size[2].objects, 1);
}

TEST(Evaluation, ScoreIsForRecallAndPrecisionOnly) {
  const std::vector<Object> objects{there(kLeft), there(kRight)};
  const std::vector<Found> found{{kLeft, 0.9}, {kRight, 0.5}, {kNowhere, 0.4}};
  const Figures f = figures(objects, found, {.score = 0.6});
  EXPECT_THAT(f.recall, Optional(DoubleEq(0.5)));
  EXPECT_THAT(f.precision, Optional(DoubleEq(1)));
  EXPECT_THAT(f.ap50, Optional(DoubleEq(1)));
  EXPECT_THAT(figures(objects, found, {.score = 0.5}).recall, Optional(DoubleEq(1)))
      << "the limit itself counts";
}

TEST(Evaluation, NothingFoundIsZeroAndNothingThereIsNoFigure) {
  const Figures nothing_found = figures({there(kLeft)}, {});
  EXPECT_THAT(nothing_found.ap50, Optional(DoubleEq(0)));
  EXPECT_THAT(nothing_found.ar100, Optional(DoubleEq(0)));
  EXPECT_THAT(nothing_found.recall, Optional(DoubleEq(0)));
  EXPECT_EQ(nothing_found.precision, std::nullopt);
  const Figures nothing_there = figures({}, {{kLeft, 0.9}});
  EXPECT_EQ(nothing_there.ap50, std::nullopt);
  EXPECT_EQ(nothing_there.recall, std::nullopt);
  EXPECT_THAT(nothing_there.precision, Optional(DoubleEq(0)));
}

TEST(Evaluation, ClassesWeighTheSameInApAndObjectsInRecall) {
  const Sample found{{there(kLeft)}, {{kLeft, 0.9}}};
  const std::vector<ClassSamples> classes{
      {"bus", {{{there(kLeft)}, {}}}}, {"car", {found, found, found}}, {"dog", {{{}, {{kLeft, 0.9}}}}}};
  const Evaluation evaluation = evaluate(classes, {});
  EXPECT_THAT(evaluation.all.ap50, Optional(DoubleEq(0.5))) << "no dog is there, so it has no AP";
  EXPECT_THAT(evaluation.all.recall, Optional(DoubleEq(0.75)));
  EXPECT_THAT(evaluation.all.precision, Optional(DoubleEq(0.75)));
  ASSERT_EQ(evaluation.by_class.size(), 3U);
  EXPECT_THAT(evaluation.by_class[0].figures.ap50, Optional(DoubleEq(0)));
  EXPECT_THAT(evaluation.by_class[1].figures.ap50, Optional(DoubleEq(1)));
  EXPECT_EQ(evaluation.by_class[2].figures.ap50, std::nullopt);
}

TEST(Evaluation, AHundredFindsOfAClassInAPictureCount) {
  std::vector<Found> found(100, {kNowhere, 0.9});
  found.push_back({kLeft, 0.5});
  EXPECT_THAT(figures({there(kLeft)}, found).recall, Optional(DoubleEq(0)));
  found.erase(found.begin());
  EXPECT_THAT(figures({there(kLeft)}, found).recall, Optional(DoubleEq(1)));
}

TEST(AveragePrecision, RecallStepsAreRoundedAsCocoRoundsThem) {
  // 7 of 10: as doubles 0.7 < 70 * 0.01, so 70 of the 101 steps are reached, not 71.
  Tally tally{10, std::vector<Verdict>(7)};
  for (Verdict& verdict : tally.verdicts) verdict.matched.set();
  EXPECT_DOUBLE_EQ(average_precision(tally, 0), 70.0 / 101);
}

TEST(EvalOptions, OutOfRangeIsAnError) {
  EXPECT_TRUE(EvalOptions{}.validate().has_value());
  EXPECT_FALSE((EvalOptions{.min_size_px = -1}).validate().has_value());
  EXPECT_FALSE((EvalOptions{.min_visible = 1.5}).validate().has_value());
  EXPECT_FALSE((EvalOptions{.score = std::numeric_limits<double>::quiet_NaN()}).validate().has_value());
}

}  // namespace
}  // namespace weir::eval
