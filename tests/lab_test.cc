// SPDX-License-Identifier: Apache-2.0
// The lab's statistics and what follows from measured values, on numbers worked out by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lab/analysis.h"
#include "lab/run/measure.h"
#include "lab/run/setups.h"
#include "lab/run/street_inputs.h"
#include "lab/statistics.h"
#include "support/measures.h"

namespace weir::lab {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsSubsetOf;
using ::testing::Not;

TEST(LabStatistics, MedianAndSpread) {
  EXPECT_EQ(median({}), 0);
  EXPECT_EQ(median({3}), 3);
  EXPECT_EQ(median({9, 1, 5}), 5);
  EXPECT_EQ(median({9, 1, 5, 6}), 5.5);
  const Spread spread = spread_of({9, 1, 5});
  EXPECT_EQ(spread.median, 5);
  EXPECT_EQ(spread.least, 1);
  EXPECT_EQ(spread.most, 9);
}

// Drift from turn to turn is larger than what is looked for; within a turn it cancels out.
TEST(LabStatistics, AComparisonIsTheMedianOfRatiosWithinATurn) {
  const std::vector<double> values{50, 90, 200};
  const std::vector<double> bases{100, 150, 500};
  EXPECT_DOUBLE_EQ(compare(values, bases).ratio, 0.5);
}

// Drift that hits both of a pair alike must not widen the interval: the reason for taking turns.
TEST(LabStatistics, DriftThatBothShareIsNoNoise) {
  const std::vector<double> bases{100, 150, 120, 200, 170};
  std::vector<double> values;
  for (const double base : bases) values.push_back(base * 0.9);
  const Comparison comparison = compare(values, bases);
  ASSERT_TRUE(comparison.low && comparison.high);
  EXPECT_DOUBLE_EQ(*comparison.low, 0.9);
  EXPECT_DOUBLE_EQ(*comparison.high, 0.9);
  EXPECT_TRUE(comparison.beyond_noise());
}

TEST(LabStatistics, NoiseOnBothSidesOfOneIsNotBeyondIt) {
  const std::vector<double> bases{100, 100, 100, 100, 100};
  const std::vector<double> values{95, 104, 99, 108, 97};
  const Comparison comparison = compare(values, bases);
  ASSERT_TRUE(comparison.low && comparison.high);
  EXPECT_LT(*comparison.low, 1);
  EXPECT_GT(*comparison.high, 1);
  EXPECT_FALSE(comparison.beyond_noise());
  EXPECT_GE(*comparison.low, 0.95);
  EXPECT_LE(*comparison.high, 1.08);
}

TEST(LabStatistics, TheSameValuesGiveTheSameInterval) {
  const std::vector<double> bases{100, 103, 98, 101, 99};
  const std::vector<double> values{95, 104, 99, 108, 97};
  EXPECT_EQ(compare(values, bases).low, compare(values, bases).low);
  EXPECT_EQ(compare(values, bases).high, compare(values, bases).high);
}

TEST(LabStatistics, TwoPairsSayNothingAboutNoise) {
  const std::vector<double> bases{100, 100};
  const std::vector<double> values{50, 50};
  EXPECT_FALSE(compare(values, bases).low.has_value());
  EXPECT_FALSE(compare(values, bases).beyond_noise());
}

TEST(LabStatistics, SlopeOfALine) {
  const std::vector<double> x{1, 2, 4, 8};
  const std::vector<double> y{12, 14, 18, 26};
  EXPECT_DOUBLE_EQ(slope(x, y), 2);
  EXPECT_EQ(slope(std::vector<double>{1}, std::vector<double>{5}), 0);
}

Repeat repeat_of(int number, int64_t pss_bytes, double fps, int64_t models, std::vector<LedgerEntry> ledger) {
  Repeat repeat{.number = number, .measured_from_seconds = 1, .measured_to_seconds = 2};
  repeat.samples = {{.seconds = 0.5, .rss_bytes = 1, .system_bytes = 1, .pss_bytes = 1},
                    {.seconds = 1.5, .rss_bytes = pss_bytes + 5, .system_bytes = 7, .pss_bytes = pss_bytes},
                    {.seconds = 2.5, .rss_bytes = 1, .system_bytes = 1, .pss_bytes = 1}};
  repeat.figures = {.models_loaded = models,
                    .contexts = 12,
                    .frames_per_second = fps,
                    .ledger = std::move(ledger),
                    .ledger_bytes = pss_bytes,
                    .streams = {{.dropped = 2, .latency_p50_ms = 10, .latency_p99_ms = 20},
                                {.dropped = 3, .latency_p50_ms = 30, .latency_p99_ms = 90}}};
  return repeat;
}

TEST(LabAnalysis, OnlySamplesOfTheMeasuredTimeCount) {
  const RepeatSummary summary = summarise(repeat_of(1, 400, 50, 12, {}));
  EXPECT_EQ(summary.measure, MemoryMeasure::kPss);
  EXPECT_EQ(summary.memory_bytes, 400);
  EXPECT_EQ(summary.rss_bytes, 405);
  EXPECT_EQ(summary.system_bytes, 7);
  EXPECT_EQ(summary.dropped, 5);
  EXPECT_EQ(summary.latency_p50_ms, 20);
  EXPECT_EQ(summary.latency_p99_ms, 90);
}

TEST(LabAnalysis, WithoutASampleTheChildsOwnLastCounts) {
  Repeat repeat = repeat_of(1, 400, 50, 12, {});
  repeat.samples.clear();
  EXPECT_EQ(summarise(repeat).memory_bytes, 400);
  EXPECT_EQ(summarise(repeat).measure, MemoryMeasure::kPss);
  EXPECT_EQ(summarise(repeat).rss_bytes, std::nullopt) << "not 0: nobody looked";
}

Experiment two_setups() {
  const std::vector<LedgerEntry> unshared{{MemoryKind::kWeights, "m #1", 30},
                                          {MemoryKind::kWeights, "m #2", 30},
                                          {MemoryKind::kUnexplained, "", -8}};
  const std::vector<LedgerEntry> shared{{MemoryKind::kWeights, "m #1", 30},
                                        {MemoryKind::kUnexplained, "", 12}};
  Experiment experiment;
  experiment.setups = {{.name = "none"}, {.name = "all"}, {.name = "pool"}};
  experiment.setups[0].repeats = {repeat_of(1, 400, 50, 2, unshared), repeat_of(3, 420, 52, 2, unshared),
                                  repeat_of(2, 380, 48, 2, unshared)};
  experiment.setups[1].repeats = {repeat_of(1, 200, 51, 1, shared), repeat_of(3, 210, 53, 1, shared)};
  experiment.setups[2].failures = {{1, "no memory"}};
  return experiment;
}

TEST(LabAnalysis, SavedAndForetoldAgainstNone) {
  const std::vector<SetupSummary> rows = summarise(two_setups());
  ASSERT_EQ(rows.size(), 2U) << "a set-up without repeats has no row";
  EXPECT_EQ(rows[0].memory_bytes.median, 400);
  EXPECT_FALSE(rows[0].saved_ratio.has_value());
  EXPECT_DOUBLE_EQ(rows[0].unexplained_ratio.value(), -0.02);
  // Paired by number: repeats 1 and 3.
  EXPECT_DOUBLE_EQ(rows[1].saved_ratio.value(), 0.5);
  EXPECT_DOUBLE_EQ(rows[1].fps_against_base.value().ratio, (51.0 / 50 + 53.0 / 52) / 2);
  // One of two models of 30 bytes each is not there, by 400.
  EXPECT_DOUBLE_EQ(rows[1].foretold_saved_ratio.value(), 30.0 / 400.0);
  EXPECT_EQ(rows[1].ledger.front().bytes, 30);
  EXPECT_EQ(find(rows, "pool"), nullptr);
}

TEST(LabAnalysis, WithoutNoneNothingIsSaved) {
  Experiment experiment = two_setups();
  experiment.setups.erase(experiment.setups.begin());
  EXPECT_FALSE(summarise(experiment).front().saved_ratio.has_value());
}

TEST(LabAnalysis, WhatAStreamAdds) {
  Experiment experiment{.kind = Kind::kEngine};
  experiment.setups = {{.name = std::string(kBackToBack)}, {.name = "1 stream"}, {.name = "2 streams"}};
  experiment.setups[0].repeats = {repeat_of(1, 9999, 100, 1, {})};
  experiment.setups[1].repeats = {
      repeat_of(1, 100, 70, 1, {{MemoryKind::kWeights, "m", 30}, {MemoryKind::kDecoderSurfaces, "a", 40}})};
  experiment.setups[1].repeats[0].figures.streams.resize(1);
  experiment.setups[2].repeats = {
      repeat_of(1, 150, 80, 1, {{MemoryKind::kWeights, "m", 30}, {MemoryKind::kDecoderSurfaces, "a", 85}})};
  const std::vector<SetupSummary> rows = summarise(experiment);
  EXPECT_DOUBLE_EQ(rows[2].fps_against_base.value().ratio, 0.8);
  const std::optional<Growth> growth = growth_per_stream(rows);
  ASSERT_TRUE(growth.has_value());
  EXPECT_DOUBLE_EQ(growth->memory_bytes, 50);
  EXPECT_EQ(growth->ledger[0].bytes, 0) << "the model is there once";
  EXPECT_EQ(growth->ledger[1].bytes, 45);
}

TEST(LabAnalysis, WithoutPssMemoryIsRss) {
  const Experiment experiment = testing::with_repeats(two_setups(), testing::show_rss_only);
  EXPECT_EQ(measure_of(experiment), MemoryMeasure::kRss);
  const std::vector<SetupSummary> rows = summarise(experiment);
  EXPECT_EQ(rows[0].measure, MemoryMeasure::kRss);
  EXPECT_EQ(rows[0].memory_bytes.median, 405);
  EXPECT_FALSE(rows[0].uss_bytes.has_value());
  EXPECT_DOUBLE_EQ(rows[0].unexplained_ratio.value(), -8.0 / 405);
  EXPECT_DOUBLE_EQ(rows[1].saved_ratio.value(), 1 - (205.0 / 405 + 215.0 / 425) / 2);

  Repeat brief = experiment.setups[0].repeats[0];
  brief.samples.clear();
  EXPECT_EQ(summarise(brief).measure, MemoryMeasure::kRss) << "the child's own last";
  EXPECT_EQ(summarise(brief).memory_bytes, 405);
}

// Set against each other they would be neither.
TEST(LabAnalysis, RepeatsAreComparedByTheMeasureThatAllHave) {
  Experiment experiment = two_setups();
  testing::show_rss_only(experiment.setups[1].repeats[0]);
  const std::vector<SetupSummary> rows = summarise(experiment);
  EXPECT_EQ(rows[0].measure, MemoryMeasure::kRss);
  EXPECT_EQ(rows[0].memory_bytes.median, 405);
  EXPECT_EQ(rows[1].memory_bytes.least, 205);

  experiment = two_setups();
  testing::show_nothing(experiment.setups[1].repeats[0]);
  EXPECT_EQ(summarise(experiment)[1].measure, MemoryMeasure::kPss);
  EXPECT_EQ(summarise(experiment)[1].memory_bytes.least, 210) << "a repeat that tells nothing is left out";
}

TEST(LabAnalysis, WhatWasNotMeasuredIsNotZero) {
  const Experiment experiment = testing::with_repeats(two_setups(), testing::show_nothing);
  EXPECT_EQ(measure_of(experiment), MemoryMeasure::kNone);
  for (const SetupSummary& row : summarise(experiment)) {
    EXPECT_EQ(row.measure, MemoryMeasure::kNone);
    for (const auto& spread : {row.uss_bytes, row.rss_bytes, row.peak_rss_bytes, row.system_bytes}) {
      EXPECT_FALSE(spread.has_value());
    }
    EXPECT_FALSE(row.unexplained_ratio.has_value());
    EXPECT_FALSE(row.saved_ratio.has_value());
    EXPECT_FALSE(row.foretold_saved_ratio.has_value());
    EXPECT_GT(row.frames_per_second.median, 0);
  }
}

SharingOptions sharing_options() {
  SharingOptions options;
  options.common.inputs = {"a.mp4", "b.mp4"};
  options.common.models = {"m.onnx"};
  return options;
}

TEST(LabSetups, ThePublishedOnesAndThePool) {
  const Experiment experiment = plan(sharing_options());
  ASSERT_EQ(experiment.setups.size(), 4U);
  EXPECT_THAT(experiment.setups[0].arguments,
              ElementsAre("run", "a.mp4", "b.mp4", "a.mp4", "b.mp4", "--model", "m.onnx", "--backend", "auto",
                          "--duration", "7s", "--warmup", "1s", "--loop", "--pace", "max", "--share", "none",
                          "--contexts-per-stream", "3"));
  EXPECT_THAT(experiment.setups[1].arguments, Contains("stream"));
  EXPECT_THAT(experiment.setups[2].arguments, Contains("--contexts-per-stream"));
  EXPECT_THAT(experiment.setups[3].arguments, Not(Contains("--contexts-per-stream")));
  EXPECT_EQ(experiment.protocol.streams, 4);
}

TEST(LabSetups, AModelForEachStream) {
  SharingOptions options = sharing_options();
  options.streams = 2;
  options.common.models = {"m.onnx", "n.onnx"};
  EXPECT_TRUE(options.validate());
  const std::vector<std::string> both{"--model", "m.onnx", "--model", "n.onnx"};
  EXPECT_THAT(both, IsSubsetOf(plan(options).setups[0].arguments));
  options.streams = 3;
  EXPECT_THAT(options.validate().error().message, HasSubstr("--model was given 2 times for 3 streams"));
}

TEST(LabSetups, RefusesWhatCannotBe) {
  const auto error_of = [](auto change) {
    SharingOptions options = sharing_options();
    change(options);
    const Status status = options.validate();
    return status ? "" : status.error().message;
  };
  EXPECT_THAT(error_of([](SharingOptions& o) { o.setups = {"some"}; }),
              HasSubstr("none, stream, all or pool"));
  EXPECT_THAT(error_of([](SharingOptions& o) { o.setups = {"all", "all"}; }), HasSubstr("twice"));
  EXPECT_THAT(error_of([](SharingOptions& o) { o.streams = 0; }), HasSubstr("--streams"));
  EXPECT_THAT(error_of([](SharingOptions& o) { o.contexts_per_stream = -1; }), HasSubstr("--contexts"));
  EXPECT_THAT(error_of([](SharingOptions& o) { o.common.repeats = 0; }), HasSubstr("--repeats"));
  EXPECT_THAT(error_of([](SharingOptions& o) { o.common.pace = "slow"; }), HasSubstr("--pace"));
}

TEST(LabSetups, TheEngineAloneThenMoreAndMoreStreams) {
  EngineOptions options;
  options.common.inputs = {"a.mp4"};
  options.common.models = {"m.onnx"};
  options.small_inputs = {"s.mp4"};
  options.streams = {1, 2};
  const Experiment experiment = plan(options);
  ASSERT_EQ(experiment.setups.size(), 4U);
  EXPECT_THAT(experiment.setups[0].arguments,
              ElementsAre("bench", "raw", "a.mp4", "--model", "m.onnx", "--backend", "auto", "--duration",
                          "6s", "--warmup", "1s"));
  EXPECT_THAT(experiment.setups[1].arguments, Contains("s.mp4"));
  EXPECT_EQ(experiment.setups[2].name, "1 stream");
  EXPECT_EQ(experiment.setups[3].name, "2 streams");
}

TEST(LabProgress, TimeLeftFromWhatRunsTook) {
  // Nothing known: all as guessed.
  EXPECT_DOUBLE_EQ(estimate_seconds_left({{{}, 2}, {{}, 2}}, 0, 3, 10), 37);
  // The first takes 12, the second is not known yet: as long as that.
  EXPECT_DOUBLE_EQ(estimate_seconds_left({{{12}, 1}, {{}, 2}}, 1, 2, 10), 34);
  EXPECT_DOUBLE_EQ(estimate_seconds_left({{{12}, 1}, {{8, 10}, 1}}, 1, 2, 10), 19);
  // A run that takes longer than the others did doesn't make the rest shorter.
  EXPECT_DOUBLE_EQ(estimate_seconds_left({{{12}, 1}, {{8}, 1}}, 1, 99, 10), 12);
}

TEST(LabInputs, SmallPicturesKeepTheShape) {
  EXPECT_EQ(small_size_like(1920, 1080), (InputSize{320, 180}));
  EXPECT_EQ(small_size_like(1080, 1920), (InputSize{320, 568}));
  EXPECT_EQ(small_size_like(4000, 10).height_px % 2, 0);
}

}  // namespace
}  // namespace weir::lab
