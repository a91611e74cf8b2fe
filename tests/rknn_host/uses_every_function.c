/* SPDX-License-Identifier: Apache-2.0 */
/* A program in plain C99, linked against nothing but -lrknnrt, that calls every function which works on a PC and
   checks what it gets. Its argument is a model of one picture and one output, in a file or as bytes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rknn_api.h"
#include "rknn_custom_op.h"
#include "rknn_matmul_api.h"

#define EXPECT(condition) expect((condition), #condition, __LINE__)
#define CALL(call) EXPECT((call) == RKNN_SUCC)

static int failures = 0;

static void expect(int holds, const char* condition, int line) {
  if (holds) return;
  fprintf(stderr, "line %d: not so: %s\n", line, condition);
  ++failures;
}

/* What the steps below hand on. */
typedef struct {
  rknn_context context;
  rknn_tensor_attr input;
  rknn_tensor_attr output;
  uint8_t* pixels;
  float* expected; /* output.n_elems */
} program_t;

static void* allocate(size_t bytes) {
  void* memory = calloc(1, bytes);
  if (memory == NULL) exit(1);
  return memory;
}

static rknn_tensor_attr query(rknn_context context, rknn_query_cmd command) {
  rknn_tensor_attr attr;
  memset(&attr, 0, sizeof(attr));
  CALL(rknn_query(context, command, &attr, sizeof(attr)));
  return attr;
}

static void load(program_t* program, const char* path) {
  FILE* file = fopen(path, "rb");
  if (file == NULL || fseek(file, 0, SEEK_END) != 0) exit(1);
  const long size = ftell(file);
  rewind(file);
  char* bytes = allocate((size_t)size);
  EXPECT(fread(bytes, 1, (size_t)size, file) == (size_t)size);
  fclose(file);
  CALL(rknn_init(&program->context, bytes, (uint32_t)size, 0, NULL));
  free(bytes);

  rknn_input_output_num number;
  rknn_sdk_version version;
  CALL(rknn_query(program->context, RKNN_QUERY_IN_OUT_NUM, &number, sizeof(number)));
  EXPECT(number.n_input == 1 && number.n_output == 1);
  CALL(rknn_query(program->context, RKNN_QUERY_SDK_VERSION, &version, sizeof(version)));
  EXPECT(strncmp(version.api_version, "2.3.2", 5) == 0);
  program->input = query(program->context, RKNN_QUERY_INPUT_ATTR);
  program->output = query(program->context, RKNN_QUERY_OUTPUT_ATTR);
  EXPECT(program->input.n_dims == 4 && program->input.dims[3] == 3 && program->input.fmt == RKNN_TENSOR_NHWC);
  program->pixels = allocate(program->input.n_elems);
  for (uint32_t i = 0; i < program->input.n_elems; ++i) program->pixels[i] = (uint8_t)(i * 7 + i / 1000);
}

static rknn_input picture_of(const program_t* program) {
  rknn_input input;
  memset(&input, 0, sizeof(input));
  input.buf = program->pixels;
  input.size = program->input.n_elems;
  input.type = RKNN_TENSOR_UINT8;
  input.fmt = RKNN_TENSOR_NHWC;
  return input;
}

static void expect_outputs(const program_t* program, rknn_context context) {
  float* own = allocate(program->output.n_elems * sizeof(float));
  rknn_output output;
  memset(&output, 0, sizeof(output));
  output.want_float = 1;
  output.is_prealloc = 1;
  output.buf = own;
  output.size = program->output.n_elems * (uint32_t)sizeof(float);
  CALL(rknn_outputs_get(context, 1, &output, NULL));
  EXPECT(memcmp(own, program->expected, output.size) == 0);
  CALL(rknn_outputs_release(context, 1, &output));
  free(own);
}

static void run_with_copies(program_t* program) {
  rknn_input input = picture_of(program);
  rknn_output output;
  rknn_output_extend frame;
  rknn_perf_run last;
  memset(&output, 0, sizeof(output));
  output.want_float = 1;
  CALL(rknn_inputs_set(program->context, 1, &input));
  CALL(rknn_run(program->context, NULL));
  CALL(rknn_outputs_get(program->context, 1, &output, &frame));
  EXPECT(output.size == program->output.n_elems * sizeof(float) && frame.frame_id == 1);
  program->expected = allocate(output.size);
  memcpy(program->expected, output.buf, output.size);
  CALL(rknn_outputs_release(program->context, 1, &output));
  EXPECT(output.buf == NULL);
  expect_outputs(program, program->context);
  CALL(rknn_query(program->context, RKNN_QUERY_PERF_RUN, &last, sizeof(last)));
  EXPECT(last.run_duration > 0);
}

static void run_later(const program_t* program) {
  rknn_run_extend extend;
  memset(&extend, 0, sizeof(extend));
  extend.non_block = 1;
  CALL(rknn_run(program->context, &extend));
  CALL(rknn_wait(program->context, &extend));
  expect_outputs(program, program->context);
}

