// SPDX-License-Identifier: Apache-2.0
#include "support/fake_rknnrt/fake_rknnrt.h"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <mutex>
#include <tuple>
#include <utility>

#include "backends/rknn/abi/rknn_api.h"
#include "support/fake_rknnrt/fake_model.h"

#define FAKE_EXPORT extern "C" __attribute__((visibility("default")))

namespace {

using weir::testing::FakeModel;
using weir::testing::FakeRknnCalls;
using weir::testing::FakeRknnOrders;

// What `strings` finds in a real one.
__attribute__((used)) const char kVersionText[] = FAKE_RKNNRT_VERSION;

struct FakeContext {
  FakeModel model;
  std::shared_ptr<std::vector<uint8_t>> weights;
  int core = -1;
  bool busy = false;
  rknn_tensor_mem* input = nullptr;
  rknn_tensor_mem* output = nullptr;
};

/// The one device of the process. Everything below holds the mutex, but while a network computes.
struct Device {
  std::mutex mutex;
  FakeRknnOrders orders;
  FakeRknnCalls calls;
  std::map<rknn_context, std::unique_ptr<FakeContext>> contexts;
  std::map<rknn_tensor_mem*, rknn_context> owners;
  rknn_context next_context = 1;
  int next_fd = 100000;
};

Device& device() {
  static Device& one = *new Device;  // outlives whoever comes late
  return one;
}

/// For the time of one call: holds the mutex, and that nobody else is in the same context.
class Call {
 public:
  Call(const char* function, rknn_context context) : lock_(device().mutex) {
    const auto ordered = device().orders.returns.find(function);
    if (ordered != device().orders.returns.end()) code_ = ordered->second;
    const auto found = device().contexts.find(context);
    if (found != device().contexts.end()) context_ = found->second.get();
    if (context != 0 && context_ == nullptr) misuse(std::string(function) + " of a context that is gone");
    if (context_ != nullptr && context_->busy) misuse(std::string(function) + " while the context is in use");
  }
  static void misuse(std::string what) { device().calls.misuses.push_back(std::move(what)); }

  /// What to return at once; RKNN_SUCC: go on.
  [[nodiscard]] int code() const { return code_; }
  FakeContext* operator->() const { return context_; }
  [[nodiscard]] FakeContext* get() const { return context_; }
  std::unique_lock<std::mutex>& lock() { return lock_; }

 private:
  std::unique_lock<std::mutex> lock_;
  int code_ = RKNN_SUCC;
  FakeContext* context_ = nullptr;
};

rknn_context add(FakeModel model, std::shared_ptr<std::vector<uint8_t>> weights) {
  const rknn_context name = device().next_context++;
  device().contexts[name] = std::make_unique<FakeContext>(FakeContext{std::move(model), std::move(weights)});
  ++device().calls.contexts;
  return name;
}

rknn_tensor_attr input_attr(const FakeModel& model) {
  rknn_tensor_attr attr{};
  attr.n_dims = 4;
  std::ranges::copy(std::vector<uint32_t>{1, model.height, model.width, 3}, attr.dims);
  std::strcpy(attr.name, "images");
  attr.n_elems = model.height * model.width * 3;
  attr.size = attr.n_elems * model.element_bytes();
  attr.fmt = RKNN_TENSOR_NHWC;
  attr.type = model.type;
  attr.w_stride = model.row_stride();
  attr.size_with_stride = model.height * model.row_stride() * 3 * model.element_bytes();
  return attr;
}

rknn_tensor_attr output_attr(const FakeModel& model) {
  rknn_tensor_attr attr{};
  attr.n_dims = 3;
  std::ranges::copy(std::vector<uint32_t>{1, model.cells(), model.values()}, attr.dims);
  std::strcpy(attr.name, "output");
  attr.n_elems = model.cells() * model.values();
  attr.size = attr.size_with_stride = attr.n_elems * model.element_bytes();
  attr.fmt = RKNN_TENSOR_UNDEFINED;
  attr.type = model.type;
  attr.qnt_type = RKNN_TENSOR_QNT_AFFINE_ASYMMETRIC;
  const bool integer = model.type == RKNN_TENSOR_INT8 || model.type == RKNN_TENSOR_UINT8;
  attr.scale = integer ? model.scale() : 1.0F;  // as the toolkit writes it for floats, too
  attr.zp = integer ? model.zero_point() : 0;
  return attr;
}

rknn_input_range range_of(const FakeModel& model) {
  rknn_input_range range{};
  range.shape_number = static_cast<uint32_t>(model.shapes.size());
  range.fmt = RKNN_TENSOR_NHWC;
  range.n_dims = 4;
  for (size_t i = 0; i < model.shapes.size(); ++i) {
    const auto [width, height] = model.shapes[i];
    std::ranges::copy(std::vector<uint32_t>{1, height, width, 3}, range.dyn_range[i]);
  }
  return range;
}

template <class T>
int answer(void* info, uint32_t size, const T& value) {
  if (info == nullptr || size != sizeof(T)) return RKNN_ERR_PARAM_INVALID;
  std::memcpy(info, &value, sizeof(T));
  return RKNN_SUCC;
}

[[maybe_unused]] rknn_tensor_mem* add_memory(rknn_context context, int fd, void* bytes, uint32_t size) {
  auto* memory = new rknn_tensor_mem{.virt_addr = bytes, .fd = fd, .size = size};
  device().owners[memory] = context;
  ++device().calls.memories;
  return memory;
}

bool fails(const FakeRknnOrders& orders, int64_t run, int core) {
  return run >= orders.fail_from && run <= orders.fail_until &&
         (orders.fail_core < 0 || orders.fail_core == core);
}

}  // namespace

