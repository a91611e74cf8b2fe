// SPDX-License-Identifier: Apache-2.0
// What WEIR_RKNN_HOST does to programs. It is read once in a process, so each case needs a process of its
// own, as ctest gives it.
#include <chrono>
#include <thread>

#include <gmock/gmock.h>

#include "tests/rknn_host/api_fixture.h"

namespace weir {
namespace {

using ::testing::HasSubstr;

class RknnFaults : public testing::RknnApi {
 protected:
  void SetUp() override {
    static bool used = false;
    if (std::exchange(used, true)) GTEST_SKIP() << "WEIR_RKNN_HOST is read once in a process: run by ctest";
    RknnApi::SetUp();
  }

  static void simulate(const char* text) { setenv("WEIR_RKNN_HOST", text, 1); }

  static int64_t run_us(rknn_context context) {
    rknn_perf_run last{};
    EXPECT_EQ(rknn_query(context, RKNN_QUERY_PERF_RUN, &last, sizeof(last)), RKNN_SUCC);
    return last.run_duration;
  }
};

TEST_F(RknnFaults, AWrongSettingIsSaid) {
  simulate("cores=many");
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(try_init(model_), RKNN_ERR_PARAM_INVALID);
  EXPECT_THAT(::testing::internal::GetCapturedStderr(), HasSubstr("'cores=many': should be 1 to 16"));
  EXPECT_EQ(try_init(model_), RKNN_ERR_PARAM_INVALID);
}

// Outputs of the run before, given for those of the one that failed.
TEST_F(RknnFaults, TheRunThatIsToFailFails) {
  simulate("fail_run=2:TIMEOUT,fail_run=4:-3");
  const rknn_context context = init();
  const std::vector<float> expected = run(context, picture());
  EXPECT_EQ(rknn_run(context, nullptr), RKNN_ERR_TIMEOUT);
  rknn_output output{.want_float = 1};
  EXPECT_EQ(rknn_outputs_get(context, 1, &output, nullptr), RKNN_ERR_TIMEOUT);
  EXPECT_EQ(run(context, picture()), expected);
  rknn_run_extend extend{.non_block = 1};
  EXPECT_EQ(rknn_run(context, &extend), RKNN_SUCC);
  EXPECT_EQ(rknn_wait(context, &extend), RKNN_ERR_DEVICE_UNAVAILABLE);
  EXPECT_EQ(run(context, picture()), expected);
}

// The frame before the last, given for the one that failed.
TEST_F(RknnFaults, AFrameThatFailedIsToldOneFrameLaterWhereContextsAreAsynchronous) {
  simulate("fail_run=2:TIMEOUT");
  const rknn_context context = init(RKNN_FLAG_ASYNC_MASK);
  const std::vector<float> first = run(context, picture(1));
  EXPECT_EQ(run(context, picture(2)), first);
  run_us(context);
  EXPECT_EQ(floats(context), first) << "who asks for the time changes nothing";

  ASSERT_EQ(set_picture(context, picture(3)), RKNN_SUCC);
  ASSERT_EQ(rknn_run(context, nullptr), RKNN_SUCC);
  rknn_output output{.want_float = 1};
  EXPECT_EQ(rknn_outputs_get(context, 1, &output, nullptr), RKNN_ERR_TIMEOUT);
  const std::vector<float> third = run(context, picture(4));
  EXPECT_NE(third, first);
  ASSERT_EQ(rknn_wait(context, nullptr), RKNN_SUCC);
  EXPECT_EQ(run(context, picture(3)).size(), kOutputs);
  ASSERT_EQ(rknn_wait(context, nullptr), RKNN_SUCC);
  EXPECT_EQ(floats(context), third);
}

TEST_F(RknnFaults, InitFailsAfterSoManyContexts) {
  simulate("fail_init=2:MALLOC_FAIL");
  const rknn_context first = init();
  const rknn_context second = duplicate(first);
  rknn_context third = 0;
  rknn_context original = second;
  EXPECT_EQ(rknn_dup_context(&original, &third), RKNN_ERR_MALLOC_FAIL);
  EXPECT_EQ(try_init(model_), RKNN_ERR_MALLOC_FAIL);
  EXPECT_EQ(run(second, picture()).size(), kOutputs);
}

TEST_F(RknnFaults, MemoryEnds) {
  simulate("memory_mb=1");
  EXPECT_EQ(try_init(model_), RKNN_ERR_MALLOC_FAIL) << "activations of a 416x416 picture";
  EXPECT_EQ(rknn_create_mem2(0, 2 << 20, RKNN_MEM_FLAG_ALLOC_NO_CONTEXT), nullptr);
  rknn_tensor_mem* memory = rknn_create_mem2(0, 1 << 20, RKNN_MEM_FLAG_ALLOC_NO_CONTEXT);
  ASSERT_NE(memory, nullptr) << "what failed before holds nothing";
  EXPECT_EQ(rknn_destroy_mem(0, memory), RKNN_SUCC);
}

// A device that is faster than it is told to be. Only lower limits: how long a test takes says nothing.
TEST_F(RknnFaults, CoresTakeTheirTime) {
  simulate("cores=2,core_ms=20,slow_core=1:3x");
  const rknn_context context = init();
  rknn_sdk_version version{};
  ASSERT_EQ(rknn_query(context, RKNN_QUERY_SDK_VERSION, &version, sizeof(version)), RKNN_SUCC);
  EXPECT_STREQ(version.drv_version, "2 simulated NPU cores, 20 ms an inference");
  ASSERT_EQ(rknn_set_core_mask(context, RKNN_NPU_CORE_0), RKNN_SUCC);
  run(context, picture());
  EXPECT_GE(run_us(context), 20'000);
  ASSERT_EQ(rknn_set_core_mask(context, RKNN_NPU_CORE_1), RKNN_SUCC);
  run(context, picture());
  EXPECT_GE(run_us(context), 60'000);
  EXPECT_EQ(rknn_set_core_mask(context, RKNN_NPU_CORE_2), RKNN_ERR_PARAM_INVALID);
  EXPECT_EQ(rknn_set_core_mask(context, RKNN_NPU_CORE_0_1_2), RKNN_ERR_PARAM_INVALID);

  rknn_run_extend soon{.timeout_ms = 1};
  EXPECT_EQ(rknn_run(context, &soon), RKNN_ERR_TIMEOUT);
  EXPECT_EQ(rknn_wait(context, &soon), RKNN_ERR_TIMEOUT);
  EXPECT_EQ(rknn_wait(context, nullptr), RKNN_SUCC);
  EXPECT_EQ(floats(context).size(), kOutputs);
}

TEST_F(RknnFaults, ContextsOnOneCoreQueueUp) {
  simulate("cores=1,core_ms=20");
  const rknn_context first = init();
  const rknn_context second = duplicate(first);
  const auto begin = std::chrono::steady_clock::now();
  {
    const std::jthread other([&] { run(first, picture()); });
    run(second, picture());
  }
  EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(40));
}

}  // namespace
}  // namespace weir
