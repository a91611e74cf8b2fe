// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <set>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/cpu.h"
#include "base/fair_queue.h"
#include "base/file.h"
#include "base/interrupt.h"
#include "base/result.h"
#include "base/text.h"

namespace weir {
namespace {

Result<int> half_of(int value) {
  if (value % 2 != 0) return Error{ErrorCode::kInvalidArgument, "odd"};
  return value / 2;
}

Result<int> quarter_of(int value) {
  WEIR_ASSIGN_OR_RETURN(const int half, half_of(value));
  WEIR_ASSIGN_OR_RETURN(const int quarter, half_of(half));
  return quarter;
}

TEST(Result, PassesTheFirstErrorOn) {
  EXPECT_EQ(*quarter_of(8), 2);
  ASSERT_FALSE(quarter_of(6));
  EXPECT_EQ(quarter_of(6).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(quarter_of(6).error().in("quarter").message, "quarter: odd");
}

TEST(Text, NearestFindsTypingErrorsOnly) {
  constexpr std::array<std::string_view, 3> kWords{"--share", "--score", "--contexts-per-stream"};
  EXPECT_EQ(nearest("--shre", kWords), "--share");
  EXPECT_EQ(nearest("--context-per-stream", kWords), "--contexts-per-stream");
  EXPECT_EQ(nearest("--sahre", kWords), "--share");
  EXPECT_EQ(nearest("--something", kWords), "");
}

TEST(Text, JoinOr) {
  constexpr std::array<std::string_view, 3> kWords{"none", "stream", "all"};
  EXPECT_EQ(join_or(kWords), "none, stream or all");
  EXPECT_EQ(join_or(std::span(kWords).first(1)), "none");
}

TEST(Text, ShellQuotedIsOneWordToAShell) {
  EXPECT_EQ(shell_quoted("--model=../a_b-1.onnx"), "--model=../a_b-1.onnx");
  EXPECT_EQ(shell_quoted("scene:street?seed=3"), "'scene:street?seed=3'");
  EXPECT_EQ(shell_quoted("it's"), "'it'\\''s'");
  EXPECT_EQ(shell_quoted(""), "''");
}

TEST(Cpu, CountsThisProcess) {
  EXPECT_GE(available_cores(), 1);
  const auto before = process_cpu_time();
  std::atomic<int> work{0};
  for (int i = 0; i < 1000000; ++i) work += i;
  EXPECT_GT(process_cpu_time(), before);
}

// A lane with many items must not make another lane wait: the bug that a single queue would be.
TEST(FairQueue, TakesLanesInTurn) {
  FairQueue<char> queue;
  const int busy = queue.add_lane();
  const int calm = queue.add_lane();
  for (const char item : {'a', 'b', 'c'}) queue.push(busy, item);
  for (const char item : {'x', 'y'}) queue.push(calm, item);
  queue.close();
  std::vector<char> order;
  while (const auto taken = queue.pop()) order.push_back(taken->item);
  EXPECT_THAT(order, testing::ElementsAre('a', 'x', 'b', 'y', 'c'));
}

TEST(FairQueue, GivesUpTheOldestOfItsLaneOnly) {
  FairQueue<int> queue;
  const int one = queue.add_lane();
  const int other = queue.add_lane();
  queue.push(one, 1);
  queue.push(one, 2);
  EXPECT_EQ(queue.take_oldest(other), std::nullopt);
  EXPECT_EQ(queue.take_oldest(one), 1);
  EXPECT_EQ(queue.take_oldest(one), 2);
  EXPECT_EQ(queue.take_oldest(one), std::nullopt);
}

// A producer that leaves must not be called back, and must not take the turns of those that stay.
TEST(FairQueue, ALaneThatLeavesTakesItsItemsAlongAndWaitsForThoseInWork) {
  FairQueue<int> queue;
  const int leaving = queue.add_lane();
  const int staying = queue.add_lane();
  for (const int item : {1, 2}) queue.push(leaving, item);
  queue.push(staying, 3);
  const auto taken = queue.pop();
  ASSERT_EQ(taken->item, 1);
  std::atomic<bool> has_left{false};
  std::jthread leaver([&] {
    queue.remove_lane(leaving);
    has_left = true;
  });
  ASSERT_EQ(queue.pop()->item, 3);
  EXPECT_FALSE(has_left);
  queue.done(taken->lane);
  leaver.join();
  EXPECT_NE(queue.add_lane(), leaving) << "numbers are not used again";
  queue.close();
  EXPECT_FALSE(queue.pop()) << "item 2 went with its lane";
}

// Closing must wake every waiting worker, and lose nothing that was pushed before.
TEST(FairQueue, ManyThreadsGetEachItemOnce) {
  constexpr int kLanes = 4;
  constexpr int kItems = 2000;
  FairQueue<int> queue;
  for (int lane = 0; lane < kLanes; ++lane) queue.add_lane();
  std::mutex mutex;
  std::multiset<int> seen;
  std::vector<std::jthread> workers;
  for (int w = 0; w < 3; ++w) {
    workers.emplace_back([&] {
      while (const auto taken = queue.pop()) {
        queue.done(taken->lane);
        const std::lock_guard lock(mutex);
        seen.insert(taken->item);
      }
    });
  }
  {
    std::vector<std::jthread> producers;
    for (int lane = 0; lane < kLanes; ++lane) {
      producers.emplace_back([&, lane] {
        for (int i = 0; i < kItems; ++i) queue.push(lane, lane * kItems + i);
      });
    }
  }
  queue.close();
  workers.clear();
  ASSERT_EQ(seen.size(), static_cast<size_t>(kLanes * kItems));
  for (int i = 0; i < kLanes * kItems; ++i) ASSERT_EQ(seen.count(i), 1U) << i;
}

TEST(Interrupt, IsReadableOnceRequested) {
  Interrupt interrupt;
  EXPECT_FALSE(interrupt.requested());
  interrupt.request();
  interrupt.request();
  EXPECT_TRUE(interrupt.requested());
}

TEST(ReadFile, GivesAllBytesOrTheReason) {
  EXPECT_THAT(*read_file("/proc/self/comm"), ::testing::HasSubstr("base_test"));
  const auto missing = read_file("/nowhere/a.json");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(missing.error().message, "'/nowhere/a.json' can't be read: No such file or directory");
  EXPECT_EQ(read_file("/tmp").error().message, "'/tmp' can't be read: Is a directory");
}

TEST(RemoveFile, LeavesWhatIsNoFile) {
  std::string folder = ::testing::TempDir() + "weir-test-XXXXXX";
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  const std::string pipe = folder + "/pipe";
  const std::string file = folder + "/file";
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  std::ofstream(file) << "half";
  remove_file(pipe);
  remove_file(file);
  EXPECT_TRUE(std::filesystem::exists(pipe));
  EXPECT_FALSE(std::filesystem::exists(file));
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace weir