FAKE_EXPORT FakeRknnCalls weir_fake_rknn_calls() {
  const std::lock_guard lock(device().mutex);
  return device().calls;
}

FAKE_EXPORT void weir_fake_rknn_order(const FakeRknnOrders& orders) {
  const std::lock_guard lock(device().mutex);
  FakeRknnCalls& calls = device().calls;
  device().orders = orders;
  calls = {.contexts = calls.contexts, .memories = calls.memories};
}

FAKE_EXPORT int rknn_init(rknn_context* context, void* model, uint32_t size, uint32_t /*flag*/,
                          rknn_init_extend* /*extend*/) {
  const Call call("rknn_init", 0);
  if (call.code() != RKNN_SUCC) return call.code();
  const auto read = size == 0 ? FakeModel::read(static_cast<const char*>(model)) : std::nullopt;
  if (!read) return RKNN_ERR_MODEL_INVALID;
  *context = add(*read, std::make_shared<std::vector<uint8_t>>(read->weights, uint8_t{1}));
  ++device().calls.inits;
  return RKNN_SUCC;
}

FAKE_EXPORT int rknn_query(rknn_context context, rknn_query_cmd command, void* info, uint32_t size) {
  const Call call("rknn_query", context);
  if (call.code() != RKNN_SUCC || call.get() == nullptr)
    return call.code() != 0 ? call.code() : RKNN_ERR_CTX_INVALID;
  const FakeModel& model = call->model;
  switch (command) {
    case RKNN_QUERY_IN_OUT_NUM:
      return answer(info, size, rknn_input_output_num{1, 1});
    case RKNN_QUERY_INPUT_ATTR:
    case RKNN_QUERY_CURRENT_INPUT_ATTR:
      return answer(info, size, input_attr(model));
    case RKNN_QUERY_OUTPUT_ATTR:
    case RKNN_QUERY_CURRENT_OUTPUT_ATTR:
      return answer(info, size, output_attr(model));
    case RKNN_QUERY_MEM_SIZE:
      return answer(info, size,
                    rknn_mem_size{.total_weight_size = model.weights, .total_internal_size = model.internal});
    case RKNN_QUERY_INPUT_DYNAMIC_RANGE:
      return model.shapes.empty() ? RKNN_ERR_MODEL_INVALID : answer(info, size, range_of(model));
    case RKNN_QUERY_CUSTOM_STRING: {
      rknn_custom_string text{};
      std::strncpy(text.string, model.names.c_str(), sizeof(text.string) - 1);
      return answer(info, size, text);
    }
    default:
      return RKNN_ERR_PARAM_INVALID;
  }
}

FAKE_EXPORT int rknn_destroy(rknn_context context) {
  const Call call("rknn_destroy", context);
  for (const auto& [memory, owner] : device().owners) {
    if (owner == context) Call::misuse("rknn_destroy of a context that still has memory");
  }
  if (device().contexts.erase(context) > 0) --device().calls.contexts;
  return RKNN_SUCC;
}

FAKE_EXPORT int rknn_run(rknn_context context, rknn_run_extend* /*extend*/) {
  Call call("rknn_run", context);
  if (call.get() == nullptr) return RKNN_ERR_CTX_INVALID;
  const int64_t number = ++device().calls.runs;
  if (call.code() != RKNN_SUCC) return call.code();
  if (fails(device().orders, number, call->core)) return device().orders.fail_code;
  if (call->input == nullptr || call->output == nullptr) return RKNN_ERR_INPUT_INVALID;
  call->busy = true;
  call.lock().unlock();
  call->model.run(static_cast<const uint8_t*>(call->input->virt_addr), call->output->virt_addr);
  call.lock().lock();
  call->busy = false;
  return RKNN_SUCC;
}

