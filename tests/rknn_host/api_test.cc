// SPDX-License-Identifier: Apache-2.0
// The RKNN C API of the host runtime, as programs use it. Each case says which plausible bug it would catch.
#include <cmath>

#include <gmock/gmock.h>

#include "tests/rknn_host/api_fixture.h"
#include "types/half.h"

namespace weir {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::RknnApi;
using ::testing::StartsWith;

// Dims in the network's order, a size that forgets the element type, a name without its end.
TEST_F(RknnApi, TellsTensorsAsABoardDoes) {
  const rknn_context context = init();
  rknn_input_output_num number{};
  ASSERT_EQ(rknn_query(context, RKNN_QUERY_IN_OUT_NUM, &number, sizeof(number)), RKNN_SUCC);
  EXPECT_EQ(number.n_input, 1U);
  EXPECT_EQ(number.n_output, 1U);
  for (const auto command :
       {RKNN_QUERY_INPUT_ATTR, RKNN_QUERY_NATIVE_INPUT_ATTR, RKNN_QUERY_CURRENT_INPUT_ATTR}) {
    const rknn_tensor_attr input = attr(context, command);
    EXPECT_STREQ(input.name, "images");
    EXPECT_THAT(dims(input), ElementsAre(1, 416, 416, 3));
    EXPECT_EQ(input.fmt, RKNN_TENSOR_NHWC);
    EXPECT_EQ(input.type, RKNN_TENSOR_FLOAT16);
    EXPECT_EQ(input.qnt_type, RKNN_TENSOR_QNT_AFFINE_ASYMMETRIC);
    EXPECT_EQ(input.scale, 1.0F);
    EXPECT_EQ(input.n_elems, kPictureBytes);
    EXPECT_EQ(input.size, kPictureBytes * 2);
    EXPECT_EQ(input.w_stride, 416U);
    EXPECT_EQ(input.size_with_stride, kPictureBytes * 2);
  }
  const rknn_tensor_attr output = attr(context, RKNN_QUERY_OUTPUT_ATTR);
  EXPECT_STREQ(output.name, "output");
  EXPECT_THAT(dims(output), ElementsAre(1, 3549, 8));
  EXPECT_EQ(output.fmt, RKNN_TENSOR_UNDEFINED);
  EXPECT_EQ(output.size, kOutputs * 2);
}

TEST_F(RknnApi, TellsVersions) {
  rknn_sdk_version version{};
  ASSERT_EQ(rknn_query(init(), RKNN_QUERY_SDK_VERSION, &version, sizeof(version)), RKNN_SUCC);
  EXPECT_THAT(version.api_version, StartsWith("2.3.2"));
  EXPECT_THAT(version.api_version, HasSubstr("weir host runtime"));
  EXPECT_THAT(version.drv_version, HasSubstr("3 simulated NPU cores"));
}

// An answer written behind the end of a program's smaller structure.
TEST_F(RknnApi, AnswersOnlyWhereTheAnswerFits) {
  const rknn_context context = init();
  rknn_tensor_attr attr{};
  EXPECT_EQ(rknn_query(context, RKNN_QUERY_INPUT_ATTR, &attr, sizeof(attr) - 4), RKNN_ERR_PARAM_INVALID);
  EXPECT_EQ(attr.n_dims, 0U);
  std::vector<uint8_t> larger(sizeof(attr) + 8, 0);
  EXPECT_EQ(rknn_query(context, RKNN_QUERY_INPUT_ATTR, larger.data(), sizeof(attr) + 8), RKNN_SUCC);
  struct {
    uint32_t weights, internal, untouched;
  } before_1_4{.untouched = 7};
  EXPECT_EQ(rknn_query(context, RKNN_QUERY_MEM_SIZE, &before_1_4, 8), RKNN_SUCC);
  EXPECT_GT(before_1_4.weights, 0U);
  EXPECT_GT(before_1_4.internal, 0U);
  EXPECT_EQ(before_1_4.untouched, 7U);
  attr.index = 1;
  EXPECT_EQ(rknn_query(context, RKNN_QUERY_INPUT_ATTR, &attr, sizeof(attr)), RKNN_ERR_PARAM_INVALID);
  EXPECT_EQ(rknn_query(context, RKNN_QUERY_CMD_MAX, &attr, sizeof(attr)), RKNN_ERR_PARAM_INVALID);
  EXPECT_EQ(rknn_query(context, RKNN_QUERY_INPUT_ATTR, nullptr, sizeof(attr)), RKNN_ERR_PARAM_INVALID);
  std::vector<uint8_t> range(sizeof(rknn_input_range));
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(rknn_query(context, RKNN_QUERY_INPUT_DYNAMIC_RANGE, range.data(), sizeof(rknn_input_range)),
            RKNN_ERR_MODEL_INVALID)
      << "it has one shape";
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "") << "programs ask every model";
}

