// SPDX-License-Identifier: Apache-2.0
// What the lab writes, on fixed data: JSON there and back, CSV, the table for people.
#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "lab/csv.h"
#include "lab/experiment_json.h"
#include "lab/table.h"
#include "support/measures.h"

namespace weir::lab {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

Repeat make_repeat(int number, int64_t megabytes, double fps, int64_t models) {
  constexpr int64_t kMegabyte = 1'000'000;
  const int64_t pss = megabytes * kMegabyte;
  return {.number = number,
          .measured_from_seconds = 1.5,
          .measured_to_seconds = 8.5,
          .peak_rss_bytes = pss + kMegabyte,
          .harness_cpu_ratio = 0.004,
          .samples = {{.seconds = 2.25,
                       .rss_bytes = pss + kMegabyte,
                       .system_bytes = pss - kMegabyte,
                       .pss_bytes = pss,
                       .uss_bytes = pss - kMegabyte},
                      {.seconds = 2.375, .rss_bytes = pss + kMegabyte, .system_bytes = -kMegabyte}},
          .figures = {.backend = "openvino",
                      .backend_version = "2026.4.1",
                      .device = "a processor",
                      .precision = "f32",
                      .input_size = "416x256",
                      .models_loaded = models,
                      .contexts = 12,
                      .cores = 2,
                      .wall_seconds = 7,
                      .frames_per_second = fps,
                      .cpu_ms_per_frame = 20.5,
                      .ledger = {{MemoryKind::kWeights, "m.onnx #1", 4 * kMegabyte},
                                 {MemoryKind::kWeights, "m.onnx #2", 4 * kMegabyte},
                                 {MemoryKind::kUnexplained, "process", pss - 8 * kMegabyte}},
                      .ledger_bytes = pss,
                      .streams = {{.name = "gate",
                                   .inferred = 100,
                                   .dropped = 3,
                                   .frames_per_second = fps,
                                   .latency_p50_ms = 41.5,
                                   .latency_p99_ms = 80.25}}}};
}

Experiment fixed() {
  Experiment experiment{.environment = {.date = "2030-01-02T03:04:05Z",
                                        .weir_version = "0.1.0",
                                        .commit = "abc",
                                        .cpu = "a processor",
                                        .cores = 2,
                                        .memory_bytes = 8'000'000'000,
                                        .kernel = "Linux 6",
                                        .models = {{"models/m.onnx", "00ff"}}},
                        .protocol = {.streams = 4,
                                     .contexts_per_stream = 3,
                                     .repeats = 3,
                                     .warmup_seconds = 2,
                                     .duration_seconds = 7,
                                     .pace = "max",
                                     .inputs = {"gate.mp4"}},
                        .interrupted = true};
  experiment.setups = {
      {.name = "none", .arguments = {"run", "gate.mp4", "--share", "none"}},
      {.name = "all", .arguments = {"run", "gate.mp4"}},
      {.name = "pool", .arguments = {"run"}, .failures = {{1, "out of memory"}, {2, "out of memory"}}}};
  for (int i = 1; i <= 3; ++i) {
    experiment.setups[0].repeats.push_back(make_repeat(i, 400 + i, 100, 12));
    experiment.setups[1].repeats.push_back(make_repeat(i, 100 + i, 99 + i, 1));
  }
  return experiment;
}

TEST(LabJson, ThereAndBackIsTheSame) {
  const std::string text = to_json(fixed()).dump();
  const Result<Experiment> again = parse_experiment(text, "x.json");
  ASSERT_TRUE(again.has_value()) << again.error().message;
  EXPECT_EQ(to_json(*again).dump(), text);
  EXPECT_TRUE(again->interrupted);
  EXPECT_EQ(again->setups[2].failures[1].message, "out of memory");
  EXPECT_FALSE(again->setups[0].repeats[0].samples[1].pss_bytes.has_value());
}

TEST(LabJson, NamesThatOthersRelyOn) {
  const json file = json::parse(to_json(fixed()).dump());
  const json& all = file["setups"][1];
  for (const char* key :
       {"name", "models_loaded", "contexts", "repeats", "pss_bytes", "uss_bytes", "system_bytes",
        "frames_per_second", "cpu_ms_per_frame", "saved_ratio", "ledger", "unexplained_ratio"}) {
    EXPECT_TRUE(all.contains(key)) << key;
  }
  EXPECT_EQ(all["pss_bytes"], 102'000'000);
  EXPECT_NEAR(all["saved_ratio"], 1 - 102.0 / 402.0, 1e-4);
  EXPECT_EQ(all["ledger"]["weights"], 8'000'000);
  EXPECT_EQ(all["repeats"][0]["samples"][0]["pss_bytes"], 101'000'000);
  EXPECT_FALSE(file["setups"][2].contains("pss_bytes")) << "nothing was measured";
  EXPECT_EQ(file["published"]["setups"][2]["saved_ratio"], 0.296);
}

TEST(LabJson, ADifferentMeasureHasItsOwnNames) {
  for (const auto change : {testing::show_rss_only, testing::show_nothing}) {
    const std::string text = to_json(testing::with_repeats(fixed(), change)).dump();
    const Result<Experiment> again = parse_experiment(text, "x.json");
    ASSERT_TRUE(again.has_value()) << again.error().message;
    EXPECT_EQ(to_json(*again).dump(), text);
    const json all = json::parse(text)["setups"][1];
    const bool is_rss = change == testing::show_rss_only;
    EXPECT_EQ(all["measure"], is_rss ? json("RSS") : json());
    for (const char* key : {"pss_bytes", "uss_bytes"}) {
      EXPECT_TRUE(all[key].is_null()) << key;
      EXPECT_TRUE(all["spread"][key].is_null()) << key;
    }
    EXPECT_TRUE(all["repeats"][0]["child"]["ledger_pss_bytes"].is_null());
    EXPECT_EQ(all.contains("rss_against_base"), is_rss);
    EXPECT_FALSE(all.contains("pss_against_base"));
    EXPECT_EQ(all["rss_bytes"], is_rss ? json(103'000'000) : json());
    EXPECT_EQ(all["repeats"][0]["child"].value("ledger_rss_bytes", 0), is_rss ? 101'000'005 : 0);
    EXPECT_EQ(all["unexplained_ratio"].is_null(), !is_rss);
  }
}

TEST(LabJson, FilesFromBeforeThereWereMeasuresAreOfPss) {
  json old = json::parse(to_json(fixed()).dump());
  for (json& setup : old["setups"]) {
    for (json& repeat : setup["repeats"]) repeat["child"].erase("measure");
  }
  EXPECT_EQ(to_json(parse_experiment(old.dump(), "x.json").value()).dump(), to_json(fixed()).dump());
  old["setups"][0]["repeats"][0]["child"]["measure"] = "VSZ";
  EXPECT_THAT(parse_experiment(old.dump(), "x.json").error().message, HasSubstr("unknown measure \"VSZ\""));
}

TEST(LabJson, WhatIsNotOneIsSaidWithItsName) {
  const auto error_of = [](std::string_view text) {
    return parse_experiment(text, "x.json").error().message;
  };
  EXPECT_THAT(error_of("{"), HasSubstr("'x.json' is not what weir bench --json writes"));
  EXPECT_THAT(error_of("{}"), HasSubstr("weir_lab"));
  EXPECT_THAT(error_of("[]"), HasSubstr("x.json"));
  std::string text = to_json(fixed()).dump();
  text.replace(text.find("\"kernel\""), 8, "\"colonel\"");
  EXPECT_THAT(error_of(text), HasSubstr("kernel"));
}

TEST(LabJson, KindsOfMemoryOfAnotherVersionAreAddedUp) {
  std::string text = to_json(fixed()).dump();
  for (const char* unknown : {"glue", "string"}) {
    const std::string known = R"("kind":"weights")";
    text.replace(text.find(known), known.size(), "\"kind\":\"" + std::string(unknown) + "\"");
  }
  const Result<Experiment> read = parse_experiment(text, "x.json");
  ASSERT_TRUE(read.has_value()) << read.error().message;
  const std::vector<KindBytes> ledger = by_kind(read->setups[0].repeats[0].figures.ledger);
  ASSERT_EQ(ledger.size(), 2U);
  EXPECT_EQ(ledger[0].kind, MemoryKind::kOther);
  EXPECT_EQ(ledger[0].bytes, 8'000'000);
  EXPECT_THAT(to_json(*read).dump(), HasSubstr(R"("kind":"other")"));
}

TEST(Ledger, EveryKindHasANameOfItsOwn) {
  for (const auto& [kind, name] : kMemoryKinds) {
    EXPECT_EQ(to_string(kind), name);
    EXPECT_EQ(memory_kind(name), kind);
  }
  EXPECT_EQ(memory_kind(""), MemoryKind::kOther);
}

TEST(LabCsv, ALineForEachRepeatOfEqualLength) {
  const std::string csv = to_csv(fixed());
  EXPECT_EQ(std::ranges::count(csv, '\n'), 7);
  EXPECT_THAT(csv, HasSubstr("none,2,12,12,1,402000000,"));
  EXPECT_THAT(csv, HasSubstr(",weights bytes,"));
  const auto commas = [](std::string_view line) { return std::ranges::count(line, ','); };
  const std::string_view first(csv.data(), csv.find('\n'));
  const std::string_view last = std::string_view(csv).substr(csv.rfind('\n', csv.size() - 2) + 1);
  EXPECT_EQ(commas(first), commas(last));
}

TEST(LabCsv, WhatWasNotMeasuredIsEmpty) {
  EXPECT_THAT(to_csv(testing::with_repeats(fixed(), testing::show_rss_only)),
              HasSubstr("\nnone,2,12,12,1,,,403000000,403000000,"));
  EXPECT_THAT(to_csv(testing::with_repeats(fixed(), testing::show_nothing)),
              HasSubstr("\nnone,2,12,12,1,,,,,,100,"));
}

TEST(LabTable, SaysWhatWasSavedAndWhatFailed) {
  const std::string table = to_table(fixed());
  EXPECT_THAT(table, HasSubstr("4 streams, 3 contexts each, m.onnx, openvino f32 at 416x256"));
  EXPECT_THAT(table, HasSubstr("stopped before its end"));
  EXPECT_THAT(table, HasSubstr("402.0 (401.0 to 403.0)"));
  EXPECT_THAT(table, HasSubstr("74.6 %"));
  EXPECT_THAT(table, HasSubstr("1.010 (1.000 to 1.020)"));
  EXPECT_THAT(table, HasSubstr("pool: 2 of 2 failed: out of memory"));
  EXPECT_THAT(table, HasSubstr("published, of another machine"));
  EXPECT_THAT(table, HasSubstr("17.4 %"));
}

TEST(LabTable, AnEngineRunHasNoPublishedTable) {
  Experiment experiment = fixed();
  experiment.kind = Kind::kEngine;
  experiment.setups[0].name = std::string(kBackToBack);
  experiment.setups[1].name = "1 stream";
  const std::string table = to_table(experiment);
  EXPECT_THAT(table, HasSubstr("of back to back"));
  EXPECT_THAT(table, Not(HasSubstr("published")));
}

TEST(LabTable, MemoryIsCalledWhatItIs) {
  const std::string pss = to_table(fixed());
  EXPECT_THAT(pss, AllOf(HasSubstr("PSS MB"), HasSubstr("unexplained of PSS"), Not(HasSubstr("RSS"))));
  const std::string rss = to_table(testing::with_repeats(fixed(), testing::show_rss_only));
  EXPECT_THAT(rss,
              AllOf(HasSubstr("RSS MB"), HasSubstr("403.0 (402.0 to 404.0)"), HasSubstr("unexplained of RSS"),
                    HasSubstr("memory is RSS"), HasSubstr("kernel shows no PSS"), Not(HasSubstr("PSS MB"))));
  const std::string none = to_table(testing::with_repeats(fixed(), testing::show_nothing));
  EXPECT_THAT(none, AllOf(HasSubstr("memory was not measured"), Not(HasSubstr("0.0 (0.0 to 0.0)")),
                          Not(HasSubstr("unexplained of")), HasSubstr("frames/s")));
}

TEST(LabTable, NothingMeasuredIsSaid) {
  Experiment experiment = fixed();
  for (SetupRuns& setup : experiment.setups) setup.repeats.clear();
  EXPECT_EQ(to_table(experiment), "nothing was measured\npool: 2 of 2 failed: out of memory\n");
}

}  // namespace
}  // namespace weir::lab
