// SPDX-License-Identifier: Apache-2.0
// The engine's parts, each alone.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <map>
#include <memory>
#include <numeric>
#include <random>
#include <set>
#include <string>
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
  const auto seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
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
  const auto pool = std::make_shared<SlotPool>(std::vector<Slot>(1));
  std::optional<Place> place = pool->take_slot();
  ASSERT_TRUE(place);
  Slot* slot = place->slot();
  EXPECT_FALSE(pool->take_slot());
  {
    std::jthread returner([&] { place.reset(); });
    pool->wait_for_slot({});
  }
  place = pool->take_slot();
  ASSERT_TRUE(place);
  EXPECT_EQ(place->slot(), slot);
  std::stop_source stop;
  std::jthread stopper([&] { stop.request_stop(); });
  pool->wait_for_slot(stop.get_token());
}

TEST(SlotPool, RecordsOfDroppedFramesAreBounded) {
  const auto pool = std::make_shared<SlotPool>(std::vector<Slot>(1), /*dropped_records=*/2);
  pool->wait_for_dropped_record({});
  std::optional<Place> first = pool->take_dropped_record();
  EXPECT_EQ(first->slot(), nullptr);
  pool->wait_for_dropped_record({});
  const Place second = pool->take_dropped_record();
  {
    std::jthread returner([&] { first.reset(); });
    pool->wait_for_dropped_record({});
  }
  EXPECT_FALSE(pool->all_free());
}

TEST(Place, KeepsItsPoolAndGoesBackOnce) {
  auto pool = std::make_shared<SlotPool>(std::vector<Slot>(2));
  const std::weak_ptr<SlotPool> watched = pool;
  std::optional<Place> one = pool->take_slot();
  Place other = std::move(*one);
  one.reset();
  EXPECT_FALSE(pool->all_free());
  other = *pool->take_slot();  // gives back the one it had
  EXPECT_TRUE(pool->take_slot());
  pool.reset();
  EXPECT_FALSE(watched.expired());
}

// ---------------------------------------------------------------- sharing policies

EngineConfig sharing(Sharing sharing, std::optional<int> contexts_per_stream = std::nullopt) {
  EngineConfig config;
  config.sharing = sharing;
  config.contexts_per_stream = contexts_per_stream;
  return config;
}

constexpr StreamCounts kFour{.all = 4, .of_model = 4};

TEST(PlanPool, ThePublishedSetUps) {
  for (const Sharing who : {Sharing::kNone, Sharing::kStream, Sharing::kAll}) {
    const PoolPlan plan = plan_pool(sharing(who, 3), kFour, 2);
    EXPECT_TRUE(plan.is_dedicated) << to_string(who);
    EXPECT_EQ(plan.contexts, 3) << to_string(who);
  }
  // Twelve contexts: twelve copies, four, one.
  std::map<Sharing, std::set<std::string>> copies;
  int context = 0;
  for (const Sharing who : {Sharing::kNone, Sharing::kStream, Sharing::kAll}) {
    for (const std::string stream : {"a", "b", "c", "d"}) {
      for (int i = 0; i < 3; ++i) copies[who].insert(sharer_of(who, stream, context++));
    }
  }
  EXPECT_EQ(copies[Sharing::kNone].size(), 12U);
  EXPECT_EQ(copies[Sharing::kStream].size(), 4U);
  EXPECT_EQ(copies[Sharing::kAll], std::set<std::string>{""});
}

TEST(PlanPool, AModelRunsOnTheCoresThatItsContextsCanFill) {
  const auto cores_of = [](Sharing who, int contexts_per_stream, int streams, int cores) {
    return plan_pool(sharing(who, contexts_per_stream), {streams, streams}, cores).model_cores;
  };
  EXPECT_EQ(cores_of(Sharing::kNone, 3, 4, 8), 1);
  EXPECT_EQ(cores_of(Sharing::kAll, 3, 4, 8), 8);
  EXPECT_EQ(cores_of(Sharing::kAll, 1, 4, 8), 4);
  EXPECT_EQ(cores_of(Sharing::kStream, 3, 4, 2), 1) << "its share of the cores";
  EXPECT_EQ(cores_of(Sharing::kStream, 3, 3, 4), 2) << "rounded up";
  EXPECT_EQ(cores_of(Sharing::kStream, 1, 1, 4), 1);
}

