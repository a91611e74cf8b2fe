/* SPDX-License-Identifier: Apache-2.0 */
/* The RKNN C API 2.3.2 as weir declares it: names, values and layouts are facts of the interface, the words
   are weir's. Enough to build any RKNN program without the vendor's SDK; where both are at hand, the vendor's
   header serves as well. C99. Every int result is RKNN_SUCC or an RKNN_ERR_*; a context may be used by one
   thread at a time. */
#pragma once

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Flags of rknn_init. */
#define RKNN_FLAG_PRIOR_HIGH 0
#define RKNN_FLAG_PRIOR_MEDIUM 1
#define RKNN_FLAG_PRIOR_LOW 2
#define RKNN_FLAG_ASYNC_MASK 0x4
#define RKNN_FLAG_COLLECT_PERF_MASK 0x8
#define RKNN_FLAG_MEM_ALLOC_OUTSIDE 0x10
#define RKNN_FLAG_SHARE_WEIGHT_MEM 0x20
#define RKNN_FLAG_FENCE_IN_OUTSIDE 0x40
#define RKNN_FLAG_FENCE_OUT_OUTSIDE 0x80
#define RKNN_FLAG_COLLECT_MODEL_INFO_ONLY 0x100
#define RKNN_FLAG_INTERNAL_ALLOC_OUTSIDE 0x200
#define RKNN_FLAG_EXECUTE_FALLBACK_PRIOR_DEVICE_GPU 0x400
#define RKNN_FLAG_ENABLE_SRAM 0x800
#define RKNN_FLAG_SHARE_SRAM 0x1000
#define RKNN_FLAG_DISABLE_PROC_HIGH_PRIORITY 0x2000
#define RKNN_FLAG_DISABLE_FLUSH_INPUT_MEM_CACHE 0x4000
#define RKNN_FLAG_DISABLE_FLUSH_OUTPUT_MEM_CACHE 0x8000
#define RKNN_FLAG_MODEL_BUFFER_ZERO_COPY 0x10000

/* Flags of rknn_create_mem2. */
#define RKNN_MEM_FLAG_ALLOC_NO_CONTEXT 0x20000

/* What functions return. */
#define RKNN_SUCC 0
#define RKNN_ERR_FAIL (-1)
#define RKNN_ERR_TIMEOUT (-2)
#define RKNN_ERR_DEVICE_UNAVAILABLE (-3)
#define RKNN_ERR_MALLOC_FAIL (-4)
#define RKNN_ERR_PARAM_INVALID (-5)
#define RKNN_ERR_MODEL_INVALID (-6)
#define RKNN_ERR_CTX_INVALID (-7)
#define RKNN_ERR_INPUT_INVALID (-8)
#define RKNN_ERR_OUTPUT_INVALID (-9)
#define RKNN_ERR_DEVICE_UNMATCH (-10)
#define RKNN_ERR_INCOMPATILE_PRE_COMPILE_MODEL (-11)
#define RKNN_ERR_INCOMPATILE_OPTIMIZATION_LEVEL_VERSION (-12)
#define RKNN_ERR_TARGET_PLATFORM_UNMATCH (-13)

/* Limits. */
#define RKNN_MAX_DIMS 16
#define RKNN_MAX_NUM_CHANNEL 15
#define RKNN_MAX_NAME_LEN 256
#define RKNN_MAX_DYNAMIC_SHAPE_NUM 512

/* Names a context; 0 names none. */
typedef uint64_t rknn_context;

