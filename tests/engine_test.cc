// SPDX-License-Identifier: Apache-2.0
// The engine's parts, each alone.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <numeric>
#include <random>
#include <set>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "engine/config.h"
#include "engine/context_plan.h"
#include "engine/frame_order.h"
#include "engine/memory_monitor.h"
#include "engine/report.h"
#include "engine/slots.h"
#include "engine/statistics.h"

namespace weir {
namespace {

using testing::HasSubstr;

// ---------------------------------------------------------------- order

TEST(FrameOrder, DeliversInOrderWhateverTheOrderOfAdding) {
  std::mt19937 random(std::random_device{}());
  std::vector<int> indices(100);
  std::iota(indices.begin(), indices.end(), 0);
  std::shuffle(indices.begin(), indices.end(), random);
  std::vector<int> delivered;
  FrameOrder<int> order([&](int item) { delivered.push_back(item); });
  for (const int i : indices) order.add(i, i);
  EXPECT_TRUE(std::ranges::is_sorted(delivered));
  EXPECT_EQ(delivered.size(), indices.size());
}

// deliver() takes no lock of its own here: a second caller at the same time is what tsan would report.
TEST(FrameOrder, OneDeliveryAtATime) {
  constexpr int kThreads = 4;
  constexpr int kFrames = 4000;
  std::vector<int> delivered;
  FrameOrder<int> order([&](int item) { delivered.push_back(item); });
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&, t] {
        for (int i = t; i < kFrames; i += kThreads) order.add(i, i);
      });
    }
  }
  ASSERT_EQ(delivered.size(), static_cast<size_t>(kFrames));
  EXPECT_TRUE(std::ranges::is_sorted(delivered));
}

// ---------------------------------------------------------------- slots

TEST(SlotPool, WaitingEndsWhenASlotComesBackOrWhenStopped) {
  SlotPool pool(std::vector<Slot>(1));
  Slot* slot = pool.take();
  ASSERT_NE(slot, nullptr);
  EXPECT_EQ(pool.take(), nullptr);
  {
    std::jthread returner([&] { pool.give_back(slot); });
    pool.wait_for_free({});
  }
  EXPECT_EQ(pool.take(), slot);
  std::stop_source stop;
  std::jthread stopper([&] { stop.request_stop(); });
  pool.wait_for_free(stop.get_token());
}

// ---------------------------------------------------------------- sharing policies

struct Counted {
  size_t models = 0;
  size_t contexts = 0;
};

Counted count(const std::vector<PlannedGroup>& groups, const std::vector<PlannedStream>& streams) {
  std::set<std::string> models;
  Counted counted;
  for (const PlannedGroup& group : groups) {
    for (const PlannedContext& context : group.contexts) {
      models.insert(streams[context.stream].model + "/" + context.sharer);
      ++counted.contexts;
    }
  }
  counted.models = models.size();
  return counted;
}

const std::vector<PlannedStream> kFourStreams{{"a", "m"}, {"b", "m"}, {"c", "m"}, {"d", "m"}};

TEST(ContextPlan, ThePublishedSetUps) {
  const std::vector<std::pair<Sharing, size_t>> expected{
      {Sharing::kNone, 12}, {Sharing::kStream, 4}, {Sharing::kAll, 1}};
  for (const auto& [sharing, models] : expected) {
    EngineConfig config;
    config.sharing = sharing;
    config.contexts_per_stream = 3;
    const auto groups = plan_contexts(config, kFourStreams, 2);
    EXPECT_EQ(groups.size(), 4U) << to_string(sharing);
    EXPECT_EQ(count(groups, kFourStreams).contexts, 12U) << to_string(sharing);
    EXPECT_EQ(count(groups, kFourStreams).models, models) << to_string(sharing);
  }
}

TEST(ContextPlan, AModelRunsOnTheCoresThatItsContextsCanFill) {
  const auto cores_of_first = [](Sharing sharing, int contexts_per_stream, size_t streams, int cores) {
    EngineConfig config;
    config.sharing = sharing;
    config.contexts_per_stream = contexts_per_stream;
    return plan_contexts(config, std::span(kFourStreams).first(streams), cores)[0].contexts[0].model_cores;
  };
  EXPECT_EQ(cores_of_first(Sharing::kNone, 3, 4, 8), 1);
  EXPECT_EQ(cores_of_first(Sharing::kAll, 3, 4, 8), 8);
  EXPECT_EQ(cores_of_first(Sharing::kAll, 1, 4, 8), 4);
  EXPECT_EQ(cores_of_first(Sharing::kStream, 3, 4, 2), 1) << "its share of the cores";
  EXPECT_EQ(cores_of_first(Sharing::kStream, 3, 3, 4), 2) << "rounded up";
  EXPECT_EQ(cores_of_first(Sharing::kStream, 1, 1, 4), 1);
}