// Layout, type or order mixed up on one of the ways to give the same picture.
TEST_F(RknnApi, EveryWayToGiveAPictureIsTheSamePicture) {
  const rknn_context context = init();
  const std::vector<uint8_t> nhwc = picture();
  const std::vector<float> expected = run(context, nhwc);
  ASSERT_EQ(expected.size(), kOutputs);

  std::vector<uint8_t> nchw(nhwc.size());
  std::vector<float> as_floats(nhwc.begin(), nhwc.end());
  std::vector<uint16_t> as_halves;
  for (size_t i = 0; i < nhwc.size(); ++i) nchw[i % 3 * kSide * kSide + i / 3] = nhwc[i];
  for (const float value : as_floats) as_halves.push_back(float_to_half(value));

  ASSERT_EQ(set_input(context, nchw.data(), nchw.size(), RKNN_TENSOR_UINT8, RKNN_TENSOR_NCHW), RKNN_SUCC);
  ASSERT_EQ(rknn_run(context, nullptr), RKNN_SUCC);
  EXPECT_EQ(floats(context), expected);
  ASSERT_EQ(set_input(context, as_floats.data(), as_floats.size() * 4, RKNN_TENSOR_FLOAT32), RKNN_SUCC);
  ASSERT_EQ(rknn_run(context, nullptr), RKNN_SUCC);
  EXPECT_THAT(floats(context), ::testing::Pointwise(::testing::FloatNear(1e-5F), expected));
  ASSERT_EQ(
      set_input(context, as_halves.data(), as_halves.size() * 2, RKNN_TENSOR_FLOAT16, RKNN_TENSOR_NHWC, true),
      RKNN_SUCC);
  ASSERT_EQ(rknn_run(context, nullptr), RKNN_SUCC);
  EXPECT_THAT(floats(context), ::testing::Pointwise(::testing::FloatNear(1e-5F), expected));
}

