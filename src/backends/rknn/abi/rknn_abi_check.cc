// SPDX-License-Identifier: Apache-2.0
// What weir declares of the RKNN C API is laid out as programs and libraries out there have it. Checked by
// compiling.
#include <cstddef>

#include "backends/rknn/abi/rknn_api.h"
#include "backends/rknn/abi/rknn_custom_op.h"
#include "backends/rknn/abi/rknn_matmul_api.h"

// LP64: x86-64 and aarch64.
static_assert(sizeof(void*) == 8 && sizeof(rknn_context) == 8);

static_assert(sizeof(rknn_input_output_num) == 8 && alignof(rknn_input_output_num) == 4);
static_assert(offsetof(rknn_input_output_num, n_input) == 0 && sizeof(rknn_input_output_num::n_input) == 4);
static_assert(offsetof(rknn_input_output_num, n_output) == 4 && sizeof(rknn_input_output_num::n_output) == 4);

static_assert(sizeof(rknn_tensor_attr) == 376 && alignof(rknn_tensor_attr) == 4);
static_assert(offsetof(rknn_tensor_attr, index) == 0 && sizeof(rknn_tensor_attr::index) == 4);
static_assert(offsetof(rknn_tensor_attr, n_dims) == 4 && sizeof(rknn_tensor_attr::n_dims) == 4);
static_assert(offsetof(rknn_tensor_attr, dims) == 8 && sizeof(rknn_tensor_attr::dims) == 64);
static_assert(offsetof(rknn_tensor_attr, name) == 72 && sizeof(rknn_tensor_attr::name) == 256);
static_assert(offsetof(rknn_tensor_attr, n_elems) == 328 && sizeof(rknn_tensor_attr::n_elems) == 4);
static_assert(offsetof(rknn_tensor_attr, size) == 332 && sizeof(rknn_tensor_attr::size) == 4);
static_assert(offsetof(rknn_tensor_attr, fmt) == 336 && sizeof(rknn_tensor_attr::fmt) == 4);
static_assert(offsetof(rknn_tensor_attr, type) == 340 && sizeof(rknn_tensor_attr::type) == 4);
static_assert(offsetof(rknn_tensor_attr, qnt_type) == 344 && sizeof(rknn_tensor_attr::qnt_type) == 4);
static_assert(offsetof(rknn_tensor_attr, fl) == 348 && sizeof(rknn_tensor_attr::fl) == 1);
static_assert(offsetof(rknn_tensor_attr, zp) == 352 && sizeof(rknn_tensor_attr::zp) == 4);
static_assert(offsetof(rknn_tensor_attr, scale) == 356 && sizeof(rknn_tensor_attr::scale) == 4);
static_assert(offsetof(rknn_tensor_attr, w_stride) == 360 && sizeof(rknn_tensor_attr::w_stride) == 4);
static_assert(offsetof(rknn_tensor_attr, size_with_stride) == 364 &&
              sizeof(rknn_tensor_attr::size_with_stride) == 4);
static_assert(offsetof(rknn_tensor_attr, pass_through) == 368 && sizeof(rknn_tensor_attr::pass_through) == 1);
static_assert(offsetof(rknn_tensor_attr, h_stride) == 372 && sizeof(rknn_tensor_attr::h_stride) == 4);

static_assert(sizeof(rknn_input_range) == 33040 && alignof(rknn_input_range) == 4);
static_assert(offsetof(rknn_input_range, index) == 0 && sizeof(rknn_input_range::index) == 4);
static_assert(offsetof(rknn_input_range, shape_number) == 4 && sizeof(rknn_input_range::shape_number) == 4);
static_assert(offsetof(rknn_input_range, fmt) == 8 && sizeof(rknn_input_range::fmt) == 4);
static_assert(offsetof(rknn_input_range, name) == 12 && sizeof(rknn_input_range::name) == 256);
static_assert(offsetof(rknn_input_range, dyn_range) == 268 && sizeof(rknn_input_range::dyn_range) == 32768);
static_assert(offsetof(rknn_input_range, n_dims) == 33036 && sizeof(rknn_input_range::n_dims) == 4);

