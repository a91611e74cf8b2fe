// SPDX-License-Identifier: Apache-2.0
// Handles, flags, memory and threads of the RKNN C API. Each case says which plausible bug it would catch.
#include <algorithm>
#include <atomic>
#include <thread>

#include <gmock/gmock.h>
#include <sys/mman.h>
#include <unistd.h>

#include "backends/rknn/abi/rknn_custom_op.h"
#include "backends/rknn/abi/rknn_matmul_api.h"
#include "tests/rknn_host/api_fixture.h"

namespace weir {
namespace {

using ::testing::HasSubstr;
using testing::RknnApi;

rknn_mem_size memory_size(rknn_context context) {
  rknn_mem_size size{};
  EXPECT_EQ(rknn_query(context, RKNN_QUERY_MEM_SIZE, &size, sizeof(size)), RKNN_SUCC);
  return size;
}

// A table look-up that trusts what it is given.
TEST_F(RknnApi, BadHandlesAreErrorsEverywhere) {
  const rknn_context good = init();
  const rknn_context gone = init();
  ASSERT_EQ(rknn_destroy(gone), RKNN_SUCC);
  rknn_tensor_mem* memory = rknn_create_mem(good, 64);
  for (rknn_context bad : {rknn_context{0}, rknn_context{1}, ~rknn_context{0}, gone}) {
    rknn_context out = 0;
    rknn_input input{};
    rknn_output output{};
    rknn_tensor_attr attr{};
    EXPECT_EQ(rknn_dup_context(&bad, &out), RKNN_ERR_CTX_INVALID);
    EXPECT_EQ(rknn_destroy(bad), RKNN_ERR_CTX_INVALID);
    EXPECT_EQ(rknn_query(bad, RKNN_QUERY_INPUT_ATTR, &attr, sizeof(attr)), RKNN_ERR_CTX_INVALID);
    EXPECT_EQ(rknn_inputs_set(bad, 1, &input), RKNN_ERR_CTX_INVALID);
    EXPECT_EQ(rknn_set_batch_core_num(bad, 1), RKNN_ERR_CTX_INVALID);
    EXPECT_EQ(rknn_set_core_mask(bad, RKNN_NPU_CORE_0), RKNN_ERR_CTX_INVALID);
    EXPECT_EQ(rknn_run(bad, nullptr), RKNN_ERR_CTX_INVALID);
    EXPECT_EQ(rknn_wait(bad, nullptr), RKNN_ERR_CTX_INVALID);
    EXPECT_EQ(rknn_outputs_get(bad, 1, &output, nullptr), RKNN_ERR_CTX_INVALID);
    EXPECT_EQ(rknn_outputs_release(bad, 1, &output), RKNN_ERR_CTX_INVALID);
    EXPECT_EQ(rknn_create_mem(bad, 64), nullptr);
    EXPECT_EQ(rknn_create_mem2(bad, 64, 0), nullptr);
    EXPECT_EQ(rknn_create_mem_from_fd(bad, 0, nullptr, 64, 0), nullptr);
    EXPECT_EQ(rknn_create_mem_from_phys(bad, 0, nullptr, 64), nullptr);
    EXPECT_EQ(rknn_create_mem_from_mb_blk(bad, nullptr, 0), nullptr);
    EXPECT_EQ(rknn_set_weight_mem(bad, memory), RKNN_ERR_CTX_INVALID);
    EXPECT_EQ(rknn_set_internal_mem(bad, memory), RKNN_ERR_CTX_INVALID);
    EXPECT_EQ(rknn_set_io_mem(bad, memory, &attr), RKNN_ERR_CTX_INVALID);
    EXPECT_EQ(rknn_set_input_shape(bad, &attr), RKNN_ERR_CTX_INVALID);
    EXPECT_EQ(rknn_set_input_shapes(bad, 1, &attr), RKNN_ERR_CTX_INVALID);
    EXPECT_EQ(rknn_mem_sync(bad, memory, RKNN_MEMORY_SYNC_TO_DEVICE), RKNN_ERR_CTX_INVALID);
  }
  EXPECT_EQ(rknn_destroy_mem(1, memory), RKNN_ERR_CTX_INVALID);
  EXPECT_EQ(rknn_destroy_mem(good, memory), RKNN_SUCC);
  EXPECT_EQ(rknn_dup_context(nullptr, nullptr), RKNN_ERR_PARAM_INVALID);
}

TEST_F(RknnApi, MemoryIsWhatItSaysAndCanBeMappedAgain) {
  const rknn_context context = init();
  EXPECT_EQ(rknn_create_mem(context, 0), nullptr);
  EXPECT_EQ(rknn_create_mem2(context, uint64_t{1} << 33, 0), nullptr);
  rknn_tensor_mem* memory =
      rknn_create_mem2(0, 5000, RKNN_MEM_FLAG_ALLOC_NO_CONTEXT | RKNN_FLAG_MEMORY_CACHEABLE);
  ASSERT_NE(memory, nullptr);
  EXPECT_EQ(memory->size, 5000U);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(memory->virt_addr) % 4096, 0U);
  std::memset(memory->virt_addr, 7, 5000);
  rknn_tensor_mem* same = rknn_create_mem_from_fd(context, memory->fd, nullptr, 1000, 4000);
  ASSERT_NE(same, nullptr);
  EXPECT_EQ(static_cast<const uint8_t*>(same->virt_addr)[999], 7);
  static_cast<uint8_t*>(same->virt_addr)[0] = 8;
  EXPECT_EQ(static_cast<const uint8_t*>(memory->virt_addr)[4000], 8);
  EXPECT_EQ(rknn_create_mem_from_fd(context, memory->fd, nullptr, 1001, 4000), nullptr) << "behind the end";
  EXPECT_EQ(rknn_create_mem_from_fd(context, -1, nullptr, 64, 0), nullptr);
  EXPECT_EQ(rknn_create_mem_from_fd(context, memory->fd, nullptr, 64, -64), nullptr);
  EXPECT_EQ(rknn_create_mem_from_phys(context, 0x1000, memory->virt_addr, 64), nullptr);
  EXPECT_EQ(rknn_create_mem_from_mb_blk(context, memory->virt_addr, 0), nullptr);
  EXPECT_EQ(rknn_destroy_mem(0, memory), RKNN_SUCC);
  EXPECT_EQ(static_cast<const uint8_t*>(same->virt_addr)[999], 7) << "a mapping of its own";
  EXPECT_EQ(rknn_mem_sync(context, same, RKNN_MEMORY_SYNC_BIDIRECTIONAL), RKNN_SUCC);
  EXPECT_EQ(rknn_mem_sync(context, same, static_cast<rknn_mem_sync_mode>(0)), RKNN_ERR_PARAM_INVALID);
  EXPECT_EQ(rknn_destroy_mem(context, same), RKNN_SUCC);
}

// Outputs are computed right into the program's memory: which may be gone when they are asked for again.
TEST_F(RknnApi, OutputsOutliveTheMemoryTheyWereComputedInto) {
  const rknn_context context = init();
  const std::vector<float> expected = run(context, picture());
  rknn_tensor_attr output = attr(context, RKNN_QUERY_OUTPUT_ATTR);
  output.type = RKNN_TENSOR_FLOAT32;
  rknn_tensor_mem* first = bind(context, output, kOutputs * sizeof(float));
  ASSERT_NE(first, nullptr);
  ASSERT_EQ(run(context, picture()), expected);
  rknn_tensor_mem* second = bind(context, output, kOutputs * sizeof(float));
  ASSERT_NE(second, nullptr);
  ASSERT_EQ(rknn_destroy_mem(context, first), RKNN_SUCC);
  EXPECT_EQ(floats(context), expected);
  EXPECT_EQ(rknn_destroy_mem(context, second), RKNN_SUCC);
}

TEST_F(RknnApi, WeightsAreCountedOnce) {
  const rknn_context first = init();
  const rknn_mem_size one = memory_size(first);
  EXPECT_GT(one.total_weight_size, 0U);
  EXPECT_GT(one.total_internal_size, 0U);
  const rknn_mem_size two = memory_size(duplicate(first));
  EXPECT_EQ(two.total_weight_size, one.total_weight_size);
  EXPECT_EQ(two.total_dma_allocated_size, one.total_dma_allocated_size + two.total_internal_size);

  rknn_init_extend extend{.ctx = first};
  const rknn_context sharing = init(model_, RKNN_FLAG_SHARE_WEIGHT_MEM, &extend);
  const rknn_mem_size three = memory_size(sharing);
  EXPECT_EQ(three.total_dma_allocated_size, two.total_dma_allocated_size + three.total_internal_size);
  EXPECT_EQ(run(sharing, picture()), run(first, picture()));
  rknn_context refused = 0;
  EXPECT_EQ(rknn_init(&refused, model_.data(), 0, RKNN_FLAG_SHARE_WEIGHT_MEM, nullptr),
            RKNN_ERR_PARAM_INVALID);
  extend.ctx = 5;
  EXPECT_EQ(rknn_init(&refused, model_.data(), 0, RKNN_FLAG_SHARE_WEIGHT_MEM, &extend), RKNN_ERR_CTX_INVALID);
}

TEST_F(RknnApi, MemoryFromOutsideMustBeGivenAndLargeEnough) {
  const rknn_context context = init(RKNN_FLAG_MEM_ALLOC_OUTSIDE);
  const rknn_mem_size size = memory_size(context);
  ASSERT_EQ(set_picture(context, picture()), RKNN_SUCC);
  EXPECT_EQ(rknn_run(context, nullptr), RKNN_ERR_FAIL);
  rknn_tensor_mem* small = rknn_create_mem(context, 1);
  rknn_tensor_mem* weights = rknn_create_mem(context, size.total_weight_size);
  rknn_tensor_mem* internal = rknn_create_mem(context, size.total_internal_size);
  EXPECT_EQ(rknn_set_weight_mem(context, small), RKNN_ERR_PARAM_INVALID);
  EXPECT_EQ(rknn_set_internal_mem(context, small), RKNN_ERR_PARAM_INVALID);
  EXPECT_EQ(rknn_set_weight_mem(context, nullptr), RKNN_ERR_PARAM_INVALID);
  EXPECT_EQ(rknn_set_weight_mem(context, weights), RKNN_SUCC);
  EXPECT_EQ(rknn_run(context, nullptr), RKNN_ERR_FAIL);
  EXPECT_EQ(rknn_set_internal_mem(context, internal), RKNN_SUCC);
  EXPECT_EQ(rknn_run(context, nullptr), RKNN_SUCC);
  const rknn_context plain = init();
  EXPECT_EQ(rknn_set_weight_mem(plain, weights), RKNN_ERR_PARAM_INVALID);
  EXPECT_EQ(rknn_set_internal_mem(plain, internal), RKNN_ERR_PARAM_INVALID);
  for (rknn_tensor_mem* memory : {small, weights, internal})
    EXPECT_EQ(rknn_destroy_mem(context, memory), RKNN_SUCC);
}

TEST_F(RknnApi, InformationOnlyNeverRuns) {
  const rknn_context context = init(RKNN_FLAG_COLLECT_MODEL_INFO_ONLY);
  EXPECT_EQ(attr(context, RKNN_QUERY_OUTPUT_ATTR).n_elems, kOutputs);
  EXPECT_GT(memory_size(context).total_internal_size, kPictureBytes);
  EXPECT_EQ(set_picture(context, picture()), RKNN_ERR_CTX_INVALID);
  EXPECT_EQ(rknn_run(context, nullptr), RKNN_ERR_CTX_INVALID);
  EXPECT_EQ(memory_size(duplicate(context)).total_weight_size, memory_size(context).total_weight_size);
}

TEST_F(RknnApi, PerformanceIsTold) {
  const rknn_context plain = init();
  const rknn_context context = init(RKNN_FLAG_COLLECT_PERF_MASK);
  rknn_perf_detail detail{};
  EXPECT_EQ(rknn_query(context, RKNN_QUERY_PERF_DETAIL, &detail, sizeof(detail)), RKNN_ERR_FAIL)
      << "no run yet";
  run(context, picture());
  ASSERT_EQ(rknn_query(context, RKNN_QUERY_PERF_DETAIL, &detail, sizeof(detail)), RKNN_SUCC);
  EXPECT_THAT(detail.perf_data, HasSubstr("Convolution"));
  EXPECT_EQ(std::strlen(detail.perf_data), detail.data_len);
  run(plain, picture());
  rknn_perf_run last{};
  ASSERT_EQ(rknn_query(plain, RKNN_QUERY_PERF_RUN, &last, sizeof(last)), RKNN_SUCC);
  EXPECT_GT(last.run_duration, 0);
  EXPECT_EQ(rknn_query(plain, RKNN_QUERY_PERF_DETAIL, &detail, sizeof(detail)), RKNN_ERR_PARAM_INVALID);
}

TEST_F(RknnApi, RunsThatAreNotWaitedForAreWaitedForLater) {
  const rknn_context context = init();
  const std::vector<float> expected = run(context, picture(4));
  ASSERT_EQ(set_picture(context, picture(5)), RKNN_SUCC);
  rknn_run_extend extend{.non_block = 1};
  ASSERT_EQ(rknn_run(context, &extend), RKNN_SUCC);
  EXPECT_EQ(extend.frame_id, 2U);
  ASSERT_EQ(rknn_wait(context, &extend), RKNN_SUCC);
  ASSERT_EQ(set_picture(context, picture(4)), RKNN_SUCC);
  ASSERT_EQ(rknn_run(context, &extend), RKNN_SUCC);
  EXPECT_EQ(floats(context), expected) << "asking for outputs waits, too";
  EXPECT_EQ(rknn_wait(context, nullptr), RKNN_SUCC) << "nothing to wait for";
  // A destroyed context takes its pending run along.
  ASSERT_EQ(rknn_run(context, &extend), RKNN_SUCC);
  EXPECT_EQ(rknn_destroy(context), RKNN_SUCC);
}

// With RKNN_FLAG_ASYNC_MASK outputs are those of the run before; of the first, its own.
TEST_F(RknnApi, AsynchronousContextsAreOneFrameBehind) {
  const rknn_context plain = init();
  const rknn_context context = init(RKNN_FLAG_ASYNC_MASK);
  const auto expected = [&](unsigned seed) { return run(plain, picture(seed)); };
  EXPECT_EQ(run(context, picture(1)), expected(1));
  EXPECT_EQ(run(context, picture(2)), expected(1));
  EXPECT_EQ(run(context, picture(3)), expected(2));
  ASSERT_EQ(rknn_wait(context, nullptr), RKNN_SUCC);
  EXPECT_EQ(floats(context), expected(3)) << "who has waited gets what was waited for";
}

// Contexts that share scratch memory: one would overwrite what the other is computing.
TEST_F(RknnApi, TwoContextsInParallelEqualOneAlone) {
  const rknn_context first = init();
  std::vector<std::vector<float>> expected;
  for (unsigned seed = 0; seed < 3; ++seed) expected.push_back(run(first, picture(seed)));
  const rknn_context second = duplicate(first);
  std::atomic<int> wrong{0};
  {
    std::vector<std::jthread> threads;
    for (const rknn_context context : {first, second}) {
      threads.emplace_back([&, context] {
        for (unsigned i = 0; i < 30; ++i) {
          const unsigned seed = static_cast<unsigned>(i + context) % 3;
          if (run(context, picture(seed)) != expected[seed]) ++wrong;
        }
      });
    }
  }
  EXPECT_EQ(wrong, 0);
}

// What a thread still uses, freed under it by another.
TEST_F(RknnApi, ContextsMayBeDestroyedWhileTheyRun) {
  const rknn_context original = init();
  for (int round = 0; round < 20; ++round) {
    const rknn_context context = duplicate(original);
    ASSERT_EQ(set_picture(context, picture()), RKNN_SUCC);
    std::atomic<bool> running{false};
    std::jthread runner([&] {
      while (true) {
        const int code = rknn_run(context, nullptr);
        running = true;
        if (code == RKNN_SUCC) continue;
        EXPECT_EQ(code, RKNN_ERR_CTX_INVALID);
        return;
      }
    });
    while (!running) std::this_thread::yield();
    EXPECT_EQ(rknn_destroy(context), RKNN_SUCC);
  }
}

TEST_F(RknnApi, WhatNeedsTheHardwareSaysSo) {
  rknn_matmul_ctx context = 0;
  rknn_matmul_info info{};
  rknn_matmul_io_attr io{};
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(rknn_matmul_create(&context, &info, &io), RKNN_ERR_DEVICE_UNAVAILABLE);
  EXPECT_EQ(rknn_matmul_run(context), RKNN_ERR_DEVICE_UNAVAILABLE);
  const std::string said = ::testing::internal::GetCapturedStderr();
  EXPECT_EQ(std::ranges::count(said, '\n'), 1) << "once in a process: " << said;
  EXPECT_EQ(rknn_B_normal_layout_to_native_layout(nullptr, nullptr, 1, 1, nullptr),
            RKNN_ERR_DEVICE_UNAVAILABLE);
  EXPECT_EQ(rknn_register_custom_ops(init(), nullptr, 0), RKNN_ERR_DEVICE_UNAVAILABLE);
  rknn_custom_op_attr attr{.n_elems = 3};
  rknn_custom_op_get_op_attr(nullptr, "name", &attr);
  EXPECT_EQ(attr.n_elems, 0U);
}

}  // namespace
}  // namespace weir