// Zero copy that reads or writes at other places than it is told.
TEST_F(RknnApi, BoundMemoryGivesWhatCopiesGive) {
  const rknn_context context = init();
  const std::vector<uint8_t> pixels = picture(2);
  const std::vector<float> expected = run(context, pixels);

  rknn_tensor_attr input = attr(context, RKNN_QUERY_NATIVE_INPUT_ATTR);
  input.type = RKNN_TENSOR_UINT8;
  rknn_tensor_attr output = attr(context, RKNN_QUERY_OUTPUT_ATTR);
  output.type = RKNN_TENSOR_FLOAT32;
  rknn_tensor_mem* from = bind(context, input, kPictureBytes);
  rknn_tensor_mem* to = bind(context, output, kOutputs * 4);
  ASSERT_NE(from, nullptr);
  ASSERT_NE(to, nullptr);
  std::memcpy(from->virt_addr, pixels.data(), pixels.size());
  ASSERT_EQ(rknn_mem_sync(context, from, RKNN_MEMORY_SYNC_TO_DEVICE), RKNN_SUCC);
  ASSERT_EQ(rknn_run(context, nullptr), RKNN_SUCC);
  EXPECT_EQ(std::memcmp(to->virt_addr, expected.data(), kOutputs * 4), 0);
  EXPECT_EQ(floats(context), expected);

  // What is stored as half floats is the nearest half of each.
  output.type = RKNN_TENSOR_FLOAT16;
  rknn_tensor_mem* halves = bind(context, output, kOutputs * 2);
  ASSERT_NE(halves, nullptr);
  ASSERT_EQ(rknn_run(context, nullptr), RKNN_SUCC);
  for (size_t i = 0; i < kOutputs; ++i) {
    ASSERT_EQ(static_cast<const uint16_t*>(halves->virt_addr)[i], float_to_half(expected[i])) << i;
  }
  // Destroyed memory that is still bound stays readable.
  for (rknn_tensor_mem* memory : {from, to, halves}) ASSERT_EQ(rknn_destroy_mem(context, memory), RKNN_SUCC);
  EXPECT_EQ(rknn_run(context, nullptr), RKNN_SUCC);
}

// Padding taken for pixels.
TEST_F(RknnApi, RowsMayBePadded) {
  const rknn_context context = init();
  const std::vector<uint8_t> pixels = picture(3);
  const std::vector<float> expected = run(context, pixels);
  rknn_tensor_attr input = attr(context, RKNN_QUERY_NATIVE_INPUT_ATTR);
  input.type = RKNN_TENSOR_UINT8;
  input.w_stride = kSide + 32;
  input.h_stride = kSide + 1;
  const uint32_t row_bytes = input.w_stride * 3;
  EXPECT_EQ(bind(context, input, row_bytes * kSide), nullptr) << "h_stride rows don't fit";
  rknn_tensor_mem* from = bind(context, input, row_bytes * (kSide + 1));
  ASSERT_NE(from, nullptr);
  std::memset(from->virt_addr, 0xFF, from->size);
  for (uint32_t y = 0; y < kSide; ++y) {
    std::memcpy(static_cast<uint8_t*>(from->virt_addr) + y * row_bytes, pixels.data() + y * kSide * 3,
                kSide * 3);
  }
  ASSERT_EQ(rknn_run(context, nullptr), RKNN_SUCC);
  EXPECT_EQ(floats(context), expected);
  EXPECT_EQ(rknn_destroy_mem(context, from), RKNN_SUCC);
}

TEST_F(RknnApi, RefusesInputsThatDontFit) {
  const rknn_context context = init();
  const std::vector<uint8_t> pixels = picture();
  EXPECT_EQ(rknn_run(context, nullptr), RKNN_ERR_INPUT_INVALID) << "never set";
  EXPECT_EQ(set_input(context, pixels.data(), pixels.size() - 1, RKNN_TENSOR_UINT8), RKNN_ERR_PARAM_INVALID);
  EXPECT_EQ(set_input(context, pixels.data(), pixels.size(), RKNN_TENSOR_FLOAT32), RKNN_ERR_PARAM_INVALID);
  EXPECT_EQ(set_input(context, nullptr, pixels.size(), RKNN_TENSOR_UINT8), RKNN_ERR_PARAM_INVALID);
  EXPECT_EQ(set_input(context, pixels.data(), pixels.size(), RKNN_TENSOR_INT4), RKNN_ERR_PARAM_INVALID);
  EXPECT_EQ(set_input(context, pixels.data(), pixels.size(), RKNN_TENSOR_UINT8, RKNN_TENSOR_NC1HWC2),
            RKNN_ERR_PARAM_INVALID);
  // Passed through, too, and by the type that is given, as on a board; then it is read as the model's own.
  const std::vector<float> floats(kPictureBytes);
  EXPECT_EQ(set_input(context, floats.data(), floats.size() * 2, RKNN_TENSOR_FLOAT32, RKNN_TENSOR_NHWC, true),
            RKNN_ERR_PARAM_INVALID);
  EXPECT_EQ(set_input(context, floats.data(), floats.size(), RKNN_TENSOR_UINT8, RKNN_TENSOR_NHWC, true),
            RKNN_ERR_PARAM_INVALID);
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(set_input(context, floats.data(), floats.size() * 4, RKNN_TENSOR_FLOAT32, RKNN_TENSOR_NHWC, true),
            RKNN_SUCC);
  EXPECT_THAT(::testing::internal::GetCapturedStderr(),
              HasSubstr("input 'images' is passed through as FP32: it is read as FP16"));
  rknn_input input{.index = 1,
                   .buf = const_cast<uint8_t*>(pixels.data()),
                   .size = kPictureBytes,
                   .type = RKNN_TENSOR_UINT8};
  EXPECT_EQ(rknn_inputs_set(context, 1, &input), RKNN_ERR_INPUT_INVALID);
  EXPECT_EQ(rknn_inputs_set(context, 0, &input), RKNN_ERR_PARAM_INVALID);
  EXPECT_EQ(rknn_inputs_set(context, 2, &input), RKNN_ERR_PARAM_INVALID);
  EXPECT_EQ(rknn_inputs_set(context, 1, nullptr), RKNN_ERR_PARAM_INVALID);
}

