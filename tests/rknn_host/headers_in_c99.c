/* SPDX-License-Identifier: Apache-2.0 */
/* What programs take from the headers besides functions: the names of the structures, which code declares ahead so as
   not to include the headers, and the inline functions that give enumerators as text. Compiled as C99 with nothing but
   the headers. */
#include <stdio.h>
#include <string.h>

struct _rknn_input_output_num;
struct _rknn_tensor_attr;
struct _rknn_input_range;
struct _rknn_perf_detail;
struct _rknn_perf_run;
struct _rknn_sdk_version;
struct _rknn_mem_size;
struct _rknn_custom_string;
struct _rknn_tensor_memory;
struct _rknn_input;
struct _rknn_output;
struct _rknn_init_extend;
struct _rknn_run_extend;
struct _rknn_output_extend;
struct _rknn_quant_params;
struct _rknn_matmul_tensor_attr;
struct _rknn_matmul_io_attr;
struct _rknn_matmul_shape;
struct rknn_matmul_info_t;
struct _rknn_gpu_op_context;
struct _rknn_custom_op_context;
struct _rknn_custom_op_tensor;
struct _rknn_custom_op_attr;
struct _rknn_custom_op;

/* As a header of the program's own would have it. */
static const void* address_of(struct _rknn_tensor_memory* memory);
static int rows_of(const struct rknn_matmul_info_t* info);

#include "rknn_api.h"
#include "rknn_custom_op.h"
#include "rknn_matmul_api.h"

static int failures = 0;

static const void* address_of(struct _rknn_tensor_memory* memory) {
  return memory->virt_addr;
}

static int rows_of(const struct rknn_matmul_info_t* info) {
  return info->M;
}

static void expect_text(const char* text, const char* expected) {
  if (text != NULL && strcmp(text, expected) == 0) return;
  fprintf(stderr, "'%s' should be '%s'\n", text == NULL ? "(null)" : text, expected);
  ++failures;
}

/* The type that is declared ahead and the one of the headers must be one type: else this does not compile. */
static void use_structures(void) {
  struct _rknn_input_output_num* number = (rknn_input_output_num*)NULL;
  struct _rknn_tensor_attr* attr = (rknn_tensor_attr*)NULL;
  struct _rknn_input_range* range = (rknn_input_range*)NULL;
  struct _rknn_perf_detail* detail = (rknn_perf_detail*)NULL;
  struct _rknn_perf_run* last = (rknn_perf_run*)NULL;
  struct _rknn_sdk_version* version = (rknn_sdk_version*)NULL;
  struct _rknn_mem_size* size = (rknn_mem_size*)NULL;
  struct _rknn_custom_string* string = (rknn_custom_string*)NULL;
  struct _rknn_input* input = (rknn_input*)NULL;
  struct _rknn_output* output = (rknn_output*)NULL;
  struct _rknn_init_extend* init = (rknn_init_extend*)NULL;
  struct _rknn_run_extend* run = (rknn_run_extend*)NULL;
  struct _rknn_output_extend* frame = (rknn_output_extend*)NULL;
  struct _rknn_quant_params* params = (rknn_quant_params*)NULL;
  struct _rknn_matmul_tensor_attr* matrix = (rknn_matmul_tensor_attr*)NULL;
  struct _rknn_matmul_io_attr* matrices = (rknn_matmul_io_attr*)NULL;
  struct _rknn_matmul_shape* shape = (rknn_matmul_shape*)NULL;
  struct _rknn_gpu_op_context* gpu = (rknn_gpu_op_context*)NULL;
  struct _rknn_custom_op_context* custom = (rknn_custom_op_context*)NULL;
  struct _rknn_custom_op_tensor* tensor = (rknn_custom_op_tensor*)NULL;
  struct _rknn_custom_op_attr* custom_attr = (rknn_custom_op_attr*)NULL;
  struct _rknn_custom_op* operation = (rknn_custom_op*)NULL;
  rknn_tensor_mem memory;
  rknn_matmul_info info;
  memset(&memory, 0, sizeof(memory));
  memset(&info, 0, sizeof(info));
  info.M = 7;
  memory.virt_addr = &info;
  if (address_of(&memory) != &info || rows_of(&info) != 7) ++failures;
  (void)number, (void)attr, (void)range, (void)detail, (void)last, (void)version, (void)size, (void)string;
  (void)input, (void)output, (void)init, (void)run, (void)frame, (void)params, (void)matrix, (void)matrices;
  (void)shape, (void)gpu, (void)custom, (void)tensor, (void)custom_attr, (void)operation;
}

