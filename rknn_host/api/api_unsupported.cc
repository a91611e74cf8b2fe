// SPDX-License-Identifier: Apache-2.0
// RKNN C API: what needs the real hardware. Programs link; they are told at their first call.
#include <cstring>

#include <fmt/format.h>

#include "backends/rknn/abi/rknn_custom_op.h"
#include "backends/rknn/abi/rknn_matmul_api.h"
#include "rknn_host/api/border.h"

using namespace weir::rknn_host;

namespace {

int not_simulated(const char* what) noexcept {
  try {
    Runtime::instance().log().once(fmt::format("{} are not simulated: RKNN_ERR_DEVICE_UNAVAILABLE", what));
  } catch (...) {
    return RKNN_ERR_MALLOC_FAIL;
  }
  return RKNN_ERR_DEVICE_UNAVAILABLE;
}

constexpr const char* kMatmul = "matrix multiplications (rknn_matmul_*)";
constexpr const char* kCustomOperators = "custom operators (rknn_*custom_op*)";

}  // namespace

WEIR_RKNN_EXPORT int rknn_matmul_create(rknn_matmul_ctx* /*ctx*/, rknn_matmul_info* /*info*/,
                                        rknn_matmul_io_attr* /*io_attr*/) {
  return not_simulated(kMatmul);
}

WEIR_RKNN_EXPORT int rknn_matmul_create_dynamic_shape(rknn_matmul_ctx* /*ctx*/, rknn_matmul_info* /*info*/,
                                                      int /*shape_num*/,
                                                      rknn_matmul_shape /*dynamic_shapes*/[],
                                                      rknn_matmul_io_attr /*io_attrs*/[]) {
  return not_simulated(kMatmul);
}

WEIR_RKNN_EXPORT int rknn_matmul_set_io_mem(rknn_matmul_ctx /*ctx*/, rknn_tensor_mem* /*mem*/,
                                            rknn_matmul_tensor_attr* /*attr*/) {
  return not_simulated(kMatmul);
}

WEIR_RKNN_EXPORT int rknn_matmul_set_core_mask(rknn_matmul_ctx /*context*/, rknn_core_mask /*core_mask*/) {
  return not_simulated(kMatmul);
}

WEIR_RKNN_EXPORT int rknn_matmul_set_quant_params(rknn_matmul_ctx /*context*/,
                                                  rknn_quant_params* /*params*/) {
  return not_simulated(kMatmul);
}

WEIR_RKNN_EXPORT int rknn_matmul_get_quant_params(rknn_matmul_ctx /*ctx*/, rknn_quant_params* /*params*/,
                                                  float* /*scale*/) {
  return not_simulated(kMatmul);
}

WEIR_RKNN_EXPORT int rknn_matmul_set_dynamic_shape(rknn_matmul_ctx /*ctx*/, rknn_matmul_shape* /*shape*/) {
  return not_simulated(kMatmul);
}

WEIR_RKNN_EXPORT int rknn_matmul_run(rknn_matmul_ctx /*ctx*/) {
  return not_simulated(kMatmul);
}

WEIR_RKNN_EXPORT int rknn_matmul_destroy(rknn_matmul_ctx /*ctx*/) {
  return not_simulated(kMatmul);
}

WEIR_RKNN_EXPORT int rknn_B_normal_layout_to_native_layout(void* /*B_input*/, void* /*B_output*/, int /*K*/,
                                                           int /*N*/, rknn_matmul_info* /*info*/) {
  return not_simulated(kMatmul);
}

WEIR_RKNN_EXPORT int rknn_register_custom_ops(rknn_context /*ctx*/, rknn_custom_op* /*op*/,
                                              uint32_t /*custom_op_num*/) {
  return not_simulated(kCustomOperators);
}

WEIR_RKNN_EXPORT void rknn_custom_op_get_op_attr(rknn_custom_op_context* /*op_ctx*/,
                                                 const char* /*attr_name*/, rknn_custom_op_attr* op_attr) {
  (void)not_simulated(kCustomOperators);
  if (op_attr != nullptr) std::memset(op_attr, 0, sizeof(*op_attr));
}