#if FAKE_RKNNRT_AGE >= 1  // an early one has no memory of this kind
FAKE_EXPORT rknn_tensor_mem* rknn_create_mem(rknn_context context, uint32_t size) {
  const Call call("rknn_create_mem", context);
  if (call.code() != RKNN_SUCC || call.get() == nullptr) return nullptr;
  return add_memory(context, ++device().next_fd, std::calloc(1, size), size);
}

FAKE_EXPORT rknn_tensor_mem* rknn_create_mem_from_fd(rknn_context context, int32_t fd, void* address,
                                                     uint32_t size, int32_t /*offset*/) {
  const Call call("rknn_create_mem_from_fd", context);
  if (call.code() != RKNN_SUCC || call.get() == nullptr) return nullptr;
  ++device().calls.imports;
  return add_memory(context, -fd, address, size);
}

FAKE_EXPORT int rknn_destroy_mem(rknn_context context, rknn_tensor_mem* memory) {
  const Call call("rknn_destroy_mem", context);
  const auto owner = device().owners.find(memory);
  if (owner == device().owners.end() || owner->second != context) {
    Call::misuse("rknn_destroy_mem of memory that is not this context's");
    return RKNN_ERR_PARAM_INVALID;
  }
  device().owners.erase(owner);
  --device().calls.memories;
  if (memory->fd > 0) std::free(memory->virt_addr);
  delete memory;
  return RKNN_SUCC;
}

FAKE_EXPORT int rknn_set_io_mem(rknn_context context, rknn_tensor_mem* memory, rknn_tensor_attr* attr) {
  const Call call("rknn_set_io_mem", context);
  if (call.code() != RKNN_SUCC) return call.code();
  if (device().owners[memory] != context) Call::misuse("rknn_set_io_mem of another context's memory");
  const bool is_input = std::strcmp(attr->name, "images") == 0;
  if (memory->size < attr->size_with_stride) return RKNN_ERR_PARAM_INVALID;
  if (is_input &&
      (attr->type != RKNN_TENSOR_UINT8 || attr->fmt != RKNN_TENSOR_NHWC || attr->pass_through != 0)) {
    return RKNN_ERR_INPUT_INVALID;
  }
  if (!is_input && attr->type != call->model.type) return RKNN_ERR_OUTPUT_INVALID;
  (is_input ? call->input : call->output) = memory;
  if (is_input) ++device().calls.input_bindings;
  return RKNN_SUCC;
}
#endif

#if FAKE_RKNNRT_AGE >= 2  // what weir does without
FAKE_EXPORT int rknn_dup_context(rknn_context* original, rknn_context* context) {
  const Call call("rknn_dup_context", *original);
  if (call.code() != RKNN_SUCC) return call.code();
  *context = add(call->model, call->weights);
  ++device().calls.dups;
  return RKNN_SUCC;
}

FAKE_EXPORT int rknn_set_core_mask(rknn_context context, rknn_core_mask mask) {
  const Call call("rknn_set_core_mask", context);
  if (call.code() != RKNN_SUCC) return call.code();
  if (mask >= 1 << device().orders.cores) return RKNN_ERR_PARAM_INVALID;
  device().calls.masks.push_back(mask);
  call->core =
      mask == RKNN_NPU_CORE_AUTO ? -1 : static_cast<int>(std::countr_zero(static_cast<unsigned>(mask)));
  return RKNN_SUCC;
}

FAKE_EXPORT int rknn_set_input_shapes(rknn_context context, uint32_t inputs, rknn_tensor_attr attrs[]) {
  const Call call("rknn_set_input_shapes", context);
  const std::pair<uint32_t, uint32_t> wanted{attrs[0].dims[2], attrs[0].dims[1]};
  FakeModel& model = call->model;
  if (inputs != 1 || std::ranges::find(model.shapes, wanted) == model.shapes.end())
    return RKNN_ERR_PARAM_INVALID;
  std::tie(model.width, model.height) = wanted;
  return RKNN_SUCC;
}

FAKE_EXPORT int rknn_mem_sync(rknn_context context, rknn_tensor_mem* memory, rknn_mem_sync_mode /*mode*/) {
  const Call call("rknn_mem_sync", context);
  if (device().owners[memory] != context) Call::misuse("rknn_mem_sync of another context's memory");
  ++device().calls.syncs;
  return call.code();
}
#endif
