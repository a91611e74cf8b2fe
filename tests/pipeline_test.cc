// SPDX-License-Identifier: Apache-2.0
// Whole runs over made-up sources, the fake backend and real or made-up sinks: what flows in must come out,
// once, in order.
#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/cpu.h"
#include "engine/run.h"
#include "pipeline_fixture.h"

namespace weir {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using testing::kFrames;

class Pipeline : public testing::PipelineFixture {};

TEST_F(Pipeline, EveryFrameOfEveryStreamOnceAndInOrder) {
  for (const char* name : {"one", "two", "three"}) add_stream(name, "a");
  add_stream("four", "b");
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
  for (const char* name : {"one", "two"}) add_stream(name, "a");
  add_stream("three", "b");
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
  add_stream("one", "a");
  std::filesystem::copy_file(model_, folder_.file("same.json"));
  add_stream("two", "a", folder_.file("same.json"));
  EXPECT_EQ(run().models_loaded, 1U);
}

TEST_F(Pipeline, AFailedInferenceIsAnErrorRecordAndTheRestGoesOn) {
  model_ = testing::write_fake_model(folder_.file("failing.json"), R"("fail_runs": [3, 7])");
  add_stream("one", "a");
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
  stream_settings_.when_full = WhenFull::kDropOldest;
  add_stream("one", "a");
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
  add_stream("one", "a");
  add_stream("gone", "missing");
  const RunReport report = run();
  EXPECT_EQ(report.streams[0].statistics.inferred, kFrames);
  EXPECT_EQ(report.streams[1].state, StreamState::kFailed);
  ASSERT_EQ(report.streams[1].problems.size(), 1U);
  EXPECT_EQ(report.streams[1].problems[0].code, ErrorCode::kNotFound) << "who decides wants the code";
  EXPECT_EQ(std::ranges::count(events_, Event::Kind::kProblem, &Event::kind), 1) << "said once";
}

TEST_F(Pipeline, LimitsAndLoops) {
  stream_settings_.loop = true;
  stream_settings_.frames = kFrames + 5;
  add_stream("one", "a");
  const RunReport report = run();
  EXPECT_EQ(report.streams[0].statistics.inferred, kFrames + 5);
  const auto lines = results().at("one");
  int64_t last = -1;
  for (const json& line : lines) {
    EXPECT_GT(line["pts_ns"].get<int64_t>(), last);
    last = line["pts_ns"];
  }
}

// The damage is reported, once, and the loop goes on.
TEST_F(Pipeline, ADamagedInputIsLoopedLikeAWholeOne) {
  parts_.open_source = [](const StreamConfig&) -> Result<std::unique_ptr<Source>> {
    return testing::make_made_up_source(
        {.frames = 10, .before_read = [](int64_t frame, const std::stop_token&) {
           const Error damage{ErrorCode::kInvalidArgument, "it is damaged"};
           return frame == 7 ? Status(damage) : Status();
         }});
  };
  stream_settings_.loop = true;
  stream_settings_.frames = 20;
  add_stream("one", "a");
  const RunReport report = run();
  EXPECT_EQ(report.streams[0].statistics.inferred, 20);
  ASSERT_EQ(report.streams[0].problems.size(), 1U);
  EXPECT_EQ(report.streams[0].problems[0].message, "it is damaged");
}

// Lost or half-written records, a worker or source that waits for ever.
TEST_F(Pipeline, StoppingFinishesWhatIsInFlight) {
  stream_settings_.loop = true;
  add_stream("one", "a");
  add_stream("two", "b");
  std::stop_source stop;
  auto run = Run::create(config_, limits_, stop.get_token(), parts_);
  ASSERT_TRUE(run);
  std::jthread stopper([&] {
    while ((*run)->report().totals().inferred < 20) std::this_thread::yield();
    stop.request_stop();
  });
  const RunReport report = (*run)->to_end(stop.get_token());
  EXPECT_TRUE(report.interrupted);
  for (const StreamReport& stream : report.streams) {
    expect_accounted(stream.statistics);
    EXPECT_EQ(stream.state, StreamState::kEnded);
    expect_each_frame_once(results().at(stream.name), stream.statistics.decoded);
  }
}

TEST_F(Pipeline, TheDurationEndsStreamsThatWouldGoOn) {
  stream_settings_.loop = true;
  add_stream("one", "a");
  limits_.duration = std::chrono::milliseconds(50);
  const RunReport report = run();
  EXPECT_FALSE(report.interrupted);
  EXPECT_EQ(report.streams[0].statistics.dropped_total(), 0) << "what was read is inferred";
  expect_each_frame_once(results().at("one"), report.streams[0].statistics.decoded);
}

// All open at the same time, or all in memory.
TEST_F(Pipeline, ThousandsOfPicturesTakeTurns) {
  constexpr int kPictures = 300;
  const auto open = std::make_shared<testing::Census>();
  const auto pictures = std::make_shared<testing::Census>();
  parts_.open_source = [=](const StreamConfig&) -> Result<std::unique_ptr<Source>> {
    return testing::make_made_up_source({.frames = 1,
                                         .width_px = 160,
                                         .height_px = 120,
                                         .still = true,
                                         .sources = open,
                                         .pictures = pictures});
  };
  for (int i = 0; i < kPictures; ++i) add_stream(std::to_string(i), "still");
  const RunReport report = run();
  EXPECT_EQ(report.totals().inferred, kPictures);
  EXPECT_EQ(results().size(), static_cast<size_t>(kPictures));
  EXPECT_LE(open->most(), available_cores() + 3);
  EXPECT_EQ(report.models_loaded, 1U) << "loaded once, not for each";
}

// Two pictures of different shape, one of them late: the model runs at its own size from the beginning.
TEST_F(Pipeline, PicturesThatWaitCountForTheInputSize) {
  model_ = testing::write_fake_model(folder_.file("model.json"));
  parts_.open_source = [](const StreamConfig& stream) -> Result<std::unique_ptr<Source>> {
    const bool is_tall = stream.input == "tall";
    return testing::make_made_up_source(
        {.frames = 1, .width_px = 320, .height_px = is_tall ? 640 : 180, .still = true});
  };
  for (int i = 0; i < 40; ++i) add_stream(std::to_string(i), i == 39 ? "tall" : "wide");
  EXPECT_THAT(run().input_sizes, ::testing::ElementsAre(InputSize{416, 416}));
  config_.streams.pop_back();
  EXPECT_THAT(run().input_sizes, ::testing::ElementsAre(InputSize{416, 256}));
}

TEST_F(Pipeline, TheInputTakesTheStreamsShapeWhereTheModelAllowsIt) {
  model_ = testing::write_fake_model(folder_.file("model.json"));
  add_stream("one", "a");
  EXPECT_THAT(run().input_sizes, ::testing::ElementsAre(InputSize{416, 256}));
  config_.models[0].input_size.kind = InputSizeChoice::Kind::kModel;
  EXPECT_THAT(run().input_sizes, ::testing::ElementsAre(InputSize{416, 416}));
  config_.models[0].input_size.kind = InputSizeChoice::Kind::kAuto;
  config_.models[0].path = testing::write_fake_model(folder_.file("fixed.json"), R"("fixed_size": true)");
  EXPECT_THAT(run().input_sizes, ::testing::ElementsAre(InputSize{416, 416}));
}

TEST_F(Pipeline, WhatCannotStartSaysWhyInOneLineAndLeavesTheOldResults) {
  add_stream("one", "a");
  testing::write_bytes(config_.outputs[0].path, "of an earlier run\n");
  config_.models[0].path = folder_.file("none.json");
  EXPECT_THAT(error(), HasSubstr("no such model file"));
  config_.models[0].path = model_;
  config_.models[0].labels = folder_.file("labels.txt");
  testing::write_bytes(config_.models[0].labels, "only one\n");
  EXPECT_THAT(error(), HasSubstr("labels"));
  config_.models[0].labels = "";
  config_.streams[0].input = "none";
  EXPECT_THAT(error(), HasSubstr("no such input: none"));
  EXPECT_EQ(testing::read_bytes(config_.outputs[0].path), "of an earlier run\n");
  config_.streams[0].input = "a";
  config_.outputs[0].path = folder_.file("no/such/folder/results.jsonl");
  EXPECT_THAT(error(), HasSubstr("results.jsonl"));
}

TEST_F(Pipeline, TheLedgerNamesWhatIsThere) {
  model_ = testing::write_fake_model(folder_.file("big.json"),
                                     R"("weights_bytes": 8000000, "context_bytes": 1000000)");
  for (const char* name : {"one", "two"}) add_stream(name, "a");
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
  EXPECT_GT(report.memory.bytes, 0);
  EXPECT_GE(report.memory.peak_bytes, report.memory.bytes);
  EXPECT_GT(total, 0);
}

// ---------------------------------------------------------------- with the real sources and sinks

class PipelineOverFiles : public Pipeline {
 protected:
  void SetUp() override {
    WEIR_SKIP_WITHOUT_FFMPEG();
    parts_.open_source = default_parts().open_source;
    ASSERT_TRUE(testing::make_test_video(folder_.file("a.mp4"), "320x180", kFrames, "-pix_fmt yuv420p"));
  }
};

TEST_F(PipelineOverFiles, ATruncatedVideoGivesWhatItHas) {
  ASSERT_TRUE(testing::run_ffmpeg("-i '" + folder_.file("a.mp4") + "' -c copy -movflags +faststart '" +
                                  folder_.file("fast.mp4") + "'"));
  const std::string fast = testing::read_bytes(folder_.file("fast.mp4"));
  testing::write_bytes(folder_.file("cut.mp4"), fast.substr(0, fast.size() / 2));
  add_stream("cut", folder_.file("cut.mp4"));
  add_stream("whole", folder_.file("a.mp4"));
  const RunReport report = run();
  EXPECT_GT(report.streams[0].statistics.inferred, 0);
  EXPECT_LT(report.streams[0].statistics.inferred, kFrames);
  EXPECT_FALSE(report.streams[0].problems.empty());
  EXPECT_EQ(report.streams[1].statistics.inferred, kFrames);
}

TEST_F(PipelineOverFiles, VideosAndPicturesAreAnnotated) {
  ASSERT_TRUE(testing::make_test_video(folder_.file("picture.png"), "160x120", 1, ""));
  add_stream("video", folder_.file("a.mp4"));
  add_stream("picture", folder_.file("picture.png"));
  config_.outputs.push_back({.kind = OutputKind::kAnnotate, .path = folder_.file("annotated")});
  const RunReport report = run();
  EXPECT_EQ(report.streams[0].statistics.inferred, kFrames);
  EXPECT_EQ(report.streams[1].statistics.inferred, 1);
  EXPECT_EQ(testing::probe(folder_.file("annotated/video.mp4"), "nb_read_frames"), std::to_string(kFrames));
  EXPECT_TRUE(std::filesystem::exists(folder_.file("annotated/picture.jpg")));
}

}  // namespace
}  // namespace weir