static_assert(sizeof(rknn_perf_detail) == 16 && alignof(rknn_perf_detail) == 8);
static_assert(offsetof(rknn_perf_detail, perf_data) == 0 && sizeof(rknn_perf_detail::perf_data) == 8);
static_assert(offsetof(rknn_perf_detail, data_len) == 8 && sizeof(rknn_perf_detail::data_len) == 8);

static_assert(sizeof(rknn_perf_run) == 8 && alignof(rknn_perf_run) == 8);
static_assert(offsetof(rknn_perf_run, run_duration) == 0 && sizeof(rknn_perf_run::run_duration) == 8);

static_assert(sizeof(rknn_sdk_version) == 512 && alignof(rknn_sdk_version) == 1);
static_assert(offsetof(rknn_sdk_version, api_version) == 0 && sizeof(rknn_sdk_version::api_version) == 256);
static_assert(offsetof(rknn_sdk_version, drv_version) == 256 && sizeof(rknn_sdk_version::drv_version) == 256);

static_assert(sizeof(rknn_mem_size) == 64 && alignof(rknn_mem_size) == 8);
static_assert(offsetof(rknn_mem_size, total_weight_size) == 0 &&
              sizeof(rknn_mem_size::total_weight_size) == 4);
static_assert(offsetof(rknn_mem_size, total_internal_size) == 4 &&
              sizeof(rknn_mem_size::total_internal_size) == 4);
static_assert(offsetof(rknn_mem_size, total_dma_allocated_size) == 8 &&
              sizeof(rknn_mem_size::total_dma_allocated_size) == 8);
static_assert(offsetof(rknn_mem_size, total_sram_size) == 16 && sizeof(rknn_mem_size::total_sram_size) == 4);
static_assert(offsetof(rknn_mem_size, free_sram_size) == 20 && sizeof(rknn_mem_size::free_sram_size) == 4);
static_assert(offsetof(rknn_mem_size, reserved) == 24 && sizeof(rknn_mem_size::reserved) == 40);

static_assert(sizeof(rknn_custom_string) == 1024 && alignof(rknn_custom_string) == 1);
static_assert(offsetof(rknn_custom_string, string) == 0 && sizeof(rknn_custom_string::string) == 1024);

static_assert(sizeof(rknn_tensor_mem) == 40 && alignof(rknn_tensor_mem) == 8);
static_assert(offsetof(rknn_tensor_mem, virt_addr) == 0 && sizeof(rknn_tensor_mem::virt_addr) == 8);
static_assert(offsetof(rknn_tensor_mem, phys_addr) == 8 && sizeof(rknn_tensor_mem::phys_addr) == 8);
static_assert(offsetof(rknn_tensor_mem, fd) == 16 && sizeof(rknn_tensor_mem::fd) == 4);
static_assert(offsetof(rknn_tensor_mem, offset) == 20 && sizeof(rknn_tensor_mem::offset) == 4);
static_assert(offsetof(rknn_tensor_mem, size) == 24 && sizeof(rknn_tensor_mem::size) == 4);
static_assert(offsetof(rknn_tensor_mem, flags) == 28 && sizeof(rknn_tensor_mem::flags) == 4);
static_assert(offsetof(rknn_tensor_mem, priv_data) == 32 && sizeof(rknn_tensor_mem::priv_data) == 8);

static_assert(sizeof(rknn_input) == 32 && alignof(rknn_input) == 8);
static_assert(offsetof(rknn_input, index) == 0 && sizeof(rknn_input::index) == 4);
static_assert(offsetof(rknn_input, buf) == 8 && sizeof(rknn_input::buf) == 8);
static_assert(offsetof(rknn_input, size) == 16 && sizeof(rknn_input::size) == 4);
static_assert(offsetof(rknn_input, pass_through) == 20 && sizeof(rknn_input::pass_through) == 1);
static_assert(offsetof(rknn_input, type) == 24 && sizeof(rknn_input::type) == 4);
static_assert(offsetof(rknn_input, fmt) == 28 && sizeof(rknn_input::fmt) == 4);