TEST(ContextPlan, PooledByDefaultWithAContextPerCore) {
  const auto groups = plan_contexts(EngineConfig{}, kFourStreams, 2);
  ASSERT_EQ(groups.size(), 1U);
  EXPECT_THAT(groups[0].streams, testing::ElementsAre(0, 1, 2, 3));
  EXPECT_EQ(count(groups, kFourStreams).contexts, 2U);
  EXPECT_EQ(count(groups, kFourStreams).models, 1U);
}

TEST(ContextPlan, PooledWithoutSharingLoadsAModelPerContext) {
  EngineConfig config;
  config.sharing = Sharing::kNone;
  config.contexts = 3;
  const auto groups = plan_contexts(config, kFourStreams, 2);
  EXPECT_EQ(groups.size(), 1U);
  EXPECT_EQ(count(groups, kFourStreams).models, 3U);
}

TEST(ContextPlan, StreamsWithDifferentModelsGetPoolsOfTheirOwn) {
  const std::vector<PlannedStream> streams{{"a", "m"}, {"b", "n"}, {"c", "m"}};
  const auto groups = plan_contexts(EngineConfig{}, streams, 2);
  ASSERT_EQ(groups.size(), 2U);
  EXPECT_THAT(groups[0].streams, testing::ElementsAre(0, 2));
  EXPECT_THAT(groups[1].streams, testing::ElementsAre(1));
  EXPECT_EQ(count(groups, streams).models, 2U);
}

TEST(ContextPlan, SharingAStreamWithoutACountUsesAllCoresBetweenTheStreams) {
  EngineConfig config;
  config.sharing = Sharing::kStream;
  EXPECT_EQ(count(plan_contexts(config, kFourStreams, 2), kFourStreams).contexts, 4U);
  const std::vector<PlannedStream> one{{"a", "m"}};
  EXPECT_EQ(count(plan_contexts(config, one, 3), one).contexts, 3U);
}

// ---------------------------------------------------------------- numbers

TEST(LatencyHistogram, PercentilesWithinOnePercent) {
  LatencyHistogram histogram;
  for (int i = 1; i <= 1000; ++i) histogram.add(std::chrono::milliseconds(i));
  EXPECT_NEAR(histogram.percentile_ms(0.5), 500, 10);
  EXPECT_NEAR(histogram.percentile_ms(0.99), 990, 20);
  EXPECT_NEAR(histogram.percentile_ms(1.0), 1000, 20);
  EXPECT_EQ(histogram.count(), 1000);
}

TEST(LatencyHistogram, ExtremesStayInside) {
  LatencyHistogram histogram;
  EXPECT_EQ(histogram.percentile_ms(0.5), 0.0);
  histogram.add(std::chrono::nanoseconds(0));
  histogram.add(std::chrono::nanoseconds(-5));
  histogram.add(std::chrono::hours(24));
  EXPECT_LT(histogram.percentile_ms(0.3), 0.02);
  EXPECT_GT(histogram.percentile_ms(1.0), 1000.0 * 60);
}

TEST(Ledger, ReconciledEntriesAddUpToTheWhole) {
  ProcessMemory memory;
  memory.bytes = 100;
  memory.file_bytes = 30;
  int64_t sum = 0;
  for (const LedgerEntry& entry :
       reconcile({{MemoryKind::kWeights, "m", 20}, {MemoryKind::kProgram, "process", 10}}, memory)) {
    sum += entry.bytes;
    if (entry.kind == MemoryKind::kUnexplained) {
      EXPECT_EQ(entry.bytes, 40);
    }
  }
  EXPECT_EQ(sum, memory.bytes);
}

// A run that ends within its warm-up, or right after it, has a figure all the same.
TEST(MemoryMonitor, RestartedAndStoppedAtOnceItHasStillSampled) {
  MemoryMonitor monitor([] { return std::vector<LedgerEntry>{{MemoryKind::kProgram, "process", 1}}; });
  monitor.restart();
  monitor.stop();
  const MemoryReport report = monitor.report();
  EXPECT_GT(report.bytes, 0);
  EXPECT_GE(report.peak_bytes, report.bytes);
  EXPECT_EQ(report.ledger.front().kind, MemoryKind::kProgram);
}

std::vector<LedgerEntry> one_line() {
  return {{MemoryKind::kProgram, "process", 1}};
}

TEST(MemoryMonitor, RightAfterARestartTheLastSampleStands) {
  MemoryMonitor monitor(one_line,
                        [] { return ProcessMemory{.bytes = 70, .rss_bytes = 90, .uss_bytes = 60}; });
  while (monitor.report().bytes == 0) std::this_thread::yield();
  monitor.restart();
  EXPECT_EQ(monitor.report().bytes, 70);
  EXPECT_EQ(monitor.report().peak_bytes, 70);
}