TEST(PlanPool, PooledByDefaultWithAContextPerCore) {
  const PoolPlan plan = plan_pool(EngineConfig{}, kFour, 2);
  EXPECT_FALSE(plan.is_dedicated);
  EXPECT_EQ(plan.contexts, 2);
  EXPECT_EQ(plan.model_cores, 2);
  EngineConfig three = sharing(Sharing::kNone);
  three.contexts = 3;
  EXPECT_EQ(plan_pool(three, kFour, 2).contexts, 3);
}

TEST(PlanPool, SharingAStreamWithoutACountUsesAllCoresBetweenTheStreams) {
  EXPECT_EQ(plan_pool(sharing(Sharing::kStream), kFour, 2).contexts, 1);
  EXPECT_EQ(plan_pool(sharing(Sharing::kStream), {1, 1}, 3).contexts, 3);
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
  config.models = {{.name = "m", .path = "m.onnx"}};
  config.streams = {{.name = "a", .input = "a.mp4", .model = "m"}};
  return config;
}

TEST(EngineConfig, NamesEverythingThatCannotBe) {
  ASSERT_TRUE(valid().validate().empty());
  const std::vector<std::pair<void (*)(EngineConfig&), std::string>> cases{
      {[](EngineConfig& c) { c.streams.push_back(c.streams[0]); },
       "streams[1].name is 'a', and so is another"},
      {[](EngineConfig& c) { c.streams[0].model = "n"; }, "streams[0].model names no model: 'n'"},
      {[](EngineConfig& c) { c.streams[0].frames = 0; }, "streams[0].frames must be at least 1"},
      {[](EngineConfig& c) { c.streams[0].score = 2.0F; }, "streams[0].score must be 0 to 1"},
      {[](EngineConfig& c) { c.models.push_back(c.models[0]); }, "models[1].name is 'm', and so is another"},
      {[](EngineConfig& c) { c.models[0].score = 1.5F; }, "models[0].score must be 0 to 1"},
      {[](EngineConfig& c) { c.models[0].nms = std::nanf(""); }, "models[0].nms must be 0 to 1"},
      {[](EngineConfig& c) {
         c.models[0].input_size = {InputSizeChoice::Kind::kExact, {417, 416}};
       },
       "multiples of 32"},
      {[](EngineConfig& c) { c.contexts = 0; }, "contexts must be 1 to"},
      {[](EngineConfig& c) { c.cores = -1; }, "cores must be 1 to"},
      {[](EngineConfig& c) { c.contexts = c.contexts_per_stream = 2; },
       "contexts (pooled) and contexts_per_stream (dedicated) exclude each other"},
      {[](EngineConfig& c) {
         c.sharing = Sharing::kStream;
         c.contexts = 2;
       },
       "use contexts_per_stream"},
  };
  for (const auto& [change, message] : cases) {
    EngineConfig config = valid();
    change(config);
    const std::vector<FieldError> errors = config.validate();
    ASSERT_EQ(errors.size(), 1U) << message;
    EXPECT_THAT(errors[0].text([](std::string_view field) { return std::string(field); }),
                HasSubstr(message));
  }
  EngineConfig several = valid();
  several.cores = 0;
  several.streams[0].model = "";
  EXPECT_EQ(several.validate().size(), 2U);
}

TEST(RunLimits, TheWarmUpIsPartOfTheDuration) {
  EXPECT_TRUE(RunLimits{}.validate().empty());
  const RunLimits limits{.duration = std::chrono::seconds(5), .warmup = std::chrono::seconds(5)};
  ASSERT_EQ(limits.validate().size(), 1U);
  EXPECT_EQ(limits.validate()[0].field, "warmup");
}

TEST(StreamConfig, LiveStreamsDropAndFilesBlock) {
  StreamConfig config;
  EXPECT_EQ(config.effective_when_full(), WhenFull::kBlock);
  config.pace = Pace::kRealtime;
  EXPECT_EQ(config.effective_when_full(), WhenFull::kDropOldest);
  config.when_full = WhenFull::kBlock;
  EXPECT_EQ(config.effective_when_full(), WhenFull::kBlock);
}

}  // namespace
}  // namespace weir