static_assert(sizeof(rknn_output) == 24 && alignof(rknn_output) == 8);
static_assert(offsetof(rknn_output, want_float) == 0 && sizeof(rknn_output::want_float) == 1);
static_assert(offsetof(rknn_output, is_prealloc) == 1 && sizeof(rknn_output::is_prealloc) == 1);
static_assert(offsetof(rknn_output, index) == 4 && sizeof(rknn_output::index) == 4);
static_assert(offsetof(rknn_output, buf) == 8 && sizeof(rknn_output::buf) == 8);
static_assert(offsetof(rknn_output, size) == 16 && sizeof(rknn_output::size) == 4);

static_assert(sizeof(rknn_init_extend) == 136 && alignof(rknn_init_extend) == 8);
static_assert(offsetof(rknn_init_extend, ctx) == 0 && sizeof(rknn_init_extend::ctx) == 8);
static_assert(offsetof(rknn_init_extend, real_model_offset) == 8 &&
              sizeof(rknn_init_extend::real_model_offset) == 4);
static_assert(offsetof(rknn_init_extend, real_model_size) == 12 &&
              sizeof(rknn_init_extend::real_model_size) == 4);
static_assert(offsetof(rknn_init_extend, model_buffer_fd) == 16 &&
              sizeof(rknn_init_extend::model_buffer_fd) == 4);
static_assert(offsetof(rknn_init_extend, model_buffer_flags) == 20 &&
              sizeof(rknn_init_extend::model_buffer_flags) == 4);
static_assert(offsetof(rknn_init_extend, reserved) == 24 && sizeof(rknn_init_extend::reserved) == 112);

static_assert(sizeof(rknn_run_extend) == 24 && alignof(rknn_run_extend) == 8);
static_assert(offsetof(rknn_run_extend, frame_id) == 0 && sizeof(rknn_run_extend::frame_id) == 8);
static_assert(offsetof(rknn_run_extend, non_block) == 8 && sizeof(rknn_run_extend::non_block) == 4);
static_assert(offsetof(rknn_run_extend, timeout_ms) == 12 && sizeof(rknn_run_extend::timeout_ms) == 4);
static_assert(offsetof(rknn_run_extend, fence_fd) == 16 && sizeof(rknn_run_extend::fence_fd) == 4);

static_assert(sizeof(rknn_output_extend) == 8 && alignof(rknn_output_extend) == 8);
static_assert(offsetof(rknn_output_extend, frame_id) == 0 && sizeof(rknn_output_extend::frame_id) == 8);

static_assert(sizeof(rknn_quant_params) == 288 && alignof(rknn_quant_params) == 8);
static_assert(offsetof(rknn_quant_params, name) == 0 && sizeof(rknn_quant_params::name) == 256);
static_assert(offsetof(rknn_quant_params, scale) == 256 && sizeof(rknn_quant_params::scale) == 8);
static_assert(offsetof(rknn_quant_params, scale_len) == 264 && sizeof(rknn_quant_params::scale_len) == 4);
static_assert(offsetof(rknn_quant_params, zp) == 272 && sizeof(rknn_quant_params::zp) == 8);
static_assert(offsetof(rknn_quant_params, zp_len) == 280 && sizeof(rknn_quant_params::zp_len) == 4);

static_assert(sizeof(rknn_matmul_tensor_attr) == 332 && alignof(rknn_matmul_tensor_attr) == 4);
static_assert(offsetof(rknn_matmul_tensor_attr, name) == 0 && sizeof(rknn_matmul_tensor_attr::name) == 256);
static_assert(offsetof(rknn_matmul_tensor_attr, n_dims) == 256 &&
              sizeof(rknn_matmul_tensor_attr::n_dims) == 4);