static void use_texts(void) {
  expect_text(get_type_string(RKNN_TENSOR_FLOAT32), "FP32");
  expect_text(get_type_string(RKNN_TENSOR_FLOAT16), "FP16");
  expect_text(get_type_string(RKNN_TENSOR_INT8), "INT8");
  expect_text(get_type_string(RKNN_TENSOR_UINT8), "UINT8");
  expect_text(get_type_string(RKNN_TENSOR_INT16), "INT16");
  expect_text(get_type_string(RKNN_TENSOR_UINT16), "UINT16");
  expect_text(get_type_string(RKNN_TENSOR_INT32), "INT32");
  expect_text(get_type_string(RKNN_TENSOR_UINT32), "UINT32");
  expect_text(get_type_string(RKNN_TENSOR_INT64), "INT64");
  expect_text(get_type_string(RKNN_TENSOR_BOOL), "BOOL");
  expect_text(get_type_string(RKNN_TENSOR_INT4), "INT4");
  expect_text(get_type_string(RKNN_TENSOR_BFLOAT16), "BF16");
  expect_text(get_type_string(RKNN_TENSOR_TYPE_MAX), "UNKNOW");
  expect_text(get_type_string((rknn_tensor_type)-1), "UNKNOW");
  expect_text(get_format_string(RKNN_TENSOR_NCHW), "NCHW");
  expect_text(get_format_string(RKNN_TENSOR_NHWC), "NHWC");
  expect_text(get_format_string(RKNN_TENSOR_NC1HWC2), "NC1HWC2");
  expect_text(get_format_string(RKNN_TENSOR_UNDEFINED), "UNDEFINED");
  expect_text(get_format_string(RKNN_TENSOR_FORMAT_MAX), "UNKNOW");
  expect_text(get_qnt_type_string(RKNN_TENSOR_QNT_NONE), "NONE");
  expect_text(get_qnt_type_string(RKNN_TENSOR_QNT_DFP), "DFP");
  expect_text(get_qnt_type_string(RKNN_TENSOR_QNT_AFFINE_ASYMMETRIC), "AFFINE");
  expect_text(get_qnt_type_string(RKNN_TENSOR_QNT_MAX), "UNKNOW");
  expect_text(get_matmul_type_string(RKNN_FLOAT16_MM_FLOAT16_TO_FLOAT32), "RKNN_FLOAT16_MM_FLOAT16_TO_FLOAT32");
  expect_text(get_matmul_type_string(RKNN_INT8_MM_INT8_TO_INT32), "RKNN_INT8_MM_INT8_TO_INT32");
  expect_text(get_matmul_type_string(RKNN_INT8_MM_INT8_TO_INT8), "RKNN_INT8_MM_INT8_TO_INT8");
  expect_text(get_matmul_type_string(RKNN_FLOAT16_MM_FLOAT16_TO_FLOAT16), "RKNN_FLOAT16_MM_FLOAT16_TO_FLOAT16");
  expect_text(get_matmul_type_string(RKNN_FLOAT16_MM_INT8_TO_FLOAT32), "RKNN_FLOAT16_MM_INT8_TO_FLOAT32");
  expect_text(get_matmul_type_string(RKNN_FLOAT16_MM_INT8_TO_FLOAT16), "RKNN_FLOAT16_MM_INT8_TO_FLOAT16");
  expect_text(get_matmul_type_string(RKNN_FLOAT16_MM_INT4_TO_FLOAT32), "RKNN_FLOAT16_MM_INT4_TO_FLOAT32");
  expect_text(get_matmul_type_string(RKNN_FLOAT16_MM_INT4_TO_FLOAT16), "RKNN_FLOAT16_MM_INT4_TO_FLOAT16");
  expect_text(get_matmul_type_string(RKNN_INT8_MM_INT8_TO_FLOAT32), "RKNN_INT8_MM_INT8_TO_FLOAT32");
  expect_text(get_matmul_type_string(RKNN_INT4_MM_INT4_TO_INT16), "RKNN_INT4_MM_INT4_TO_INT16");
  expect_text(get_matmul_type_string(RKNN_INT8_MM_INT4_TO_INT32), "RKNN_INT8_MM_INT4_TO_INT32");
  expect_text(get_matmul_type_string(RKNN_FLOAT16_MM_INT4_TO_BFLOAT16), "RKNN_FLOAT16_MM_INT4_TO_BFLOAT16");
  expect_text(get_matmul_type_string(RKNN_INT8_MM_INT4_TO_FLOAT16), "RKNN_INT8_MM_INT4_TO_FLOAT16");
  expect_text(get_matmul_type_string((rknn_matmul_type)0), "UNKNOW");
  expect_text(get_matmul_type_string((rknn_matmul_type)13), "UNKNOW");
  expect_text(get_matmul_type_string((rknn_matmul_type)16), "UNKNOW");
}

int main(void) {
  use_structures();
  use_texts();
  return failures == 0 ? 0 : 1;
}
