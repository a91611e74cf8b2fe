// SPDX-License-Identifier: Apache-2.0
// RKNN C API: making, changing and destroying contexts.
#include <fmt/format.h>

#include "rknn_host/api/border.h"

using namespace weir::rknn_host;

WEIR_RKNN_EXPORT int rknn_init(rknn_context* context, void* model, uint32_t size, uint32_t flag,
                               rknn_init_extend* extend) {
  return guarded("rknn_init", [&] {
    require(context, "context");
    require(model, "model");
    *context = size == 0 ? Runtime::instance().init(static_cast<const char*>(model), {}, flag, extend)
                         : Runtime::instance().init(nullptr, {static_cast<const uint8_t*>(model), size}, flag,
                                                    extend);
  });
}

WEIR_RKNN_EXPORT int rknn_dup_context(rknn_context* context_in, rknn_context* context_out) {
  return guarded("rknn_dup_context", [&] {
    require(context_in, "context_in");
    require(context_out, "context_out");
    *context_out = Runtime::instance().duplicate(*context_in);
  });
}

WEIR_RKNN_EXPORT int rknn_destroy(rknn_context context) {
  return guarded("rknn_destroy", [&] { Runtime::instance().destroy(context); });
}

WEIR_RKNN_EXPORT int rknn_set_core_mask(rknn_context context, rknn_core_mask core_mask) {
  return guarded("rknn_set_core_mask", [&] { context_of(context)->set_core_mask(core_mask); });
}

WEIR_RKNN_EXPORT int rknn_set_batch_core_num(rknn_context context, int core_num) {
  return guarded("rknn_set_batch_core_num", [&] {
    (void)context_of(context);
    const int cores = Runtime::instance().device().simulation.cores;
    if (core_num < 1 || core_num > cores) {
      throw Failure(RKNN_ERR_PARAM_INVALID, fmt::format("{} cores: there are 1 to {}", core_num, cores));
    }
    // The pictures of a batch are computed together here: on how many cores changes no result.
  });
}

WEIR_RKNN_EXPORT int rknn_set_input_shape(rknn_context ctx, rknn_tensor_attr* attr) {
  return guarded("rknn_set_input_shape", [&] {
    const ContextInUse context(ctx, "rknn_set_input_shape");
    require(attr, "attr");
    context->set_input_shapes({attr, 1});
  });
}

WEIR_RKNN_EXPORT int rknn_set_input_shapes(rknn_context ctx, uint32_t n_inputs, rknn_tensor_attr attr[]) {
  return guarded("rknn_set_input_shapes", [&] {
    const ContextInUse context(ctx, "rknn_set_input_shapes");
    require(attr, "attr");
    if (const size_t inputs = context->first_signature().inputs.size(); n_inputs != inputs) {
      throw Failure(RKNN_ERR_PARAM_INVALID, fmt::format("{} shapes for {} inputs", n_inputs, inputs));
    }
    context->set_input_shapes({attr, n_inputs});
  });
}
