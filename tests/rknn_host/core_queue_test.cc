// SPDX-License-Identifier: Apache-2.0
#include "rknn_host/core_queue.h"

#include <array>
#include <atomic>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "rknn_host/failure.h"

namespace weir::rknn_host {
namespace {

TEST(CoreQueue, KnowsItsCores) {
  const CoreQueue two(2);
  EXPECT_EQ(two.cores_of(RKNN_NPU_CORE_AUTO), 0U);
  EXPECT_EQ(two.cores_of(RKNN_NPU_CORE_1), 2U);
  EXPECT_EQ(two.cores_of(RKNN_NPU_CORE_0_1), 3U);
  EXPECT_EQ(two.cores_of(RKNN_NPU_CORE_ALL), 3U);
  EXPECT_THROW((void)two.cores_of(RKNN_NPU_CORE_2), Failure);
  EXPECT_THROW((void)two.cores_of(RKNN_NPU_CORE_0_1_2), Failure);
  EXPECT_THROW((void)two.cores_of(RKNN_NPU_CORE_UNDEFINED), Failure);
  EXPECT_EQ(CoreQueue(16).cores_of(static_cast<rknn_core_mask>(1U << 15U)), 1U << 15U)
      << "weir's cores go on";
  const CoreQueue three(3);
  EXPECT_THROW((void)three.cores_of(static_cast<rknn_core_mask>(5)), Failure) << "no mask of the API";
}

TEST(CoreQueue, AnyCoreIsOneThatIsFree) {
  CoreQueue queue(3);
  const auto second = queue.acquire(2);
  const auto a = queue.acquire(0);
  const auto b = queue.acquire(0);
  EXPECT_EQ(second.cores() | a.cores() | b.cores(), 7U);
}

// A core that two hold at once, one that is lost, or a waiter that nobody wakes.
TEST(CoreQueue, NeverGivesACoreTwiceAndServesEverybody) {
  constexpr uint32_t kWanted[] = {0, 1, 2, 4, 3, 7};
  CoreQueue queue(3);
  std::array<std::atomic<int>, 3> holders{};
  std::atomic<bool> twice{false};
  {
    std::vector<std::jthread> threads;
    for (const uint32_t wanted : kWanted) {
      threads.emplace_back([&, wanted] {
        for (int i = 0; i < 500; ++i) {
          const auto lease = queue.acquire(wanted);
          if (wanted != 0 && lease.cores() != wanted) twice = true;
          for (unsigned core = 0; core < 3; ++core) {
            if ((lease.cores() >> core & 1U) != 0 && ++holders[core] != 1) twice = true;
          }
          for (unsigned core = 0; core < 3; ++core) {
            if ((lease.cores() >> core & 1U) != 0) --holders[core];
          }
        }
      });
    }
  }
  EXPECT_FALSE(twice);
  EXPECT_EQ(queue.acquire(7).cores(), 7U);
}

}  // namespace
}  // namespace weir::rknn_host