static_assert(offsetof(rknn_matmul_tensor_attr, dims) == 260 && sizeof(rknn_matmul_tensor_attr::dims) == 64);
static_assert(offsetof(rknn_matmul_tensor_attr, size) == 324 && sizeof(rknn_matmul_tensor_attr::size) == 4);
static_assert(offsetof(rknn_matmul_tensor_attr, type) == 328 && sizeof(rknn_matmul_tensor_attr::type) == 4);

static_assert(sizeof(rknn_matmul_io_attr) == 996 && alignof(rknn_matmul_io_attr) == 4);
static_assert(offsetof(rknn_matmul_io_attr, A) == 0 && sizeof(rknn_matmul_io_attr::A) == 332);
static_assert(offsetof(rknn_matmul_io_attr, B) == 332 && sizeof(rknn_matmul_io_attr::B) == 332);
static_assert(offsetof(rknn_matmul_io_attr, C) == 664 && sizeof(rknn_matmul_io_attr::C) == 332);

static_assert(sizeof(rknn_matmul_shape) == 12 && alignof(rknn_matmul_shape) == 4);
static_assert(offsetof(rknn_matmul_shape, M) == 0 && sizeof(rknn_matmul_shape::M) == 4);
static_assert(offsetof(rknn_matmul_shape, K) == 4 && sizeof(rknn_matmul_shape::K) == 4);
static_assert(offsetof(rknn_matmul_shape, N) == 8 && sizeof(rknn_matmul_shape::N) == 4);

static_assert(sizeof(rknn_matmul_info) == 64 && alignof(rknn_matmul_info) == 4);
static_assert(offsetof(rknn_matmul_info, M) == 0 && sizeof(rknn_matmul_info::M) == 4);
static_assert(offsetof(rknn_matmul_info, K) == 4 && sizeof(rknn_matmul_info::K) == 4);
static_assert(offsetof(rknn_matmul_info, N) == 8 && sizeof(rknn_matmul_info::N) == 4);
static_assert(offsetof(rknn_matmul_info, type) == 12 && sizeof(rknn_matmul_info::type) == 4);
static_assert(offsetof(rknn_matmul_info, B_layout) == 16 && sizeof(rknn_matmul_info::B_layout) == 2);
static_assert(offsetof(rknn_matmul_info, B_quant_type) == 18 && sizeof(rknn_matmul_info::B_quant_type) == 2);
static_assert(offsetof(rknn_matmul_info, AC_layout) == 20 && sizeof(rknn_matmul_info::AC_layout) == 2);
static_assert(offsetof(rknn_matmul_info, AC_quant_type) == 22 &&
              sizeof(rknn_matmul_info::AC_quant_type) == 2);
static_assert(offsetof(rknn_matmul_info, iommu_domain_id) == 24 &&
              sizeof(rknn_matmul_info::iommu_domain_id) == 4);
static_assert(offsetof(rknn_matmul_info, group_size) == 28 && sizeof(rknn_matmul_info::group_size) == 2);
static_assert(offsetof(rknn_matmul_info, reserved) == 30 && sizeof(rknn_matmul_info::reserved) == 34);

static_assert(sizeof(rknn_gpu_op_context) == 24 && alignof(rknn_gpu_op_context) == 8);
static_assert(offsetof(rknn_gpu_op_context, cl_context) == 0 && sizeof(rknn_gpu_op_context::cl_context) == 8);
static_assert(offsetof(rknn_gpu_op_context, cl_command_queue) == 8 &&
              sizeof(rknn_gpu_op_context::cl_command_queue) == 8);
static_assert(offsetof(rknn_gpu_op_context, cl_kernel) == 16 && sizeof(rknn_gpu_op_context::cl_kernel) == 8);

static_assert(sizeof(rknn_custom_op_context) == 48 && alignof(rknn_custom_op_context) == 8);
static_assert(offsetof(rknn_custom_op_context, target) == 0 && sizeof(rknn_custom_op_context::target) == 4);
static_assert(offsetof(rknn_custom_op_context, internal_ctx) == 8 &&
              sizeof(rknn_custom_op_context::internal_ctx) == 8);
