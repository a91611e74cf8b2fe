/* SPDX-License-Identifier: Apache-2.0 */
/* A whole RKNN program in C99, to be compiled for a board or for a PC without a change: it loads a model, tells its
   tensors, runs it on a picture, once with copied inputs and outputs and once with shared memory, and prints the
   detections of a YOLOX head or else the greatest values. Link with -lrknnrt and the C library's -lm, nothing else. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rknn_api.h"

enum { BEST = 5 };

typedef struct {
  int width;
  int height;
  uint8_t* rgb; /* [height][width][3] */
} picture_t;

/* Ends the program where `call` did not return RKNN_SUCC. */
#define CHECK(call) check(#call, (call))

static void check(const char* call, int code) {
  if (code == RKNN_SUCC) return;
  fprintf(stderr, "%s: error %d\n", call, code);
  exit(1);
}

static void* allocate(size_t bytes) {
  void* memory = calloc(1, bytes);
  if (memory == NULL) {
    fprintf(stderr, "no memory for %zu bytes\n", bytes);
    exit(1);
  }
  return memory;
}

/* Reads a binary PPM (P6, 8 bits). Its pixels are the caller's to free. */
static picture_t read_ppm(const char* path) {
  picture_t picture = {0, 0, NULL};
  int most = 0;
  FILE* file = fopen(path, "rb");
  if (file == NULL || fscanf(file, "P6 %d %d %d", &picture.width, &picture.height, &most) != 3 ||
      fgetc(file) == EOF || most != 255 || picture.width < 1 || picture.height < 1 || picture.width > 16384 ||
      picture.height > 16384) {
    fprintf(stderr, "'%s' is no PPM picture (P6, 255)\n", path);
    exit(1);
  }
  const size_t bytes = (size_t)picture.width * (size_t)picture.height * 3;
  picture.rgb = allocate(bytes);
  if (fread(picture.rgb, 1, bytes, file) != bytes) {
    fprintf(stderr, "'%s' ends too early\n", path);
    exit(1);
  }
  fclose(file);
  return picture;
}

/* The picture in the upper left of the model's input, as large as fits, nearest pixels, gray around; BGR. Returns how
   many pixels of the input one of the picture is. */
static float fit(const picture_t* picture, const rknn_tensor_attr* input, uint8_t* bgr) {
  const int height = (int)input->dims[1];
  const int width = (int)input->dims[2];
  const float by_width = (float)width / (float)picture->width;
  const float by_height = (float)height / (float)picture->height;
  const float scale = by_width < by_height ? by_width : by_height;
  memset(bgr, 114, (size_t)height * (size_t)width * 3);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const int from_x = (int)(((float)x + 0.5F) / scale);
      const int from_y = (int)(((float)y + 0.5F) / scale);
      if (from_x >= picture->width || from_y >= picture->height) continue;
      const uint8_t* from = picture->rgb + ((size_t)from_y * (size_t)picture->width + (size_t)from_x) * 3;
      uint8_t* to = bgr + ((size_t)y * (size_t)width + (size_t)x) * 3;
      to[0] = from[2];
      to[1] = from[1];
      to[2] = from[0];
    }
  }
  return scale;
}

static rknn_tensor_attr query_attr(rknn_context context, rknn_query_cmd command, uint32_t index) {
  rknn_tensor_attr attr;
  memset(&attr, 0, sizeof(attr));
  attr.index = index;
  CHECK(rknn_query(context, command, &attr, sizeof(attr)));
  return attr;
}

static void print_tensor(const char* kind, const rknn_tensor_attr* attr) {
  static const char* const formats[] = {"NCHW", "NHWC", "NC1HWC2", "-"};
  static const char* const types[] = {"float32", "float16", "int8", "uint8"};
  printf("%s %s [", kind, attr->name);
  for (uint32_t i = 0; i < attr->n_dims; ++i) printf(i == 0 ? "%u" : ",%u", attr->dims[i]);
  printf("] %s %s scale %g zero point %d\n", formats[attr->fmt & 3], attr->type < 4 ? types[attr->type] : "other",
         (double)attr->scale, attr->zp);
}

