// SPDX-License-Identifier: Apache-2.0
// Runs whose outputs are slow, full, stalled or broken.
#include <algorithm>
#include <atomic>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pipeline_fixture.h"

namespace weir {
namespace {

using testing::kFrames;

class Outputs : public testing::PipelineFixture {};

TEST_F(Outputs, AFullDiskIsReportedAndOtherOutputsGoOn) {
  add_stream("one", "a");
  add_stream("two", "b");
  const auto other = std::make_shared<testing::MadeUpSinkState>();
  config_.outputs[0].path = "/dev/full";
  config_.outputs.push_back({.kind = OutputKind::kCustom, .path = "other", .streams = {"one"}});
  parts_.open_sink = [=,
                      usual = parts_.open_sink](const OutputConfig& output) -> Result<std::unique_ptr<Sink>> {
    if (output.kind == OutputKind::kCustom) return testing::make_made_up_sink(other);
    return usual(output);
  };
  const RunReport report = run();
  const StreamReport& one = report.streams[0];
  EXPECT_EQ(one.statistics.inferred, kFrames);
  EXPECT_EQ(other->streams.begin()->second.records.size(), static_cast<size_t>(kFrames));
  EXPECT_EQ(one.not_written.at("/dev/full"), kFrames);
  EXPECT_EQ(one.problems.size() + report.streams[1].problems.size(), 1U) << "said once";
  EXPECT_LT(report.streams[1].statistics.decoded, kFrames + 1) << "nobody would see its frames";
}

// The results of one stream wait for a reader that doesn't read; the other stream has another output.
TEST_F(Outputs, AStalledOutputStopsNobodyElse) {
  testing::Door door;
  const auto stalled = std::make_shared<testing::MadeUpSinkState>();
  stalled->wants_picture = true;
  stalled->in_write = [&](const FrameResult&) {
    door.wait_or(stalled->interrupted);
    return stalled->interrupted ? Status(Error{ErrorCode::kCancelled, "interrupted"}) : Status();
  };
  stalled->on_interrupt = [&] { door.wake(); };
  config_.outputs[0].streams = {"two"};
  config_.outputs.push_back({.kind = OutputKind::kCustom, .path = "stalled", .streams = {"one"}});
  parts_.open_sink = [=,
                      usual = parts_.open_sink](const OutputConfig& output) -> Result<std::unique_ptr<Sink>> {
    if (output.kind == OutputKind::kCustom) return testing::make_made_up_sink(stalled);
    return usual(output);
  };
  parts_.output_grace = std::chrono::milliseconds(1);
  add_stream("one", "a");
  add_stream("two", "b");
  config_.contexts = 2;
  std::stop_source stop;
  auto run = weir::Run::create(config_, limits_, stop.get_token(), parts_);
  ASSERT_TRUE(run);
  std::jthread stopper([&] {
    while ((*run)->report().streams[1].state != StreamState::kEnded) std::this_thread::yield();
    stop.request_stop();
  });
  const RunReport report = (*run)->to_end(stop.get_token());
  EXPECT_EQ(report.streams[1].statistics.inferred, kFrames);
  expect_each_frame_once(results().at("two"), kFrames);
  const StreamReport& one = report.streams[0];
  expect_accounted(one.statistics);
  EXPECT_LT(one.statistics.decoded, 12) << "its slots are all it may read";
  EXPECT_GE(one.not_written.at("stalled"), one.statistics.decoded - 1);
}

// What is dropped has no slot; a reader that doesn't read must not make it wait without end.
TEST_F(Outputs, DroppedRecordsThatNobodyWritesAreBounded) {
  testing::Door door;
  std::atomic<weir::Run*> running{nullptr};
  const auto statistics = [&] { return running.load()->report().streams[0].statistics; };
  const auto stalled = std::make_shared<testing::MadeUpSinkState>();
  stalled->in_write = [&](const FrameResult&) {
    door.wait();
    return Status();
  };
  config_.outputs = {{.kind = OutputKind::kCustom, .path = "stalled"}};
  parts_.open_sink = [=](const OutputConfig&) -> Result<std::unique_ptr<Sink>> {
    return testing::make_made_up_sink(stalled);
  };
  constexpr int64_t kMany = 600;
  parts_.open_source = [&](const StreamConfig&) -> Result<std::unique_ptr<Source>> {
    // Each frame comes when no other waits for a context: what stops them is the output alone.
    return testing::make_made_up_source(
        {.frames = kMany, .before_read = [&](int64_t frame, const std::stop_token&) {
           while (frame > 0 && statistics().inferred + statistics().dropped_total() < frame)
             std::this_thread::yield();
           return Status();
         }});
  };
  stream_settings_.when_full = WhenFull::kDropOldest;
  add_stream("one", "a");
  auto run = weir::Run::create(config_, limits_, {}, parts_);
  ASSERT_TRUE(run);
  running = run->get();
  std::jthread opener([&] {
    constexpr int64_t kMost = SlotPool::kMostDroppedRecords;
    while (statistics().dropped_total() < kMost) std::this_thread::yield();
    for (int i = 0; i < 1000; ++i) std::this_thread::yield();
    EXPECT_EQ(statistics().dropped_total(), kMost) << "then the source waits";
    door.open();
  });
  const RunReport report = (*run)->to_end({});
  EXPECT_GE(report.streams[0].statistics.dropped.at("output behind"), SlotPool::kMostDroppedRecords);
  EXPECT_EQ(report.streams[0].statistics.dropped.count("queue full"), 0U);
  ASSERT_EQ(stalled->streams.size(), 1U);
  EXPECT_EQ(stalled->streams.begin()->second.records.size(), static_cast<size_t>(kMany))
      << "block loses nothing";
}

TEST_F(Outputs, ThatMayDropLoseTheOldestAndCountThem) {
  testing::Door door;
  const auto slow = std::make_shared<testing::MadeUpSinkState>();
  slow->in_write = [&](const FrameResult&) {
    door.wait();
    return Status();
  };
  config_.outputs = {{.kind = OutputKind::kCustom, .path = "slow", .when_behind = WhenBehind::kDropOldest}};
  parts_.open_sink = [=](const OutputConfig&) -> Result<std::unique_ptr<Sink>> {
    return testing::make_made_up_sink(slow);
  };
  constexpr int64_t kMany = 500;
  stream_settings_.loop = true;
  stream_settings_.frames = kMany;
  add_stream("one", "a");
  auto run = weir::Run::create(config_, limits_, {}, parts_);
  ASSERT_TRUE(run);
  std::jthread opener([&] {  // the stream goes on, whatever the output does
    while ((*run)->report().streams[0].statistics.inferred < kMany) std::this_thread::yield();
    door.open();
  });
  const RunReport report = (*run)->to_end({});
  const auto& records = slow->streams.begin()->second.records;
  EXPECT_EQ(report.streams[0].not_written.at("slow") + static_cast<int64_t>(records.size()), kMany);
  EXPECT_EQ(records.back().frame, kMany - 1) << "the newest are kept";
  EXPECT_TRUE(report.streams[0].problems.empty()) << "as it was asked for";
  EXPECT_GE(std::ranges::count(events_, Event::Kind::kWarning, &Event::kind), 1);
}

}  // namespace
}  // namespace weir
