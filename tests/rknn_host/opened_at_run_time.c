/* SPDX-License-Identifier: Apache-2.0 */
/* A program that opens the library when it runs, as those that do without an NPU, too: LIBRARY MODEL. */
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "rknn_api.h"

typedef int (*init_t)(rknn_context*, void*, uint32_t, uint32_t, rknn_init_extend*);
typedef int (*destroy_t)(rknn_context);

int main(int argc, char** argv) {
  void* library = argc == 3 ? dlopen(argv[1], RTLD_NOW | RTLD_LOCAL) : NULL;
  if (library == NULL) {
    fprintf(stderr, "usage: opened_at_run_time LIBRARY MODEL; %s\n", dlerror());
    return 2;
  }
  /* A function's address is no object's: C99 converts it by its bytes. */
  init_t init;
  destroy_t destroy;
  void* address = dlsym(library, "rknn_init");
  memcpy(&init, &address, sizeof(init));
  address = dlsym(library, "rknn_destroy");
  memcpy(&destroy, &address, sizeof(destroy));

  rknn_context context = 0;
  const int made = init(&context, argv[2], 0, 0, NULL);
  const int gone = made == RKNN_SUCC ? destroy(context) : RKNN_ERR_FAIL;
  if (made != RKNN_SUCC || gone != RKNN_SUCC || dlclose(library) != 0) {
    fprintf(stderr, "rknn_init: %d, rknn_destroy: %d\n", made, gone);
    return 1;
  }
  return 0;
}
