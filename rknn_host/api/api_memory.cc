// SPDX-License-Identifier: Apache-2.0
// RKNN C API: memory for tensors.
#include <limits>

#include <fmt/format.h>

#include "rknn_host/api/border.h"

using namespace weir::rknn_host;

namespace {

/// Null where `make` throws, which is said under the name of `function`.
template <class Make>
rknn_tensor_mem* made_memory(const char* function, Make&& make) noexcept {
  rknn_tensor_mem* memory = nullptr;
  (void)guarded(function, [&] { memory = make(); });
  return memory;
}

rknn_tensor_mem* allocate(rknn_context maker, uint64_t size) {
  if (size > std::numeric_limits<uint32_t>::max()) {
    throw Failure(RKNN_ERR_PARAM_INVALID, fmt::format("{} bytes: more than rknn_tensor_mem can tell", size));
  }
  Runtime& runtime = Runtime::instance();
  MemoryAccount::Charge charge = runtime.device().memory.charge(static_cast<int64_t>(size), "tensor memory");
  return runtime.handles().add(TensorMemory::allocate(static_cast<uint32_t>(size)), maker, std::move(charge));
}

[[noreturn]] void not_here(const char* what) {
  throw Failure(RKNN_ERR_DEVICE_UNAVAILABLE,
                fmt::format("there is no {} on a PC: use rknn_create_mem", what));
}

}  // namespace

WEIR_RKNN_EXPORT rknn_tensor_mem* rknn_create_mem(rknn_context ctx, uint32_t size) {
  return made_memory("rknn_create_mem", [&] {
    (void)context_of(ctx);
    return allocate(ctx, size);
  });
}

WEIR_RKNN_EXPORT rknn_tensor_mem* rknn_create_mem2(rknn_context ctx, uint64_t size, uint64_t alloc_flags) {
  return made_memory("rknn_create_mem2", [&] {
    const bool has_context = (alloc_flags & RKNN_MEM_FLAG_ALLOC_NO_CONTEXT) == 0;
    if (has_context) (void)context_of(ctx);
    return allocate(has_context ? ctx : 0, size);
  });
}

WEIR_RKNN_EXPORT rknn_tensor_mem* rknn_create_mem_from_fd(rknn_context ctx, int32_t fd, void* virt_addr,
                                                          uint32_t size, int32_t offset) {
  return made_memory("rknn_create_mem_from_fd", [&] {
    (void)context_of(ctx);
    return Runtime::instance().handles().add(TensorMemory::wrap(fd, virt_addr, size, offset), ctx, {});
  });
}

WEIR_RKNN_EXPORT rknn_tensor_mem* rknn_create_mem_from_phys(rknn_context ctx, uint64_t /*phys_addr*/,
                                                            void* /*virt_addr*/, uint32_t /*size*/) {
  return made_memory("rknn_create_mem_from_phys", [&]() -> rknn_tensor_mem* {
    (void)context_of(ctx);
    not_here("physical address");
  });
}

WEIR_RKNN_EXPORT rknn_tensor_mem* rknn_create_mem_from_mb_blk(rknn_context ctx, void* /*mb_blk*/,
                                                              int32_t /*offset*/) {
  return made_memory("rknn_create_mem_from_mb_blk", [&]() -> rknn_tensor_mem* {
    (void)context_of(ctx);
    not_here("vendor's media pool");
  });
}

WEIR_RKNN_EXPORT int rknn_destroy_mem(rknn_context ctx, rknn_tensor_mem* mem) {
  return guarded("rknn_destroy_mem", [&] {
    // Memory may outlive the context it was made with, and be made without one.
    Handles& handles = Runtime::instance().handles();
    if (ctx != 0 && !handles.was_given(ctx)) (void)handles.context(ctx);
    const std::shared_ptr<TensorMemory> memory = handles.remove(mem);
    if (const size_t bytes = memory->bytes_written_behind(); bytes > 0) {
      Runtime::instance().log().line(
          fmt::format("rknn_destroy_mem: a memory of {} bytes was written up to {} bytes behind its end",
                      memory->size(), bytes));
    }
  });
}

WEIR_RKNN_EXPORT int rknn_set_weight_mem(rknn_context ctx, rknn_tensor_mem* mem) {
  return guarded("rknn_set_weight_mem", [&] { context_of(ctx)->set_weight_memory(memory_of(mem)); });
}

WEIR_RKNN_EXPORT int rknn_set_internal_mem(rknn_context ctx, rknn_tensor_mem* mem) {
  return guarded("rknn_set_internal_mem", [&] { context_of(ctx)->set_internal_memory(memory_of(mem)); });
}

WEIR_RKNN_EXPORT int rknn_set_io_mem(rknn_context ctx, rknn_tensor_mem* mem, rknn_tensor_attr* attr) {
  return guarded("rknn_set_io_mem", [&] {
    const ContextInUse context(ctx, "rknn_set_io_mem");
    const auto memory = memory_of(mem);
    require(attr, "attr");
    context->set_io_memory(memory, *attr);
  });
}

WEIR_RKNN_EXPORT int rknn_mem_sync(rknn_context context, rknn_tensor_mem* mem, rknn_mem_sync_mode mode) {
  return guarded("rknn_mem_sync", [&] {
    (void)context_of(context);
    (void)memory_of(mem);
    if (mode < RKNN_MEMORY_SYNC_TO_DEVICE || mode > RKNN_MEMORY_SYNC_BIDIRECTIONAL) {
      throw Failure(RKNN_ERR_PARAM_INVALID,
                    fmt::format("{} is no rknn_mem_sync_mode", static_cast<int>(mode)));
    }
    // The CPU is the device: its caches and memory agree.
  });
}