/* What rknn_query can be asked. */
typedef enum _rknn_query_cmd {
  RKNN_QUERY_IN_OUT_NUM = 0,
  RKNN_QUERY_INPUT_ATTR = 1,
  RKNN_QUERY_OUTPUT_ATTR = 2,
  RKNN_QUERY_PERF_DETAIL = 3,
  RKNN_QUERY_PERF_RUN = 4,
  RKNN_QUERY_SDK_VERSION = 5,
  RKNN_QUERY_MEM_SIZE = 6,
  RKNN_QUERY_CUSTOM_STRING = 7,
  RKNN_QUERY_NATIVE_INPUT_ATTR = 8,
  RKNN_QUERY_NATIVE_OUTPUT_ATTR = 9,
  RKNN_QUERY_NATIVE_NC1HWC2_INPUT_ATTR = 8,
  RKNN_QUERY_NATIVE_NC1HWC2_OUTPUT_ATTR = 9,
  RKNN_QUERY_NATIVE_NHWC_INPUT_ATTR = 10,
  RKNN_QUERY_NATIVE_NHWC_OUTPUT_ATTR = 11,
  RKNN_QUERY_DEVICE_MEM_INFO = 12,
  RKNN_QUERY_INPUT_DYNAMIC_RANGE = 13,
  RKNN_QUERY_CURRENT_INPUT_ATTR = 14,
  RKNN_QUERY_CURRENT_OUTPUT_ATTR = 15,
  RKNN_QUERY_CURRENT_NATIVE_INPUT_ATTR = 16,
  RKNN_QUERY_CURRENT_NATIVE_OUTPUT_ATTR = 17,
  RKNN_QUERY_CMD_MAX = 18
} rknn_query_cmd;

/* How an element is stored. */
typedef enum _rknn_tensor_type {
  RKNN_TENSOR_FLOAT32 = 0,
  RKNN_TENSOR_FLOAT16 = 1,
  RKNN_TENSOR_INT8 = 2,
  RKNN_TENSOR_UINT8 = 3,
  RKNN_TENSOR_INT16 = 4,
  RKNN_TENSOR_UINT16 = 5,
  RKNN_TENSOR_INT32 = 6,
  RKNN_TENSOR_UINT32 = 7,
  RKNN_TENSOR_INT64 = 8,
  RKNN_TENSOR_BOOL = 9,
  RKNN_TENSOR_INT4 = 10,
  RKNN_TENSOR_BFLOAT16 = 11,
  RKNN_TENSOR_TYPE_MAX = 12
} rknn_tensor_type;

/* Enumerators as programs print them: "FP16". "UNKNOW", so spelt, for what is none. */
static inline const char* get_type_string(rknn_tensor_type type) {
  static const char* const names[RKNN_TENSOR_TYPE_MAX] = {
      "FP32", "FP16", "INT8", "UINT8", "INT16", "UINT16", "INT32", "UINT32", "INT64", "BOOL", "INT4", "BF16"};
  const uint32_t number = type;
  return number < RKNN_TENSOR_TYPE_MAX ? names[number] : "UNKNOW";
}

/* How a tensor is quantised. */
typedef enum _rknn_tensor_qnt_type {
  RKNN_TENSOR_QNT_NONE = 0,
  RKNN_TENSOR_QNT_DFP = 1,
  RKNN_TENSOR_QNT_AFFINE_ASYMMETRIC = 2,
  RKNN_TENSOR_QNT_MAX = 3
} rknn_tensor_qnt_type;

static inline const char* get_qnt_type_string(rknn_tensor_qnt_type type) {
  static const char* const names[RKNN_TENSOR_QNT_MAX] = {"NONE", "DFP", "AFFINE"};
  const uint32_t number = type;
  return number < RKNN_TENSOR_QNT_MAX ? names[number] : "UNKNOW";
}

/* In which order the dimensions lie in memory. */
typedef enum _rknn_tensor_format {
  RKNN_TENSOR_NCHW = 0,
  RKNN_TENSOR_NHWC = 1,
  RKNN_TENSOR_NC1HWC2 = 2,
  RKNN_TENSOR_UNDEFINED = 3,
  RKNN_TENSOR_FORMAT_MAX = 4
} rknn_tensor_format;