TEST_F(RknnApi, RefusesMemoryThatDoesntFit) {
  const rknn_context context = init();
  rknn_tensor_attr input = attr(context, RKNN_QUERY_NATIVE_INPUT_ATTR);
  input.type = RKNN_TENSOR_UINT8;
  EXPECT_EQ(bind(context, input, kPictureBytes - 1), nullptr);
  rknn_tensor_attr wrong = input;
  std::strcpy(wrong.name, "nobody");
  EXPECT_EQ(bind(context, wrong, kPictureBytes), nullptr);
  wrong = input;
  wrong.w_stride = kSide - 1;
  EXPECT_EQ(bind(context, wrong, kPictureBytes), nullptr);
  wrong.w_stride = 0xFFFFFFFF;
  EXPECT_EQ(bind(context, wrong, kPictureBytes), nullptr);
  rknn_tensor_attr output = attr(context, RKNN_QUERY_OUTPUT_ATTR);
  output.type = RKNN_TENSOR_INT8;
  EXPECT_EQ(bind(context, output, kOutputs), nullptr) << "the output is not quantised";
  rknn_tensor_mem no_memory{};
  EXPECT_EQ(rknn_set_io_mem(context, &no_memory, &input), RKNN_ERR_PARAM_INVALID);
  EXPECT_EQ(rknn_set_io_mem(context, nullptr, &input), RKNN_ERR_PARAM_INVALID);
}

// Buffers freed twice, or never, or that were the program's own.
TEST_F(RknnApi, OutputsAreGivenAndTakenBack) {
  const rknn_context context = init();
  rknn_output output{.want_float = 1};
  EXPECT_EQ(rknn_outputs_get(context, 1, &output, nullptr), RKNN_ERR_FAIL) << "before any run";
  const std::vector<float> expected = run(context, picture());

  std::vector<float> own(kOutputs);
  rknn_output prealloc{.want_float = 1, .is_prealloc = 1, .buf = own.data(), .size = kOutputs * 4};
  ASSERT_EQ(rknn_outputs_get(context, 1, &prealloc, nullptr), RKNN_SUCC);
  EXPECT_EQ(own, expected);
  EXPECT_EQ(rknn_outputs_release(context, 1, &prealloc), RKNN_SUCC);
  EXPECT_EQ(prealloc.buf, own.data());
  prealloc.size -= 1;
  EXPECT_EQ(rknn_outputs_get(context, 1, &prealloc, nullptr), RKNN_ERR_PARAM_INVALID);

  rknn_output halves{};
  ASSERT_EQ(rknn_outputs_get(context, 1, &halves, nullptr), RKNN_SUCC);
  ASSERT_EQ(halves.size, kOutputs * 2);
  EXPECT_EQ(static_cast<const uint16_t*>(halves.buf)[4], float_to_half(expected[4]));
  rknn_output again = halves;
  EXPECT_EQ(rknn_outputs_release(context, 1, &halves), RKNN_SUCC);
  EXPECT_EQ(halves.buf, nullptr);
  EXPECT_EQ(rknn_outputs_release(context, 1, &again), RKNN_ERR_OUTPUT_INVALID);
  output.index = 1;
  EXPECT_EQ(rknn_outputs_get(context, 1, &output, nullptr), RKNN_ERR_OUTPUT_INVALID);
  output.index = 0;
  EXPECT_EQ(rknn_outputs_get(context, 2, &output, nullptr), RKNN_ERR_PARAM_INVALID);
  EXPECT_EQ(rknn_outputs_get(context, 0, &output, nullptr), RKNN_ERR_PARAM_INVALID);
}

