// SPDX-License-Identifier: Apache-2.0
// The report's page and charts: that marks are what was measured, and that nothing from outside breaks them.
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lab/account.h"
#include "lab/report/charts/charts.h"
#include "lab/report/charts/style.h"
#include "lab/report/html.h"
#include "lab/report/markup.h"
#include "support/markup.h"
#include "support/measures.h"

namespace weir::lab {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using testing::count_of;
using ::testing::Each;
using ::testing::ElementsAre;
using testing::find_malformed;
using ::testing::Ge;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::numbers_of;
using ::testing::SizeIs;

constexpr int64_t kMegabyte = 1'000'000;

/// Weights of 40 MB a model, activations of 20 MB; what is left of `megabytes` is unexplained.
Repeat make_repeat(int number, int64_t megabytes, double fps, int64_t models) {
  const int64_t pss = megabytes * kMegabyte;
  Repeat repeat{.number = number, .measured_from_seconds = 1, .measured_to_seconds = 4};
  for (int i = 0; i < 5; ++i) {
    Sample& sample = repeat.samples.emplace_back(Sample{.seconds = static_cast<double>(i), .rss_bytes = pss});
    if (i % 2 == 0) sample.pss_bytes = pss;
  }
  repeat.figures = {.backend = "fake",
                    .models_loaded = models,
                    .contexts = 12,
                    .frames_per_second = fps,
                    .ledger = {{MemoryKind::kActivations, "m", 20 * kMegabyte}},
                    .ledger_bytes = pss,
                    .streams = {{.latency_p50_ms = 10, .latency_p99_ms = 20}}};
  for (int64_t i = 0; i < models; ++i) {
    repeat.figures.ledger.push_back({MemoryKind::kWeights, "m #" + std::to_string(i), 40 * kMegabyte});
  }
  const int64_t left = pss - (20 + 40 * models) * kMegabyte;
  repeat.figures.ledger.push_back({MemoryKind::kUnexplained, "process", left});
  return repeat;
}

SetupRuns make_setup(std::string name, int repeats, int64_t megabytes, double fps, int64_t models) {
  SetupRuns setup{.name = std::move(name), .arguments = {"run", "clip.mp4"}};
  for (int i = 1; i <= repeats; ++i) setup.repeats.push_back(make_repeat(i, megabytes + i, fps + i, models));
  return setup;
}

Experiment sharing(int repeats) {
  return {.environment = {.date = "2030-01-02", .cpu = "a processor", .models = {{"m.onnx", "00ff"}}},
          .setups = {make_setup("none", repeats, 600, 100, 12), make_setup("all", repeats, 100, 101, 1)}};
}

Experiment engine() {
  return {.kind = Kind::kEngine,
          .setups = {make_setup("back to back", 3, 100, 200, 1), make_setup("small pictures", 3, 110, 190, 1),
                     make_setup("1 stream", 3, 120, 90, 1), make_setup("2 streams", 3, 140, 150, 1)}};
}

std::vector<Measured> measured_of(const Experiment& experiment) {
  return {{"", &experiment, summarise(experiment)}};
}

/// Both widths of a chart hold the same marks.
std::string drawn(Svg (*draw)(MeasuredList, double), const Experiment& experiment) {
  const std::string wide = draw(measured_of(experiment), kWidePx).for_page("");
  const std::string narrow = draw(measured_of(experiment), kNarrowPx).for_page("");
  for (const char* mark : {"class=\"segment", "<polyline", "<circle", "\"overdrawn\"", "\"interval"}) {
    EXPECT_EQ(count_of(wide, mark), count_of(narrow, mark)) << mark;
  }
  for (const std::string& text : {wide, narrow}) {
    EXPECT_EQ(find_malformed(text), "");
    EXPECT_THAT(text, AllOf(Not(HasSubstr("nan")), Not(HasSubstr("inf\"")), Not(HasSubstr("width=\"-"))));
  }
  return wide;
}

TEST(LabReportScale, TicksAreRoundAndWithin) {
  EXPECT_THAT(round_ticks(0, 540, 7), ElementsAre(0, 100, 200, 300, 400, 500));
  EXPECT_THAT(round_ticks(0, 1, 3), ElementsAre(0, 0.5, 1));
  EXPECT_THAT(round_ticks(5, 5, 4), IsEmpty());
  EXPECT_THAT(tick_labels(round_ticks(0.96, 1.06, 5)), ElementsAre("0.975", "1.000", "1.025", "1.050"));
  EXPECT_THAT(tick_labels(round_ticks(-0.5, 1, 4)), ElementsAre("-0.5", "0.0", "0.5", "1.0"));
  for (double to = 1e-3; to < 1e6; to *= 1.7) {
    const std::vector<double> ticks = round_ticks(0, to, 6);
    ASSERT_GE(ticks.size(), 3U) << to;
    EXPECT_LE(ticks.size(), 6U) << to;
    EXPECT_LE(ticks.back(), to * (1 + 1e-6));
  }
}

TEST(LabReportMarkup, NothingFromOutsideIsMarkup) {
  EXPECT_EQ(escape("<a b=\"c\" d='e'>&amp;"), "&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;amp;");
  EXPECT_EQ(escape("caf\u00E9 \u2192 \U0001F6A6\n\t"), "caf\u00E9 \u2192 \U0001F6A6\n\t");
  EXPECT_EQ(escape(std::string_view("a\0b\x1b", 4)), "a\uFFFDb\uFFFD");
  EXPECT_EQ(escape("\xE9t\xE9"), "\uFFFDt\uFFFD") << "Latin-1";
  EXPECT_EQ(escape("\xE2\x82"), "\uFFFD\uFFFD") << "cut off";
  EXPECT_EQ(escape("\xC0\xAF \xED\xA0\x80"), "\uFFFD\uFFFD \uFFFD\uFFFD\uFFFD") << "overlong, surrogate";
  EXPECT_EQ(escape("\xE2<b>"), "\uFFFD&lt;b&gt;") << "a cut-off character hides no markup";
}

TEST(LabReportMemory, ASegmentForEachKindAsWideAsItsBytes) {
  const std::string svg = drawn(draw_memory, sharing(3));
  EXPECT_EQ(count_of(svg, "class=\"segment"), 6U) << "weights, activations, unexplained of two set-ups";
  // Of twelve models and of one; a pixel of each is the gap to the next.
  const std::vector<double> weights = numbers_of(svg, "segment k-weights", "width");
  ASSERT_THAT(weights, SizeIs(2));
  EXPECT_NEAR((weights[0] + 1) / (weights[1] + 1), 12, 0.05);
  const std::vector<double> activations = numbers_of(svg, "segment k-activations", "width");
  EXPECT_NEAR((weights[1] + 1) / (activations[1] + 1), 2, 0.05);
  const std::vector<double> unexplained = numbers_of(svg, "segment k-unexplained", "width");
  EXPECT_NEAR((unexplained[0] + 1) / (activations[0] + 1), (602.0 - 500) / 20, 0.05)
      << "of the middle repeat";
  EXPECT_THAT(svg, HasSubstr("602 MB"));
  EXPECT_THAT(svg, HasSubstr("saved 83.1\u00A0%"));
  EXPECT_THAT(svg, HasSubstr("none: weights 480 MB"));
}

TEST(LabReportMemory, WhatIsOverdrawnTakesOffTheEnd) {
  Experiment experiment = sharing(1);
  experiment.setups.erase(experiment.setups.begin());
  for (LedgerEntry& entry : experiment.setups[0].repeats[0].figures.ledger) {
    if (entry.kind == MemoryKind::kUnexplained) entry.bytes = -15 * kMegabyte;
  }
  const std::string svg = drawn(draw_memory, experiment);
  EXPECT_EQ(count_of(svg, "class=\"segment"), 2U);
  const double left = numbers_of(svg, "overdrawn", "x").at(0);
  const double width = numbers_of(svg, "overdrawn", "width").at(0);
  const double weights = numbers_of(svg, "segment k-weights", "width").at(0);
  const double activations_left = numbers_of(svg, "segment k-activations", "x").at(0);
  EXPECT_NEAR(width / (weights + 1), 15.0 / 40.0, 0.01);
  EXPECT_NEAR(left + width, activations_left + (weights + 1) / 2, 0.5) << "it ends where the bar ends";
  EXPECT_THAT(svg, HasSubstr("accounted for 15.0 MB more than there is"));
}

TEST(LabReportMemory, KindsKeepTheirPlaceAndColour) {
  EXPECT_LT(place_of_kind(MemoryKind::kWeights), place_of_kind(MemoryKind::kActivations));
  EXPECT_LT(place_of_kind(MemoryKind::kOther), place_of_kind(MemoryKind::kUnexplained));
  std::set<std::string_view> classes;
  for (const auto& [kind, name] : kMemoryKinds)
    EXPECT_TRUE(classes.insert(class_of_kind(kind)).second) << name;
}

TEST(LabReportTime, ALineForEachRepeatWithItsSamples) {
  const std::string svg = drawn(draw_memory_over_time, sharing(4));
  EXPECT_EQ(count_of(svg, "<polyline class=\"run"), 8U);
  const size_t begin = svg.find("points=\"") + 8;
  EXPECT_EQ(count_of(svg.substr(begin, svg.find('"', begin) - begin), ","), 3U)
      << "samples without PSS are left";
  EXPECT_EQ(count_of(svg, "class=\"window\""), 2U);
}

TEST(LabReportTime, OneSampleIsADotAndNoneIsNothing) {
  Experiment experiment = sharing(2);
  experiment.setups[0].repeats[0].samples.resize(1);
  experiment.setups[0].repeats[1].samples.clear();
  const std::string svg = drawn(draw_memory_over_time, experiment);
  EXPECT_EQ(count_of(svg, "<polyline"), 2U);
  EXPECT_EQ(count_of(svg, "<circle"), 1U);
}

TEST(LabReportRanges, ADotForEachRepeatAndAnIntervalForEachRatio) {
  const std::string svg = drawn(draw_frame_rate, sharing(5));
  EXPECT_EQ(count_of(svg, "class=\"repeat"), 10U);
  EXPECT_EQ(count_of(svg, "class=\"median"), 2U);
  EXPECT_EQ(count_of(svg, "class=\"point"), 1U) << "none has no ratio to itself";
  EXPECT_EQ(count_of(svg, "class=\"interval"), 3U);
  EXPECT_EQ(count_of(svg, "class=\"reference"), 1U);
  EXPECT_THAT(svg, HasSubstr("all: 1.010 of none"));
  EXPECT_EQ(count_of(drawn(draw_latency, sharing(5)), "class=\"repeat"), 20U) << "p50 and p99";
}

TEST(LabReportRanges, WithoutABaseThereAreNoRatios) {
  Experiment experiment = sharing(3);
  experiment.setups.erase(experiment.setups.begin());
  const std::string svg = drawn(draw_frame_rate, experiment);
  EXPECT_EQ(count_of(svg, "class=\"reference"), 0U);
  EXPECT_EQ(count_of(svg, "class=\"repeat"), 3U);
}

TEST(LabReportScaling, APointForEachNumberOfStreamsAndTheModelsLimit) {
  Experiment experiment = engine();
  experiment.setups[3].repeats[0].figures.streams.resize(2);
  for (Repeat& repeat : experiment.setups[3].repeats) repeat.figures.streams.resize(2);
  const std::string svg = drawn(draw_scaling, experiment);
  EXPECT_EQ(count_of(svg, "class=\"point"), 4U) << "two numbers of streams, two panels";
  EXPECT_EQ(count_of(svg, "<polyline class=\"trend"), 2U);
  EXPECT_THAT(svg, HasSubstr("the model alone: 202.0"));
  EXPECT_THAT(svg, HasSubstr("20.0 MB a stream"));
}

TEST(LabReportPage, IsOneFileThatNeedsNothingElse) {
  for (const Experiment& experiment : {sharing(5), engine()}) {
    const std::string html = to_html(experiment);
    EXPECT_EQ(find_malformed(html), "");
    EXPECT_EQ(count_of(html, "://"), count_of(html, "xmlns=\"http://www.w3.org/2000/svg\""));
    for (const char* loads : {"src=", "url(", "@import", "<script", "<link rel=\"stylesheet"}) {
      EXPECT_THAT(html, Not(HasSubstr(loads)));
    }
  }
}

TEST(LabReportPage, SaysWhatWasFoundAndHow) {
  const std::string html = to_html(sharing(5));
  EXPECT_THAT(
      html, HasSubstr("The set-up &quot;all&quot; takes 103 MB, &quot;none&quot; 603 MB: 82.9\u00A0% less"));
  EXPECT_THAT(html, HasSubstr("weir run clip.mp4"));
  EXPECT_THAT(html, HasSubstr("a processor"));
  EXPECT_THAT(html, HasSubstr("m.onnx (00ff)"));
  EXPECT_THAT(html, HasSubstr("published, of another machine"));
  EXPECT_EQ(count_of(html, "<figure"), 4U);
  EXPECT_EQ(count_of(to_html(engine()), "<figure"), 5U);
  EXPECT_THAT(to_html(engine()), Not(HasSubstr("published, of another machine")));
  EXPECT_THAT(to_html(engine()),
              HasSubstr("streams run at 192.0 frames a second in all, 95.0\u00A0% of what the model alone"));
}

TEST(LabReportPage, WhatComesFromOutsideIsText) {
  const std::string evil = "</style><script>alert('1')</script>&\xFF";
  Experiment experiment = sharing(3);
  experiment.setups[1].name = evil;
  experiment.setups[1].arguments = {"run", evil, "it's"};
  experiment.setups[1].failures = {{2, evil}};
  experiment.environment = {evil, evil, evil, evil, 1, 1, evil, {{evil, evil}}};
  experiment.protocol.inputs = {evil};
  experiment.protocol.pace = evil;
  for (const Experiment* other : {static_cast<const Experiment*>(nullptr), &std::as_const(experiment)}) {
    const std::string html = to_html(experiment, other);
    EXPECT_EQ(find_malformed(html), "");
    EXPECT_THAT(html, AllOf(Not(HasSubstr("<script")), HasSubstr("&lt;script&gt;")));
    for (const ChartFile& file : chart_files(experiment, other)) EXPECT_EQ(find_malformed(file.svg), "");
  }
  EXPECT_THAT(to_html(experiment), HasSubstr("&#39;it&#39;\\&#39;&#39;s&#39;")) << "quoted for a shell";
}

TEST(LabReportPage, WithoutResultsItSaysSo) {
  Experiment failed = sharing(1);
  for (SetupRuns& setup : failed.setups) {
    setup.repeats.clear();
    setup.failures = {{1, "out of memory"}};
  }
  failed.interrupted = true;
  for (const Experiment& experiment : {Experiment{}, failed}) {
    const std::string html = to_html(experiment);
    EXPECT_EQ(find_malformed(html), "");
    EXPECT_THAT(html, AllOf(HasSubstr("Nothing was measured"), Not(HasSubstr("<figure"))));
    EXPECT_THAT(chart_files(experiment), IsEmpty());
    EXPECT_EQ(find_malformed(to_html(experiment, &experiment)), "");
  }
  EXPECT_THAT(to_html(failed),
              AllOf(HasSubstr("none: 1 of 1 failed: out of memory"), HasSubstr("Interrupted")));
  EXPECT_THAT(to_html(sharing(1)), AllOf(Not(HasSubstr("Interrupted")), Not(HasSubstr("class=\"alert\""))));
}

TEST(LabReportPage, ChartsHoldWhenNothingIsMoreThanZero) {
  Experiment experiment = sharing(1);
  for (SetupRuns& setup : experiment.setups) setup.repeats = {Repeat{}};
  for (const auto draw : {draw_memory, draw_memory_over_time, draw_frame_rate, draw_latency, draw_scaling}) {
    drawn(draw, experiment);
  }
}

TEST(LabReportPage, MemoryIsCalledWhatItIs) {
  EXPECT_THAT(drawn(draw_memory, sharing(3)), HasSubstr("MB of memory (PSS)"));
  const Experiment rss = testing::with_repeats(sharing(3), testing::show_rss_only);
  for (const auto draw : {draw_memory, draw_memory_over_time}) {
    EXPECT_THAT(drawn(draw, rss), AllOf(HasSubstr("MB of memory (RSS)"), Not(HasSubstr("PSS"))));
  }
  EXPECT_EQ(count_of(drawn(draw_memory_over_time, rss), "<polyline class=\"run"), 6U);
  EXPECT_THAT(to_html(rss), HasSubstr("takes 102 MB (RSS), "));
  EXPECT_THAT(drawn(draw_scaling, testing::with_repeats(engine(), testing::show_rss_only)),
              HasSubstr("MB of memory (RSS)"));

  const Experiment none = testing::with_repeats(sharing(3), testing::show_nothing);
  EXPECT_THAT(drawn(draw_memory, none), AllOf(HasSubstr(">not measured<"), Not(HasSubstr(">0.0 MB<"))));
  EXPECT_THAT(drawn(draw_memory_over_time, none),
              AllOf(HasSubstr("(not measured)"), Not(HasSubstr("0.0 MB"))));
  const std::string streams = drawn(draw_scaling, testing::with_repeats(engine(), testing::show_nothing));
  EXPECT_EQ(count_of(streams, "class=\"point"), 2U) << "of the frame rate alone";
  EXPECT_EQ(find_malformed(to_html(none)), "");
  EXPECT_EQ(find_malformed(to_html(none, &rss)), "");
}

TEST(LabReportCompare, PssIsNotHeldAgainstRss) {
  const Experiment rss = testing::with_repeats(sharing(3), testing::show_rss_only);
  const Account account = account_of(sharing(3), rss);
  EXPECT_THAT(account.tables, SizeIs(4));
  EXPECT_THAT(account.notes, Contains(HasSubstr("memory is not compared")));
  EXPECT_THAT(account_of(rss, rss).tables, SizeIs(5));
  const Experiment pss = sharing(3);
  const std::vector<Measured> both{{"A", &pss, summarise(pss)}, {"B", &rss, summarise(rss)}};
  EXPECT_THAT(draw_memory(both, kWidePx).for_page(""), HasSubstr("MB of memory (A: PSS, B: RSS)"));
}

TEST(LabReportFiles, AreWholeByThemselves) {
  const std::vector<ChartFile> files = chart_files(sharing(3));
  std::vector<std::string> names;
  for (const ChartFile& file : files) {
    names.push_back(file.name);
    EXPECT_EQ(find_malformed(file.svg), "");
    EXPECT_THAT(file.svg,
                AllOf(HasSubstr("<style>"), HasSubstr("class=\"ground\""), HasSubstr("role=\"img\"")));
  }
  EXPECT_THAT(names, ElementsAre("memory.svg", "memory-over-time.svg", "frame-rate.svg", "latency.svg"));
}

TEST(LabReportCompare, BothAreShownSideBySide) {
  const Experiment a = sharing(3);
  Experiment b = sharing(3);
  b.setups[1].name = "pool";
  const std::string html = to_html(a, &b);
  EXPECT_EQ(find_malformed(html), "");
  EXPECT_THAT(html,
              AllOf(HasSubstr("none, A"), HasSubstr("none, B"), HasSubstr("all, A"), HasSubstr("pool, B")));
  EXPECT_THAT(html, AllOf(Not(HasSubstr("all, B")), HasSubstr("Differences")));
  const std::vector<Measured> measured{{"A", &a, summarise(a)}, {"B", &b, summarise(b)}};
  EXPECT_EQ(count_of(draw_memory(measured, kWidePx).for_page(""), "class=\"segment"), 12U);
}

TEST(LabReportCompare, ApartMeansThatNoValueOfOneIsAmongTheOthers) {
  Experiment b = sharing(3);
  for (Repeat& repeat : b.setups[1].repeats) repeat.figures.frames_per_second += 10;
  const Account account = account_of(sharing(3), b);
  ASSERT_THAT(account.tables, SizeIs(5));
  EXPECT_THAT(account.tables[0].rows[1],
              ElementsAre("none", "602.0 (601.0 to 603.0)", "602.0 (601.0 to 603.0)", "+0.0", "1.000", "no"));
  EXPECT_THAT(account.tables[1].rows[2], ElementsAre("all", "103.0 (102.0 to 104.0)",
                                                     "113.0 (112.0 to 114.0)", "+10.0", "1.097", "yes"));
}

TEST(LabReportCompare, NothingInCommonIsSaid) {
  Experiment b = sharing(3);
  for (SetupRuns& setup : b.setups) setup.name += " too";
  EXPECT_THAT(account_of(sharing(3), b).notes, ElementsAre(HasSubstr("no set-up in common")));
  EXPECT_EQ(find_malformed(to_html(sharing(3), &b)), "");
}

/// https://www.w3.org/TR/WCAG21/#dfn-contrast-ratio, of "#rrggbb".
double luminance(const std::string& color) {
  const auto channel = [&](size_t at) {
    const double value = std::stoi(color.substr(at, 2), nullptr, 16) / 255.0;
    return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}

double contrast(const std::string& one, const std::string& other) {
  const auto [low, high] = std::minmax({luminance(one), luminance(other)});
  return (high + 0.05) / (low + 0.05);
}

TEST(LabReportStyle, MarksStandOutFromTheGroundAndLettersFromBoth) {
  const std::string style = chart_style();
  const size_t dark = style.find("@media");
  const std::regex rule(R"(\.chart (\S+) \{ (?:fill|stroke): (#[0-9a-f]{6}); \})");
  for (const std::string& theme : {style.substr(0, dark), style.substr(dark)}) {
    std::map<std::string, std::string> colours;
    for (std::sregex_iterator i(theme.begin(), theme.end(), rule); i != std::sregex_iterator(); ++i) {
      colours[(*i)[1]] = (*i)[2];
    }
    const std::string ground = colours.at(".ground");
    EXPECT_GE(contrast(colours.at("text"), ground), 7);
    EXPECT_GE(contrast(colours.at("text.muted"), ground), 4.5);
    EXPECT_GE(contrast(colours.at(".stroke.a"), ground), 4.5);
    EXPECT_GE(contrast(colours.at(".stroke.b"), ground), 4.5);
    int kinds = 0;
    for (const auto& [selector, color] : colours) {
      if (!selector.starts_with("rect.k-") || selector == "rect.k-unexplained") continue;
      ++kinds;
      EXPECT_GE(contrast(color, ground), 2.95) << selector;
      EXPECT_GE(contrast(color, colours.at("text." + selector.substr(5))), 4.2) << selector;
    }
    EXPECT_EQ(kinds, 10);
  }
}

}  // namespace
}  // namespace weir::lab