static inline const char* get_format_string(rknn_tensor_format fmt) {
  static const char* const names[RKNN_TENSOR_FORMAT_MAX] = {"NCHW", "NHWC", "NC1HWC2", "UNDEFINED"};
  const uint32_t number = fmt;
  return number < RKNN_TENSOR_FORMAT_MAX ? names[number] : "UNKNOW";
}

/* On which NPU cores a context may run; AUTO: on any one that is free. */
typedef enum _rknn_core_mask {
  RKNN_NPU_CORE_AUTO = 0,
  RKNN_NPU_CORE_0 = 1,
  RKNN_NPU_CORE_1 = 2,
  RKNN_NPU_CORE_2 = 4,
  RKNN_NPU_CORE_0_1 = 3,
  RKNN_NPU_CORE_0_1_2 = 7,
  RKNN_NPU_CORE_ALL = 0xffff,
  RKNN_NPU_CORE_UNDEFINED = 0x10000
} rknn_core_mask;

/* Where a rknn_tensor_mem comes from. */
typedef enum _rknn_tensor_mem_flags {
  RKNN_TENSOR_MEMORY_FLAGS_ALLOC_INSIDE = 1,
  RKNN_TENSOR_MEMORY_FLAGS_FROM_FD = 2,
  RKNN_TENSOR_MEMORY_FLAGS_FROM_PHYS = 3,
  RKNN_TENSOR_MEMORY_FLAGS_UNKNOWN = 4
} rknn_tensor_mem_flags;

/* How rknn_create_mem2 allocates. */
typedef enum _rknn_mem_alloc_flags {
  RKNN_FLAG_MEMORY_FLAGS_DEFAULT = 0,
  RKNN_FLAG_MEMORY_CACHEABLE = 1,
  RKNN_FLAG_MEMORY_NON_CACHEABLE = 2,
  RKNN_FLAG_MEMORY_TRY_ALLOC_SRAM = 4
} rknn_mem_alloc_flags;

/* Which way rknn_mem_sync makes caches and memory agree. */
typedef enum _rknn_mem_sync_mode {
  RKNN_MEMORY_SYNC_TO_DEVICE = 1,
  RKNN_MEMORY_SYNC_FROM_DEVICE = 2,
  RKNN_MEMORY_SYNC_BIDIRECTIONAL = 3
} rknn_mem_sync_mode;

/* Answer to RKNN_QUERY_IN_OUT_NUM. */
typedef struct _rknn_input_output_num {
  uint32_t n_input;
  uint32_t n_output;
} rknn_input_output_num;

/* What a tensor is called and how it is laid out. The caller sets `index` (and, for RKNN_QUERY_*_ATTR,
   nothing else); the runtime fills the rest. */
typedef struct _rknn_tensor_attr {
  uint32_t index;
  uint32_t n_dims;
  uint32_t dims[RKNN_MAX_DIMS];
  char name[RKNN_MAX_NAME_LEN];
  uint32_t n_elems; /* without padding */
  uint32_t size;    /* bytes, without padding */
  rknn_tensor_format fmt;
  rknn_tensor_type type;
  rknn_tensor_qnt_type qnt_type;
  int8_t fl;  /* fraction bits, RKNN_TENSOR_QNT_DFP */
  int32_t zp; /* zero point; real value = (stored - zp) * scale */
  float scale;
  uint32_t w_stride;         /* pixels from row to row; 0: width */
  uint32_t size_with_stride; /* bytes, with padding */
  uint8_t pass_through;      /* 1: the bytes are already what the device reads */
  uint32_t h_stride;         /* rows from picture to picture; 0: height; set by the caller */
} rknn_tensor_attr;

/* Answer to RKNN_QUERY_INPUT_DYNAMIC_RANGE: the shapes that one input of a model with several shapes can
 * take. */
