// SPDX-License-Identifier: Apache-2.0
// The whole engine over real files and the fake backend: what flows in must come out, once, in order.
#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <map>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "engine/engine.h"
#include "support/media.h"
#include "support/models.h"

namespace weir {
namespace {

using nlohmann::json;
using ::testing::Contains;
using ::testing::HasSubstr;

constexpr int kFrames = 30;

class Pipeline : public ::testing::Test {
 protected:
  void SetUp() override {
    WEIR_SKIP_WITHOUT_FFMPEG();
    config_.backend = "fake";
    config_.results = folder_.file("results.jsonl");
    model_ = testing::write_fake_model(folder_.file("small.json"), R"("input": [160, 160])");
    ASSERT_TRUE(testing::make_test_video(folder_.file("a.mp4"), "320x180", kFrames, "-pix_fmt yuv420p"));
    ASSERT_TRUE(testing::make_test_video(folder_.file("b.mp4"), "640x360", kFrames, "-pix_fmt yuv420p"));
  }

  void add_stream(const std::string& name, const std::string& file, const std::string& model = "") {
    config_.streams.push_back({name, folder_.file(file), model.empty() ? model_ : model, ""});
  }

  RunReport run(std::stop_token stop = {}) {
    auto engine = Engine::create(config_, stop);
    EXPECT_TRUE(engine) << (engine ? "" : engine.error().message);
    return engine ? (*engine)->run(stop) : RunReport{};
  }

  /// The lines of every stream, in the order they were written; the key is how its lines begin.
  std::map<std::string, std::vector<std::string>> lines_by_stream() const {
    std::map<std::string, std::vector<std::string>> by_stream;
    std::ifstream file(config_.results);
    for (std::string line; std::getline(file, line);) {
      by_stream[line.substr(0, line.find(','))].push_back(std::move(line));
    }
    return by_stream;
  }

  /// The same, read.
  std::map<std::string, std::vector<json>> results() const {
    std::map<std::string, std::vector<json>> by_stream;
    for (const auto& [stream, lines] : lines_by_stream()) {
      for (const std::string& line : lines) {
        json record = json::parse(line);
        by_stream[record["stream"]].push_back(std::move(record));
      }
    }
    return by_stream;
  }

  static void expect_each_frame_once(const std::vector<json>& lines, int64_t frames) {
    ASSERT_EQ(static_cast<int64_t>(lines.size()), frames);
    for (int64_t i = 0; i < frames; ++i) ASSERT_EQ(lines[static_cast<size_t>(i)]["frame"], i);
  }

  static void expect_accounted(const StreamStatistics& statistics) {
    EXPECT_EQ(statistics.decoded, statistics.inferred + statistics.failed + statistics.dropped_total());
  }