// A context that frees what its siblings still use.
TEST_F(RknnApi, ContextsGoInAnyOrder) {
  const rknn_context first = init();
  const std::vector<float> expected = run(first, picture());
  const rknn_context second = duplicate(first);
  const rknn_context third = duplicate(second);
  rknn_tensor_attr input = attr(first, RKNN_QUERY_NATIVE_INPUT_ATTR);
  input.type = RKNN_TENSOR_UINT8;
  rknn_tensor_mem* memory = rknn_create_mem(first, kPictureBytes);
  ASSERT_NE(memory, nullptr);
  std::memcpy(memory->virt_addr, picture().data(), kPictureBytes);
  ASSERT_EQ(rknn_destroy(first), RKNN_SUCC);
  ASSERT_EQ(rknn_set_io_mem(third, memory, &input), RKNN_SUCC) << "memory of a context that is gone";
  ASSERT_EQ(rknn_destroy(second), RKNN_SUCC);
  ASSERT_EQ(rknn_run(third, nullptr), RKNN_SUCC);
  EXPECT_EQ(floats(third), expected);
  EXPECT_EQ(rknn_destroy_mem(first, memory), RKNN_SUCC);
  EXPECT_EQ(rknn_destroy_mem(first, memory), RKNN_ERR_PARAM_INVALID);
  ASSERT_EQ(rknn_destroy(third), RKNN_SUCC);
  EXPECT_EQ(rknn_destroy(third), RKNN_ERR_CTX_INVALID);
  EXPECT_EQ(rknn_run(first, nullptr), RKNN_ERR_CTX_INVALID);
}

TEST_F(RknnApi, CoreMasksAreThoseOfTheDevice) {
  const rknn_context context = init();
  for (const auto mask : {RKNN_NPU_CORE_AUTO, RKNN_NPU_CORE_0, RKNN_NPU_CORE_1, RKNN_NPU_CORE_2,
                          RKNN_NPU_CORE_0_1, RKNN_NPU_CORE_0_1_2, RKNN_NPU_CORE_ALL}) {
    EXPECT_EQ(rknn_set_core_mask(context, mask), RKNN_SUCC) << mask;
    EXPECT_EQ(set_picture(context, picture()), RKNN_SUCC);
    EXPECT_EQ(rknn_run(context, nullptr), RKNN_SUCC) << mask;
  }
  EXPECT_EQ(rknn_set_core_mask(context, RKNN_NPU_CORE_UNDEFINED), RKNN_ERR_PARAM_INVALID);
  EXPECT_EQ(rknn_set_core_mask(context, static_cast<rknn_core_mask>(8)), RKNN_ERR_PARAM_INVALID);
  EXPECT_EQ(rknn_set_batch_core_num(context, 3), RKNN_SUCC);
  EXPECT_EQ(rknn_set_batch_core_num(context, 4), RKNN_ERR_PARAM_INVALID);
}

}  // namespace
}  // namespace weir