typedef struct _rknn_input_range {
  uint32_t index;
  uint32_t shape_number;
  rknn_tensor_format fmt;
  char name[RKNN_MAX_NAME_LEN];
  uint32_t dyn_range[RKNN_MAX_DYNAMIC_SHAPE_NUM][RKNN_MAX_DIMS];
  uint32_t n_dims;
} rknn_input_range;

/* Answer to RKNN_QUERY_PERF_DETAIL. The text belongs to the context and lives until its next run. */
typedef struct _rknn_perf_detail {
  char* perf_data;
  uint64_t data_len;
} rknn_perf_detail;

/* Answer to RKNN_QUERY_PERF_RUN: the last run. */
typedef struct _rknn_perf_run {
  int64_t run_duration; /* microseconds */
} rknn_perf_run;

/* Answer to RKNN_QUERY_SDK_VERSION. */
typedef struct _rknn_sdk_version {
  char api_version[256]; /* of the library */
  char drv_version[256]; /* of the kernel driver */
} rknn_sdk_version;

/* Answer to RKNN_QUERY_MEM_SIZE. */
typedef struct _rknn_mem_size {
  uint32_t total_weight_size;        /* bytes */
  uint32_t total_internal_size;      /* bytes of activations of this context */
  uint64_t total_dma_allocated_size; /* bytes of device memory of this process */
  uint32_t total_sram_size;
  uint32_t free_sram_size;
  uint32_t reserved[10];
} rknn_mem_size;

/* Answer to RKNN_QUERY_CUSTOM_STRING: what was attached to the model when it was made. */
typedef struct _rknn_custom_string {
  char string[1024];
} rknn_custom_string;

/* Memory that the device can read and write. Made and freed by the runtime (rknn_create_mem*,
 * rknn_destroy_mem). */
typedef struct _rknn_tensor_memory {
  void* virt_addr;
  uint64_t phys_addr;
  int32_t fd;     /* dma-buf */
  int32_t offset; /* bytes into it */
  uint32_t size;  /* bytes */
  uint32_t flags;
  void* priv_data;
} rknn_tensor_mem;

/* One input for rknn_inputs_set. The bytes are read during the call and stay the caller's. */
typedef struct _rknn_input {
  uint32_t index;
  void* buf;
  uint32_t size;        /* bytes */
  uint8_t pass_through; /* 1: `buf` is already what the device reads; `type` tells only how much it is */
  rknn_tensor_type type;
  rknn_tensor_format fmt;
} rknn_input;

/* One output for rknn_outputs_get. With `is_prealloc` the caller gives `buf` and `size`; else the runtime
   sets both and rknn_outputs_release gives the memory back. */
typedef struct _rknn_output {
  uint8_t want_float; /* 1: as float, dequantised */
  uint8_t is_prealloc;
  uint32_t index;
  void* buf;
  uint32_t size; /* bytes */
} rknn_output;

/* Further arguments of rknn_init. Programs built against other versions pass other sizes: nothing may be
   written behind byte 24. */
typedef struct _rknn_init_extend {
  rknn_context ctx;          /* whose weights to share, with RKNN_FLAG_SHARE_WEIGHT_MEM */
  int32_t real_model_offset; /* of the model in the file or buffer; bytes */
  uint32_t real_model_size;  /* bytes; 0: to the end */
  int32_t model_buffer_fd;
  uint32_t model_buffer_flags;
  uint8_t reserved[112];
} rknn_init_extend;

/* Further arguments of rknn_run and rknn_wait. */
typedef struct _rknn_run_extend {
  uint64_t frame_id;
  int32_t non_block;  /* 1: returns at once; rknn_wait waits */
  int32_t timeout_ms; /* 0: no limit */
  int32_t fence_fd;
} rknn_run_extend;

/* Further results of rknn_outputs_get. */
typedef struct _rknn_output_extend {
  uint64_t frame_id;
} rknn_output_extend;