static_assert(offsetof(rknn_custom_op_context, gpu_ctx) == 16 &&
              sizeof(rknn_custom_op_context::gpu_ctx) == 24);
static_assert(offsetof(rknn_custom_op_context, priv_data) == 40 &&
              sizeof(rknn_custom_op_context::priv_data) == 8);

static_assert(sizeof(rknn_custom_op_tensor) == 416 && alignof(rknn_custom_op_tensor) == 8);
static_assert(offsetof(rknn_custom_op_tensor, attr) == 0 && sizeof(rknn_custom_op_tensor::attr) == 376);
static_assert(offsetof(rknn_custom_op_tensor, mem) == 376 && sizeof(rknn_custom_op_tensor::mem) == 40);

static_assert(sizeof(rknn_custom_op_attr) == 272 && alignof(rknn_custom_op_attr) == 8);
static_assert(offsetof(rknn_custom_op_attr, name) == 0 && sizeof(rknn_custom_op_attr::name) == 256);
static_assert(offsetof(rknn_custom_op_attr, dtype) == 256 && sizeof(rknn_custom_op_attr::dtype) == 4);
static_assert(offsetof(rknn_custom_op_attr, n_elems) == 260 && sizeof(rknn_custom_op_attr::n_elems) == 4);
static_assert(offsetof(rknn_custom_op_attr, data) == 264 && sizeof(rknn_custom_op_attr::data) == 8);

static_assert(sizeof(rknn_custom_op) == 832 && alignof(rknn_custom_op) == 8);
static_assert(offsetof(rknn_custom_op, version) == 0 && sizeof(rknn_custom_op::version) == 4);
static_assert(offsetof(rknn_custom_op, target) == 4 && sizeof(rknn_custom_op::target) == 4);
static_assert(offsetof(rknn_custom_op, op_type) == 8 && sizeof(rknn_custom_op::op_type) == 256);
static_assert(offsetof(rknn_custom_op, cl_kernel_name) == 264 &&
              sizeof(rknn_custom_op::cl_kernel_name) == 256);
static_assert(offsetof(rknn_custom_op, cl_kernel_source) == 520 &&
              sizeof(rknn_custom_op::cl_kernel_source) == 8);
static_assert(offsetof(rknn_custom_op, cl_source_size) == 528 && sizeof(rknn_custom_op::cl_source_size) == 8);
static_assert(offsetof(rknn_custom_op, cl_build_options) == 536 &&
              sizeof(rknn_custom_op::cl_build_options) == 256);
static_assert(offsetof(rknn_custom_op, init) == 792 && sizeof(rknn_custom_op::init) == 8);
static_assert(offsetof(rknn_custom_op, prepare) == 800 && sizeof(rknn_custom_op::prepare) == 8);
static_assert(offsetof(rknn_custom_op, compute) == 808 && sizeof(rknn_custom_op::compute) == 8);
static_assert(offsetof(rknn_custom_op, compute_native) == 816 && sizeof(rknn_custom_op::compute_native) == 8);
static_assert(offsetof(rknn_custom_op, destroy) == 824 && sizeof(rknn_custom_op::destroy) == 8);

static_assert(sizeof(rknn_query_cmd) == 4);
static_assert(sizeof(rknn_tensor_type) == 4);
static_assert(sizeof(rknn_tensor_qnt_type) == 4);
static_assert(sizeof(rknn_tensor_format) == 4);
static_assert(sizeof(rknn_core_mask) == 4);
static_assert(sizeof(rknn_tensor_mem_flags) == 4);
static_assert(sizeof(rknn_mem_alloc_flags) == 4);
static_assert(sizeof(rknn_mem_sync_mode) == 4);
static_assert(sizeof(rknn_matmul_quant_type) == 4);
static_assert(sizeof(rknn_matmul_type) == 4);
static_assert(sizeof(rknn_matmul_layout) == 4);
static_assert(sizeof(rknn_target_type) == 4);
