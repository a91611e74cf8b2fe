/* SPDX-License-Identifier: Apache-2.0 */
/* Ends without giving back what WHAT names: MODEL WHAT. What is said of it is checked by leftovers_test.cc. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rknn_api.h"

static rknn_context context = 0;
static rknn_tensor_mem* memory = NULL;

static void check(int code) {
  if (code == RKNN_SUCC) return;
  fprintf(stderr, "unexpected code %d\n", code);
  _exit(1);
}

static void run_and_get(uint32_t times) {
  rknn_tensor_attr attr;
  memset(&attr, 0, sizeof(attr));
  check(rknn_query(context, RKNN_QUERY_INPUT_ATTR, &attr, sizeof(attr)));
  rknn_input input;
  memset(&input, 0, sizeof(input));
  input.buf = calloc(1, attr.n_elems);
  input.size = attr.n_elems;
  input.type = RKNN_TENSOR_UINT8;
  input.fmt = RKNN_TENSOR_NHWC;
  check(rknn_inputs_set(context, 1, &input));
  free(input.buf);
  check(rknn_run(context, NULL));
  for (uint32_t i = 0; i < times; ++i) {
    rknn_output output;
    memset(&output, 0, sizeof(output));
    check(rknn_outputs_get(context, 1, &output, NULL));
  }
}

static void destroy_all(void) {
  check(rknn_destroy_mem(context, memory));
  check(rknn_destroy(context));
}

int main(int argc, char** argv) {
  const char* what = argc == 3 ? argv[2] : "";
  const int in_the_end = strcmp(what, "late") == 0;
  if (in_the_end) atexit(destroy_all); /* registered before the library is used: called after all that it registers */
  check(rknn_init(&context, argv[1], 0, 0, NULL));
  memory = rknn_create_mem(context, 5000);
  if (memory == NULL) return 1;
  if (strcmp(what, "outputs") == 0) {
    run_and_get(2);
  } else if (strcmp(what, "memory") == 0) {
    check(rknn_destroy(context));
    return 0;
  } else if (strcmp(what, "everything") == 0) {
    run_and_get(1);
    rknn_context second = 0;
    check(rknn_dup_context(&context, &second));
    return 0;
  } else if (strcmp(what, "child") == 0) {
    const pid_t child = fork();
    if (child == 0) exit(0); /* with its parent's contexts, which are not its own to destroy */
    int status = 0;
    if (waitpid(child, &status, 0) != child || status != 0) return 1;
  } else if (strcmp(what, "order") == 0) {
    check(rknn_destroy(context));
    check(rknn_destroy_mem(context, memory));
    return 0;
  }
  if (!in_the_end) destroy_all();
  return 0;
}