/* Loads a model. `size` 0: `model` is the path of a file (char*); else its bytes, which the caller may free
   afterwards (not with RKNN_FLAG_MODEL_BUFFER_ZERO_COPY). */
int rknn_init(rknn_context* context, void* model, uint32_t size, uint32_t flag, rknn_init_extend* extend);

/* A further context of the same model; shares its weights. */
int rknn_dup_context(rknn_context* context_in, rknn_context* context_out);

/* Frees a context; in any order with those that share its weights. */
int rknn_destroy(rknn_context context);

/* Fills `info` (`size` bytes) with the answer to `cmd`. */
int rknn_query(rknn_context context, rknn_query_cmd cmd, void* info, uint32_t size);

/* Copies and converts inputs. */
int rknn_inputs_set(rknn_context context, uint32_t n_inputs, rknn_input inputs[]);

/* On how many cores a model with several pictures a batch runs. */
int rknn_set_batch_core_num(rknn_context context, int core_num);

/* On which cores the context runs. */
int rknn_set_core_mask(rknn_context context, rknn_core_mask core_mask);

/* Runs the network once. */
int rknn_run(rknn_context context, rknn_run_extend* extend);

/* Waits for a run that was started without waiting. */
int rknn_wait(rknn_context context, rknn_run_extend* extend);

/* Gives the outputs of the last run, converted as asked for. */
int rknn_outputs_get(rknn_context context, uint32_t n_outputs, rknn_output outputs[],
                     rknn_output_extend* extend);

/* Gives back what rknn_outputs_get allocated. */
int rknn_outputs_release(rknn_context context, uint32_t n_ouputs, rknn_output outputs[]);

/* Wraps memory at a physical address. */
rknn_tensor_mem* rknn_create_mem_from_phys(rknn_context ctx, uint64_t phys_addr, void* virt_addr,
                                           uint32_t size);

/* Wraps a dma-buf. */
rknn_tensor_mem* rknn_create_mem_from_fd(rknn_context ctx, int32_t fd, void* virt_addr, uint32_t size,
                                         int32_t offset);

/* Wraps a block of the vendor's media pool. */
rknn_tensor_mem* rknn_create_mem_from_mb_blk(rknn_context ctx, void* mb_blk, int32_t offset);

/* Allocates `size` bytes that the device can use. */
rknn_tensor_mem* rknn_create_mem(rknn_context ctx, uint32_t size);

/* The same with RKNN_FLAG_MEMORY_* flags. */
rknn_tensor_mem* rknn_create_mem2(rknn_context ctx, uint64_t size, uint64_t alloc_flags);

/* Frees what a rknn_create_mem* function made. */
int rknn_destroy_mem(rknn_context ctx, rknn_tensor_mem* mem);

/* Gives the memory for the weights, for contexts with RKNN_FLAG_MEM_ALLOC_OUTSIDE. */
int rknn_set_weight_mem(rknn_context ctx, rknn_tensor_mem* mem);

/* Gives the memory for activations, for contexts with RKNN_FLAG_INTERNAL_ALLOC_OUTSIDE. */
int rknn_set_internal_mem(rknn_context ctx, rknn_tensor_mem* mem);

/* From now on the input or output that `attr` names is read from or written to `mem`, without a copy. */
int rknn_set_io_mem(rknn_context ctx, rknn_tensor_mem* mem, rknn_tensor_attr* attr);

/* Chooses one of the shapes of one input. Replaced by rknn_set_input_shapes. */
int rknn_set_input_shape(rknn_context ctx, rknn_tensor_attr* attr);

/* Chooses, for a model with several shapes, those of the coming runs. */
int rknn_set_input_shapes(rknn_context ctx, uint32_t n_inputs, rknn_tensor_attr attr[]);

/* Makes caches and memory agree. */
int rknn_mem_sync(rknn_context context, rknn_tensor_mem* mem, rknn_mem_sync_mode mode);

#ifdef __cplusplus
}
#endif