  testing::TempFolder folder_;
  EngineConfig config_;
  std::string model_;
};

TEST_F(Pipeline, EveryFrameOfEveryStreamOnceAndInOrder) {
  for (const char* name : {"one", "two", "three"}) add_stream(name, "a.mp4");
  add_stream("four", "b.mp4");
  const RunReport report = run();
  ASSERT_EQ(report.streams.size(), 4U);
  for (const StreamReport& stream : report.streams) {
    EXPECT_EQ(stream.statistics.inferred, kFrames);
    EXPECT_THAT(stream.problems, ::testing::IsEmpty());
    expect_accounted(stream.statistics);
  }
  EXPECT_EQ(report.models_loaded, 1U);
  const auto lines_of = results();
  for (const auto& [name, lines] : lines_of) expect_each_frame_once(lines, kFrames);
  EXPECT_FALSE(lines_of.at("one")[0]["detections"].empty()) << "the test pattern has bright places";
}

// Reordered records, shared scratch memory or contexts, results mixed between streams.
TEST_F(Pipeline, TheSameBytesWhateverTheSetUp) {
  for (const char* name : {"one", "two"}) add_stream(name, "a.mp4");
  add_stream("three", "b.mp4");
  struct SetUp {
    Sharing sharing;
    std::optional<int> contexts;
    std::optional<int> per_stream;
    size_t models;
  };
  std::map<std::string, std::vector<std::string>> expected;
  for (const SetUp& set_up : {SetUp{Sharing::kAll, 1, {}, 1}, SetUp{Sharing::kAll, 5, {}, 1},
                              SetUp{Sharing::kAll, {}, 3, 1}, SetUp{Sharing::kStream, {}, 3, 3},
                              SetUp{Sharing::kNone, {}, 2, 6}, SetUp{Sharing::kNone, 3, {}, 3}}) {
    config_.sharing = set_up.sharing;
    config_.contexts = set_up.contexts;
    config_.contexts_per_stream = set_up.per_stream;
    EXPECT_EQ(run().models_loaded, set_up.models);
    if (expected.empty()) {
      expected = lines_by_stream();
      ASSERT_EQ(expected.size(), 3U);
    } else {
      EXPECT_EQ(lines_by_stream(), expected) << to_string(set_up.sharing);
    }
  }
}

TEST_F(Pipeline, EqualBytesUnderTwoPathsAreOneModel) {
  add_stream("one", "a.mp4");
  std::filesystem::copy_file(model_, folder_.file("same.json"));
  add_stream("two", "a.mp4", folder_.file("same.json"));
  EXPECT_EQ(run().models_loaded, 1U);
}

TEST_F(Pipeline, AFailedInferenceIsAnErrorRecordAndTheRestGoesOn) {
  model_ = testing::write_fake_model(folder_.file("failing.json"), R"("fail_runs": [3, 7])");
  add_stream("one", "a.mp4");
  const RunReport report = run();
  EXPECT_EQ(report.streams[0].statistics.failed, 2);
  EXPECT_EQ(report.streams[0].statistics.inferred, kFrames - 2);
  const auto lines = results().at("one");
  expect_each_frame_once(lines, kFrames);
  const auto failed = std::ranges::count_if(lines, [](const json& line) { return line.contains("error"); });
  EXPECT_EQ(failed, 2);
  for (const json& line : lines) EXPECT_NE(line.contains("error"), line.contains("detections"));
}

TEST_F(Pipeline, DroppingIsCountedAndRecorded) {
  model_ = testing::write_fake_model(folder_.file("slow.json"), R"("run_ms": 30)");
  add_stream("one", "a.mp4");
  config_.when_full = WhenFull::kDropOldest;
  config_.contexts = 1;
  const RunReport report = run();
  const StreamStatistics& statistics = report.streams[0].statistics;
  EXPECT_EQ(statistics.decoded, kFrames);
  EXPECT_GT(statistics.dropped_total(), 0);
  expect_accounted(statistics);
  const auto lines = results().at("one");
  expect_each_frame_once(lines, kFrames);
  const auto dropped =
      std::ranges::count_if(lines, [](const json& line) { return line.contains("dropped"); });
  EXPECT_EQ(dropped, statistics.dropped_total());
  EXPECT_TRUE(lines.back().contains("detections")) << "the newest frame is the one that is kept";
}

TEST_F(Pipeline, AnInputThatCannotBeOpenedStopsNobodyElse) {
  add_stream("one", "a.mp4");
  add_stream("gone", "missing.mp4");
  const RunReport report = run();
  EXPECT_EQ(report.streams[0].statistics.inferred, kFrames);
  EXPECT_FALSE(report.streams[1].opened);
  EXPECT_THAT(report.streams[1].problems, Contains(HasSubstr("missing.mp4")));
}

TEST_F(Pipeline, ATruncatedVideoGivesWhatItHas) {
  ASSERT_TRUE(
      testing::make_test_video(folder_.file("whole.ts"), "320x180", kFrames, "-pix_fmt yuv420p -bf 0"));
  const std::string bytes = testing::read_bytes(folder_.file("b.mp4"));
  ASSERT_TRUE(testing::run_ffmpeg("-i '" + folder_.file("b.mp4") + "' -c copy -movflags +faststart '" +
                                  folder_.file("fast.mp4") + "'"));
  const std::string fast = testing::read_bytes(folder_.file("fast.mp4"));
  testing::write_bytes(folder_.file("cut.mp4"), fast.substr(0, fast.size() / 2));
  add_stream("cut", "cut.mp4");
  add_stream("whole", "a.mp4");
  const RunReport report = run();
  EXPECT_GT(report.streams[0].statistics.inferred, 0);
  EXPECT_LT(report.streams[0].statistics.inferred, kFrames);
  EXPECT_FALSE(report.streams[0].problems.empty());
  EXPECT_EQ(report.streams[1].statistics.inferred, kFrames);
}

TEST_F(Pipeline, LimitsAndLoops) {
  add_stream("one", "a.mp4");
  config_.loop = true;
  config_.frames = kFrames + 5;
  const RunReport report = run();
  EXPECT_EQ(report.streams[0].statistics.inferred, kFrames + 5);
  const auto lines = results().at("one");
  int64_t last = -1;
  for (const json& line : lines) {
    EXPECT_GT(line["pts_ns"].get<int64_t>(), last);
    last = line["pts_ns"];
  }
}

// Lost or half-written records, a worker or source that waits for ever.
TEST_F(Pipeline, StoppingFinishesWhatIsInFlight) {
  add_stream("one", "a.mp4");
  add_stream("two", "b.mp4");
  config_.loop = true;
  std::stop_source stop;
  auto engine = Engine::create(config_, stop.get_token());
  ASSERT_TRUE(engine);
  std::jthread stopper([&] {
    while ((*engine)->report().totals().inferred < 20) std::this_thread::yield();
    stop.request_stop();
  });
  const RunReport report = (*engine)->run(stop.get_token());
  EXPECT_TRUE(report.interrupted);
  for (const StreamReport& stream : report.streams) {
    expect_accounted(stream.statistics);
    EXPECT_TRUE(stream.ended);
    expect_each_frame_once(results().at(stream.name), stream.statistics.decoded);
  }
}

TEST_F(Pipeline, AFullDiskIsReportedAndTheStreamsFinish) {
  add_stream("one", "a.mp4");
  config_.results = "/dev/full";
  config_.annotate = folder_.file("annotated");
  config_.frames = 10;
  const RunReport report = run();
  EXPECT_EQ(report.streams[0].statistics.inferred, 10);
  ASSERT_EQ(report.streams[0].problems.size(), 1U);
  EXPECT_THAT(report.streams[0].problems[0], HasSubstr("/dev/full"));
  EXPECT_EQ(testing::probe(folder_.file("annotated/one.mp4"), "nb_read_frames"), "10");
}

TEST_F(Pipeline, APictureIsAStreamOfOneFrame) {
  ASSERT_TRUE(testing::make_test_video(folder_.file("picture.png"), "160x120", 1, ""));
  add_stream("picture", "picture.png");
  config_.annotate = folder_.file("annotated");
  const RunReport report = run();
  EXPECT_EQ(report.streams[0].statistics.inferred, 1);
  EXPECT_TRUE(std::filesystem::exists(folder_.file("annotated/picture.jpg")));
}

TEST_F(Pipeline, TheInputTakesTheStreamsShapeWhereTheModelAllowsIt) {
  model_ = testing::write_fake_model(folder_.file("model.json"));
  add_stream("one", "a.mp4");
  EXPECT_THAT(run().input_sizes, ::testing::ElementsAre(InputSize{416, 256}));
  config_.input_size.kind = InputSizeChoice::Kind::kModel;
  EXPECT_THAT(run().input_sizes, ::testing::ElementsAre(InputSize{416, 416}));
  config_.input_size.kind = InputSizeChoice::Kind::kAuto;
  config_.streams[0].model = testing::write_fake_model(folder_.file("fixed.json"), R"("fixed_size": true)");
  EXPECT_THAT(run().input_sizes, ::testing::ElementsAre(InputSize{416, 416}));
}

TEST_F(Pipeline, WhatCannotStartSaysWhyInOneLine) {
  add_stream("one", "a.mp4");
  const auto error = [&] { return Engine::create(config_, {}).error().message; };
  config_.streams[0].model = folder_.file("none.json");
  EXPECT_THAT(error(), HasSubstr("no such model file"));
  config_.streams[0].model = model_;
  config_.results = folder_.file("no/such/folder/results.jsonl");
  EXPECT_THAT(error(), HasSubstr("results.jsonl"));
  config_.results = folder_.file("results.jsonl");
  config_.streams[0].labels = folder_.file("labels.txt");
  testing::write_bytes(config_.streams[0].labels, "only one\n");
  EXPECT_THAT(error(), HasSubstr("labels"));
  config_.streams[0].input = folder_.file("none.mp4");
  EXPECT_THAT(error(), HasSubstr("none.mp4"));
}

TEST_F(Pipeline, TheLedgerNamesWhatIsThere) {
  model_ = testing::write_fake_model(folder_.file("big.json"),
                                     R"("weights_bytes": 8000000, "context_bytes": 1000000)");
  for (const char* name : {"one", "two"}) add_stream(name, "a.mp4");
  config_.contexts_per_stream = 2;
  std::map<MemoryKind, int64_t> sums;
  const RunReport report = run();
  int64_t total = 0;
  for (const LedgerEntry& entry : report.memory.ledger) {
    sums[entry.kind] += entry.bytes;
    total += entry.bytes;
  }
  EXPECT_EQ(sums[MemoryKind::kWeights], 8000000);
  EXPECT_GE(sums[MemoryKind::kActivations], 4 * 1000000);
  EXPECT_EQ(sums[MemoryKind::kInputBuffers], int64_t{2} * (4 + 1 + 2) * 416 * 256 * 3);
  EXPECT_GT(sums[MemoryKind::kDecoderSurfaces], 0);
  EXPECT_GT(report.memory.bytes, 0);
  EXPECT_GE(report.memory.peak_bytes, report.memory.bytes);
  EXPECT_GT(total, 0);
}

}  // namespace
}  // namespace weir