TEST(MemoryMonitor, WhatIsNoPssIsNotCalledSo) {
  MemoryMonitor monitor(one_line, [] {
    return ProcessMemory{.measure = MemoryMeasure::kRss, .bytes = 90, .file_bytes = 20, .rss_bytes = 90};
  });
  monitor.stop();
  const RunReport report{.memory = monitor.report()};
  const nlohmann::json memory = nlohmann::json::parse(to_json(report).dump())["memory"];
  EXPECT_EQ(memory["measure"], "RSS");
  for (const char* key : {"pss_bytes", "pss_peak_bytes", "ledger_pss_bytes", "uss_bytes"}) {
    EXPECT_TRUE(memory[key].is_null()) << key;
  }
  EXPECT_EQ(memory["rss_bytes"], 90);
  EXPECT_EQ(memory["rss_steady_bytes"], 90);
  EXPECT_EQ(memory["rss_peak_bytes"], 90);
  int64_t sum = 0;
  for (const auto& entry : memory["ledger"]) sum += entry["bytes"].get<int64_t>();
  EXPECT_EQ(sum, 90);
}

TEST(MemoryMonitor, WhatCantBeReadIsNotZero) {
  MemoryMonitor monitor(one_line, []() -> Result<ProcessMemory> {
    return Error{ErrorCode::kUnavailable, "no /proc"};
  });
  monitor.stop();
  const RunReport report{.memory = monitor.report()};
  const nlohmann::json memory = nlohmann::json::parse(to_json(report).dump())["memory"];
  for (const char* key :
       {"measure", "pss_bytes", "pss_peak_bytes", "ledger_pss_bytes", "rss_bytes", "uss_bytes"}) {
    EXPECT_TRUE(memory[key].is_null()) << key;
  }
  EXPECT_TRUE(memory["ledger"].empty());
}

// A median over figures that count different things would be none of them.
TEST(MemoryMonitor, KeepsOneMeasure) {
  std::atomic<int> calls{0};
  MemoryMonitor monitor(one_line, [&] {
    return ++calls == 1 ? ProcessMemory{.bytes = 70, .rss_bytes = 90}
                        : ProcessMemory{.measure = MemoryMeasure::kRss, .bytes = 90, .rss_bytes = 90};
  });
  while (monitor.report().bytes == 0) std::this_thread::yield();
  monitor.stop();  // samples once more
  EXPECT_GE(calls, 2);
  EXPECT_EQ(monitor.report().measure, MemoryMeasure::kPss);
  EXPECT_EQ(monitor.report().ledger_bytes, 70);
}

// ---------------------------------------------------------------- configuration

EngineConfig valid() {
  EngineConfig config;
  config.streams = {{"a", "a.mp4", "m.onnx", ""}};
  return config;
}

TEST(EngineConfig, RefusesWhatCannotBe) {
  ASSERT_TRUE(valid().validate());
  const std::vector<std::pair<void (*)(EngineConfig&), std::string>> cases{
      {[](EngineConfig& c) { c.streams.clear(); }, "no inputs"},
      {[](EngineConfig& c) { c.streams.push_back(c.streams[0]); }, "two streams are named 'a'"},
      {[](EngineConfig& c) { c.contexts = 0; }, "--contexts must be 1 to"},
      {[](EngineConfig& c) { c.cores = -1; }, "--cores must be 1 to"},
      {[](EngineConfig& c) { c.contexts = c.contexts_per_stream = 2; }, "exclude each other"},
      {[](EngineConfig& c) {
         c.sharing = Sharing::kStream;
         c.contexts = 2;
       },
       "--contexts-per-stream"},
      {[](EngineConfig& c) { c.frames = 0; }, "--frames must be at least 1"},
      {[](EngineConfig& c) { c.warmup = *(c.duration = std::chrono::seconds(5)); },
       "--warmup must be shorter"},
      {[](EngineConfig& c) { c.score_threshold = 1.5F; }, "--score must be 0 to 1"},
      {[](EngineConfig& c) { c.nms_threshold = std::nanf(""); }, "--nms must be 0 to 1"},
      {[](EngineConfig& c) {
         c.input_size = {InputSizeChoice::Kind::kExact, {417, 416}};
       },
       "multiples of 32"},
  };
  for (const auto& [change, message] : cases) {
    EngineConfig config = valid();
    change(config);
    const Status status = config.validate();
    ASSERT_FALSE(status) << message;
    EXPECT_EQ(status.error().code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(status.error().message, HasSubstr(message));
  }
}

TEST(EngineConfig, LiveStreamsDropAndFilesBlock) {
  EngineConfig config;
  EXPECT_EQ(config.effective_when_full(), WhenFull::kBlock);
  config.pace = Pace::kRealtime;
  EXPECT_EQ(config.effective_when_full(), WhenFull::kDropOldest);
  config.when_full = WhenFull::kBlock;
  EXPECT_EQ(config.effective_when_full(), WhenFull::kBlock);
}

}  // namespace
}  // namespace weir