static void run_without_copies(const program_t* program) {
  rknn_context second = 0;
  rknn_context first = program->context;
  CALL(rknn_dup_context(&first, &second));
  CALL(rknn_set_core_mask(second, RKNN_NPU_CORE_0_1));
  CALL(rknn_set_batch_core_num(second, 2));
  rknn_tensor_attr input = query(second, RKNN_QUERY_NATIVE_INPUT_ATTR);
  rknn_tensor_attr output = program->output;
  input.type = RKNN_TENSOR_UINT8;
  output.type = RKNN_TENSOR_FLOAT32;
  const uint32_t bytes = output.n_elems * (uint32_t)sizeof(float);
  rknn_tensor_mem* picture = rknn_create_mem(second, input.size_with_stride);
  rknn_tensor_mem* result = rknn_create_mem2(second, bytes, RKNN_FLAG_MEMORY_CACHEABLE);
  EXPECT(picture != NULL && result != NULL);
  rknn_tensor_mem* same = rknn_create_mem_from_fd(second, picture->fd, picture->virt_addr, picture->size, 0);
  EXPECT(same != NULL && same->virt_addr == picture->virt_addr);
  memcpy(picture->virt_addr, program->pixels, program->input.n_elems);
  CALL(rknn_mem_sync(second, picture, RKNN_MEMORY_SYNC_TO_DEVICE));
  CALL(rknn_set_io_mem(second, same, &input));
  CALL(rknn_set_io_mem(second, result, &output));
  CALL(rknn_run(second, NULL));
  CALL(rknn_mem_sync(second, result, RKNN_MEMORY_SYNC_FROM_DEVICE));
  EXPECT(memcmp(result->virt_addr, program->expected, bytes) == 0);
  CALL(rknn_destroy_mem(second, picture));
  CALL(rknn_destroy_mem(second, same));
  CALL(rknn_destroy_mem(second, result));
  CALL(rknn_destroy(second));
}

static void run_in_own_memory(const program_t* program, char* path) {
  rknn_context context = 0;
  rknn_mem_size size;
  rknn_input input = picture_of(program);
  CALL(rknn_init(&context, path, 0, RKNN_FLAG_MEM_ALLOC_OUTSIDE | RKNN_FLAG_COLLECT_PERF_MASK, NULL));
  CALL(rknn_query(context, RKNN_QUERY_MEM_SIZE, &size, sizeof(size)));
  rknn_tensor_mem* weights = rknn_create_mem(context, size.total_weight_size);
  rknn_tensor_mem* internal = rknn_create_mem(context, size.total_internal_size);
  CALL(rknn_set_weight_mem(context, weights));
  CALL(rknn_set_internal_mem(context, internal));
  CALL(rknn_inputs_set(context, 1, &input));
  CALL(rknn_run(context, NULL));
  expect_outputs(program, context);
  rknn_perf_detail detail;
  CALL(rknn_query(context, RKNN_QUERY_PERF_DETAIL, &detail, sizeof(detail)));
  EXPECT(strlen(detail.perf_data) == detail.data_len && detail.data_len > 0);
  CALL(rknn_destroy_mem(context, weights));
  CALL(rknn_destroy_mem(context, internal));
  CALL(rknn_destroy(context));
}

/* The model has one shape: it can be chosen, and no other. The codes are a board's. */
static void choose_shapes(const program_t* program) {
  rknn_tensor_attr attr = program->input;
  rknn_input_range* range = allocate(sizeof(*range));
  EXPECT(rknn_query(program->context, RKNN_QUERY_INPUT_DYNAMIC_RANGE, range, sizeof(*range)) == RKNN_ERR_MODEL_INVALID);
  free(range);
  CALL(rknn_set_input_shapes(program->context, 1, &attr));
  CALL(rknn_set_input_shape(program->context, &attr));
  attr.dims[1] += 32;
  EXPECT(rknn_set_input_shapes(program->context, 1, &attr) == RKNN_ERR_FAIL);
  attr = query(program->context, RKNN_QUERY_CURRENT_INPUT_ATTR);
  EXPECT(attr.dims[1] == program->input.dims[1]);
}

static void call_what_is_not_there(const program_t* program) {
  rknn_matmul_ctx matmul = 0;
  rknn_matmul_info info;
  rknn_matmul_io_attr io;
  memset(&info, 0, sizeof(info));
  EXPECT(rknn_matmul_create(&matmul, &info, &io) == RKNN_ERR_DEVICE_UNAVAILABLE);
  EXPECT(rknn_register_custom_ops(program->context, NULL, 0) == RKNN_ERR_DEVICE_UNAVAILABLE);
  EXPECT(rknn_create_mem_from_phys(program->context, 4096, NULL, 4096) == NULL);
  EXPECT(rknn_create_mem_from_mb_blk(program->context, NULL, 0) == NULL);
}

int main(int argc, char** argv) {
  program_t program;
  memset(&program, 0, sizeof(program));
  if (argc != 2) return 2;
  load(&program, argv[1]);
  run_with_copies(&program);
  run_later(&program);
  run_without_copies(&program);
  run_in_own_memory(&program, argv[1]);
  choose_shapes(&program);
  call_what_is_not_there(&program);
  CALL(rknn_destroy(program.context));
  EXPECT(rknn_destroy(program.context) == RKNN_ERR_CTX_INVALID);
  free(program.pixels);
  free(program.expected);
  printf("%d failures\n", failures);
  return failures == 0 ? 0 : 1;
}