/* The `best` greatest of `values`, greatest first, as indices; returns how many there are. */
static int greatest(const float* values, uint32_t count, uint32_t best[BEST]) {
  int found = 0;
  for (uint32_t i = 0; i < count; ++i) {
    int place = found;
    while (place > 0 && values[best[place - 1]] < values[i]) --place;
    if (place == BEST) continue;
    if (found < BEST) ++found;
    memmove(best + place + 1, best + place, sizeof(best[0]) * (size_t)(found - place - 1));
    best[place] = i;
  }
  return found;
}

/* YOLOX: per cell of the strides 8, 16, 32 the centre and size of a box in cells, objectness, class scores. */
static void print_boxes(const float* cells, const rknn_tensor_attr* output, const rknn_tensor_attr* input, float scale) {
  const uint32_t count = output->dims[1];
  const uint32_t length = output->dims[2];
  float* scores = allocate(count * sizeof(float));
  uint32_t best[BEST] = {0};
  for (uint32_t i = 0; i < count; ++i) {
    const float* cell = cells + (size_t)i * length;
    for (uint32_t c = 5; c < length; ++c) scores[i] = fmaxf(scores[i], cell[4] * cell[c]);
  }
  const int found = greatest(scores, count, best);
  for (int k = 0; k < found; ++k) {
    const float* cell = cells + (size_t)best[k] * length;
    uint32_t rest = best[k];
    uint32_t stride = 8;
    while (stride < 32 && rest >= (input->dims[1] / stride) * (input->dims[2] / stride)) {
      rest -= (input->dims[1] / stride) * (input->dims[2] / stride);
      stride *= 2;
    }
    const uint32_t columns = input->dims[2] / stride;
    uint32_t kind = 5;
    for (uint32_t c = 5; c < length; ++c) kind = cell[c] > cell[kind] ? c : kind;
    const float unit = (float)stride / scale;
    printf("  class %u score %.3f centre (%.0f, %.0f) size %.0f x %.0f\n", kind - 5, (double)scores[best[k]],
           (double)((cell[0] + (float)(rest % columns)) * unit), (double)((cell[1] + (float)(rest / columns)) * unit),
           (double)(expf(cell[2]) * unit), (double)(expf(cell[3]) * unit));
  }
  free(scores);
}

static int is_yolox(const rknn_tensor_attr* output, const rknn_tensor_attr* input) {
  uint32_t cells = 0;
  for (uint32_t stride = 8; stride <= 32; stride *= 2) cells += (input->dims[1] / stride) * (input->dims[2] / stride);
  return output->n_dims == 3 && output->dims[1] == cells && output->dims[2] > 5;
}

static void print_output(const float* values, const rknn_tensor_attr* output, const rknn_tensor_attr* input,
                         float scale) {
  uint32_t best[BEST] = {0};
  printf("%s\n", output->name);
  if (is_yolox(output, input)) {
    print_boxes(values, output, input, scale);
    return;
  }
  const int found = greatest(values, output->n_elems, best);
  for (int k = 0; k < found; ++k) printf("  [%u] %.4f\n", best[k], (double)values[best[k]]);
}

/* The runtime copies and converts what goes in and what comes out. */
static void run_with_copies(rknn_context context, const uint8_t* bgr, const rknn_tensor_attr* input, uint32_t n_output,
                            const rknn_tensor_attr* outputs_attr, float scale) {
  rknn_input in;
  memset(&in, 0, sizeof(in));
  in.buf = (void*)bgr;
  in.size = input->n_elems;
  in.type = RKNN_TENSOR_UINT8;
  in.fmt = RKNN_TENSOR_NHWC;
  CHECK(rknn_inputs_set(context, 1, &in));
  CHECK(rknn_run(context, NULL));
  rknn_output* outputs = allocate(n_output * sizeof(rknn_output));
  for (uint32_t i = 0; i < n_output; ++i) {
    outputs[i].index = i;
    outputs[i].want_float = 1;
  }
  CHECK(rknn_outputs_get(context, n_output, outputs, NULL));
  for (uint32_t i = 0; i < n_output; ++i) print_output(outputs[i].buf, &outputs_attr[i], input, scale);
  CHECK(rknn_outputs_release(context, n_output, outputs));
  free(outputs);
}

/* The device reads the picture where the program wrote it, and writes where the program reads. */
static void run_without_copies(rknn_context context, const uint8_t* bgr, const rknn_tensor_attr* input,
                               uint32_t n_output, const rknn_tensor_attr* outputs_attr, float scale) {
  rknn_tensor_attr in = query_attr(context, RKNN_QUERY_NATIVE_INPUT_ATTR, 0);
  in.type = RKNN_TENSOR_UINT8;
  const size_t row_bytes = (size_t)in.dims[2] * 3;
  const size_t stride_bytes = (size_t)(in.w_stride == 0 ? in.dims[2] : in.w_stride) * 3;
  rknn_tensor_mem* picture = rknn_create_mem(context, in.size_with_stride);
  rknn_tensor_mem** results = allocate(n_output * sizeof(rknn_tensor_mem*));
  if (picture == NULL) exit(1);
  for (uint32_t y = 0; y < in.dims[1]; ++y) {
    memcpy((uint8_t*)picture->virt_addr + y * stride_bytes, bgr + y * row_bytes, row_bytes);
  }
  CHECK(rknn_set_io_mem(context, picture, &in));
  for (uint32_t i = 0; i < n_output; ++i) {
    rknn_tensor_attr out = outputs_attr[i];
    out.type = RKNN_TENSOR_FLOAT32;
    results[i] = rknn_create_mem(context, out.n_elems * (uint32_t)sizeof(float));
    if (results[i] == NULL) exit(1);
    CHECK(rknn_set_io_mem(context, results[i], &out));
  }
  CHECK(rknn_mem_sync(context, picture, RKNN_MEMORY_SYNC_TO_DEVICE));
  CHECK(rknn_run(context, NULL));
  for (uint32_t i = 0; i < n_output; ++i) {
    CHECK(rknn_mem_sync(context, results[i], RKNN_MEMORY_SYNC_FROM_DEVICE));
    print_output(results[i]->virt_addr, &outputs_attr[i], input, scale);
    CHECK(rknn_destroy_mem(context, results[i]));
  }
  CHECK(rknn_destroy_mem(context, picture));
  free(results);
}

int main(int argc, char** argv) {
  if (argc != 3) {
    fprintf(stderr, "usage: rknn_detect MODEL.rknn PICTURE.ppm\n");
    return 2;
  }
  rknn_context context = 0;
  rknn_input_output_num number;
  rknn_sdk_version version;
  CHECK(rknn_init(&context, argv[1], 0, 0, NULL));
  CHECK(rknn_query(context, RKNN_QUERY_SDK_VERSION, &version, sizeof(version)));
  CHECK(rknn_query(context, RKNN_QUERY_IN_OUT_NUM, &number, sizeof(number)));
  printf("runtime %s, device %s\n", version.api_version, version.drv_version);
  const rknn_tensor_attr input = query_attr(context, RKNN_QUERY_INPUT_ATTR, 0);
  if (number.n_input != 1 || input.n_dims != 4 || input.fmt != RKNN_TENSOR_NHWC || input.dims[3] != 3) {
    fprintf(stderr, "'%s' doesn't take one picture of three channels\n", argv[1]);
    return 1;
  }
  print_tensor("input ", &input);
  rknn_tensor_attr* outputs = allocate(number.n_output * sizeof(rknn_tensor_attr));
  for (uint32_t i = 0; i < number.n_output; ++i) {
    outputs[i] = query_attr(context, RKNN_QUERY_OUTPUT_ATTR, i);
    print_tensor("output", &outputs[i]);
  }

  const picture_t picture = read_ppm(argv[2]);
  uint8_t* bgr = allocate(input.n_elems);
  const float scale = fit(&picture, &input, bgr);
  printf("with copies:\n");
  run_with_copies(context, bgr, &input, number.n_output, outputs, scale);
  printf("without copies:\n");
  run_without_copies(context, bgr, &input, number.n_output, outputs, scale);

  free(bgr);
  free(picture.rgb);
  free(outputs);
  CHECK(rknn_destroy(context));
  return 0;
}
