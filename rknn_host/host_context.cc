// SPDX-License-Identifier: Apache-2.0
#include "rknn_host/host_context.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace weir::rknn_host {
namespace {

constexpr size_t kMostStride = 1 << 20;
constexpr size_t kMostBlock = 64;
constexpr int64_t kPage = 4096;

[[noreturn]] void bad_parameter(std::string message) {
  throw Failure(RKNN_ERR_PARAM_INVALID, std::move(message));
}

uint32_t saturated(int64_t bytes) {
  return static_cast<uint32_t>(std::clamp<int64_t>(bytes, 0, std::numeric_limits<uint32_t>::max()));
}

/// Where a stride is less than what it spans, or absurd.
void check_stride(size_t stride, size_t least, const char* which) {
  if (stride != 0 && (stride < least || stride > kMostStride)) {
    bad_parameter(fmt::format("{} {} for {}", which, stride, least));
  }
}

/// What `type` and `fmt` of a program mean for this tensor.
Packing packing_of(const TensorSpec& spec, rknn_tensor_type type, rknn_tensor_format fmt) {
  if (size_of(type) == 0)
    bad_parameter(fmt::format("'{}': tensor type {} is not supported", spec.name, int{type}));
  if (fmt < RKNN_TENSOR_NCHW || fmt > RKNN_TENSOR_UNDEFINED) {
    bad_parameter(fmt::format("'{}': {} is no tensor format", spec.name, int{fmt}));
  }
  Packing packing{.type = type, .fmt = RKNN_TENSOR_NCHW};
  if (!spec.is_image()) return packing;
  packing.fmt = fmt;
  if (fmt == RKNN_TENSOR_UNDEFINED) packing.fmt = spec.is_input ? RKNN_TENSOR_NHWC : RKNN_TENSOR_NCHW;
  if (spec.is_input && fmt == RKNN_TENSOR_NC1HWC2) {
    bad_parameter(fmt::format("input '{}': NC1HWC2 is not supported for inputs", spec.name));
  }
  return packing;
}

Packing packing_of(const TensorSpec& spec, const rknn_tensor_attr& attr) {
  Packing packing = packing_of(spec, attr.type, attr.fmt);
  if (!spec.is_image()) return packing;
  packing.w_stride = attr.w_stride;
  packing.h_stride = attr.h_stride;
  check_stride(packing.w_stride, spec.extent().w, "w_stride");
  check_stride(packing.h_stride, spec.extent().h, "h_stride");
  if (packing.fmt == RKNN_TENSOR_NC1HWC2) {
    packing.c2 = attr.dims[4];
    if (attr.n_dims != 5 || packing.c2 == 0 || packing.c2 > kMostBlock) {
      bad_parameter(
          fmt::format("output '{}': NC1HWC2 needs five dims, the last 1 to {}", spec.name, kMostBlock));
    }
  }
  return packing;
}

/// The dims of a program's attribute in the order that told_dims() has.
std::vector<uint32_t> dims_of(const TensorSpec& spec, const rknn_tensor_attr& attr) {
  std::vector<uint32_t> dims(attr.dims, attr.dims + std::min<uint32_t>(attr.n_dims, RKNN_MAX_DIMS));
  if (spec.is_image() && attr.fmt == RKNN_TENSOR_NCHW && dims.size() == 4) {
    std::rotate(dims.begin() + 1, dims.begin() + 2, dims.end());
  }
  return dims;
}

void check_size(const TensorSpec& spec, const rknn_input& input, size_t needed) {
  const size_t given = input.buf == nullptr ? 0 : input.size;
  if (given >= needed) return;
  bad_parameter(fmt::format("input '{}': {} bytes given, {} needed for {} of type {}", spec.name, given,
                            needed, spec.extent().elements(), get_type_string(input.type)));
}

/// Says which shapes there are, as a board does, with its code.
[[noreturn]] void refuse_shapes(const HostModel& model, std::span<const rknn_tensor_attr> attrs) {
  std::vector<std::string> wanted;
  std::vector<std::string> known;
  for (const rknn_tensor_attr& attr : attrs) {
    const TensorSpec& spec = model.signature(0).inputs[attr.index];
    wanted.push_back(fmt::format("{} [{}]", spec.name, fmt::join(dims_of(spec, attr), ",")));
  }
  for (size_t set = 0; set < model.shape_sets(); ++set) {
    std::vector<std::string> inputs;
    for (const TensorSpec& spec : model.signature(set).inputs) inputs.push_back(describe(spec));
    known.push_back(fmt::format("{}", fmt::join(inputs, " with ")));
  }
  throw Failure(RKNN_ERR_FAIL, fmt::format("the model does not take {}; it takes {}",
                                           fmt::join(wanted, " with "), fmt::join(known, ", or ")));
}

/// The tensor of `specs` with the attribute's name; specs.size() where there is none.
size_t find_named(const std::vector<TensorSpec>& specs, const rknn_tensor_attr& attr) {
  const std::string name(attr.name, strnlen(attr.name, sizeof(attr.name)));
  const auto found = std::ranges::find(specs, name, &TensorSpec::name);
  return static_cast<size_t>(found - specs.begin());
}

}  // namespace

HostContext::HostContext(Device& device, std::shared_ptr<HostModel> model, uint32_t flags, size_t shape_set,
                         std::shared_ptr<const Graph> graph)
    : device_(device), model_(std::move(model)), flags_(flags), shape_set_(shape_set) {
  inputs_.resize(signature().inputs.size());
  outputs_.resize(signature().outputs.size());
  if (has(RKNN_FLAG_COLLECT_MODEL_INFO_ONLY)) {
    model_->forget_network();
    return;
  }
  use(graph != nullptr ? std::move(graph) : model_->graph(shape_set_, Form::kPixels));
  inference_->warm_up();
}

HostContext::~HostContext() = default;

std::shared_ptr<HostContext> HostContext::duplicate() {
  const std::lock_guard lock(mutex_);
  finish(0);
  std::shared_ptr<const Graph> graph;
  if (inference_ != nullptr) graph = inference_->shared_graph();
  return std::make_shared<HostContext>(device_, model_, flags_, shape_set_, std::move(graph));
}

const char* HostContext::begin_call(const char* function) {
  const char* const other = call_.exchange(function);
  return other != nullptr && !overlap_is_told_.exchange(true) ? other : nullptr;
}

void HostContext::charge_internal(int64_t bytes) {
  if (has(RKNN_FLAG_COLLECT_MODEL_INFO_ONLY)) bytes = model_->least_internal_bytes();
  // At least a page, so that programs which allocate it themselves have something to allocate.
  internal_charge_ = device_.memory.charge(std::max(bytes, kPage), "activations");
}

const Signature& HostContext::current_signature() {
  const std::lock_guard lock(mutex_);
  return signature();
}

rknn_mem_size HostContext::memory_size() const {
  return {.total_weight_size = saturated(model_->weights_bytes()),
          .total_internal_size = saturated(internal_charge_.bytes()),
          .total_dma_allocated_size = static_cast<uint64_t>(device_.memory.used_bytes())};
}

void HostContext::set_inputs(std::span<const rknn_input> inputs) {
  const std::lock_guard lock(mutex_);
  settle();
  const std::vector<TensorSpec>& specs = signature().inputs;
  for (const rknn_input& input : inputs) {
    if (input.index >= specs.size()) {
      throw Failure(RKNN_ERR_INPUT_INVALID,
                    fmt::format("input index {}: there are {}", input.index, specs.size()));
    }
    const TensorSpec& spec = specs[input.index];
    Binding binding{.pass_through = input.pass_through != 0};
    // A board wants as many bytes as input.type takes, also where it then reads them as its own type.
    binding.packing = packing_of(spec, input.type, binding.pass_through ? RKNN_TENSOR_NHWC : input.fmt);
    check_size(spec, input, packed_bytes(spec.extent(), binding.packing));
    if (binding.pass_through) binding.packing = packing_of(spec, spec.type, RKNN_TENSOR_NHWC);
    const size_t bytes = packed_bytes(spec.extent(), binding.packing);
    check_size(spec, input, bytes);
    auto copy = std::make_shared_for_overwrite<uint8_t[]>(bytes);
    std::memcpy(copy.get(), input.buf, bytes);
    binding.data = copy.get();
    binding.owner = std::move(copy);
    inputs_[input.index] = std::move(binding);
  }
}

void HostContext::set_io_memory(const std::shared_ptr<TensorMemory>& memory, const rknn_tensor_attr& attr) {
  const std::lock_guard lock(mutex_);
  settle();
  const Signature& tensors = signature();
  size_t index = find_named(tensors.inputs, attr);
  const bool is_input = index < tensors.inputs.size();
  if (!is_input) index = find_named(tensors.outputs, attr);
  if (!is_input && index == tensors.outputs.size()) {
    bad_parameter("attr names no input or output of the model: set it by rknn_query");
  }
  const TensorSpec& spec = is_input ? tensors.inputs[index] : tensors.outputs[index];
  Binding binding{.owner = memory, .data = memory->data(), .packing = packing_of(spec, attr)};
  binding.pass_through = is_input && attr.pass_through != 0;
  const bool kept_type = attr.type == spec.type;
  const bool float_output =
      !is_input && (attr.type == RKNN_TENSOR_FLOAT32 || attr.type == RKNN_TENSOR_FLOAT16);
  if (!kept_type && !float_output && (!is_input || binding.pass_through)) {
    bad_parameter(fmt::format("'{}' can't be given as type {}", spec.name, int{attr.type}));
  }
  const size_t bytes = packed_bytes(spec.extent(), binding.packing);
  if (memory->size() < bytes) {
    bad_parameter(fmt::format("memory for '{}' has {} bytes, {} needed", spec.name, memory->size(), bytes));
  }
  (is_input ? inputs_ : outputs_)[index] = std::move(binding);
}

void HostContext::set_weight_memory(const std::shared_ptr<TensorMemory>& memory) {
  const std::lock_guard lock(mutex_);
  if (!has(RKNN_FLAG_MEM_ALLOC_OUTSIDE))
    bad_parameter("the context was not made with RKNN_FLAG_MEM_ALLOC_OUTSIDE");
  const uint32_t needed = memory_size().total_weight_size;
  if (memory->size() < needed)
    bad_parameter(fmt::format("{} bytes for weights, {} needed", memory->size(), needed));
  weight_memory_ = memory;
}

void HostContext::set_internal_memory(const std::shared_ptr<TensorMemory>& memory) {
  const std::lock_guard lock(mutex_);
  if (!has(RKNN_FLAG_MEM_ALLOC_OUTSIDE | RKNN_FLAG_INTERNAL_ALLOC_OUTSIDE)) {
    bad_parameter("the context was not made with RKNN_FLAG_INTERNAL_ALLOC_OUTSIDE");
  }
  const uint32_t needed = memory_size().total_internal_size;
  if (memory->size() < needed)
    bad_parameter(fmt::format("{} bytes for activations, {} needed", memory->size(), needed));
  internal_memory_ = memory;
}

void HostContext::set_input_shapes(std::span<const rknn_tensor_attr> attrs) {
  const std::lock_guard lock(mutex_);
  settle();
  const auto matches = [&](const Signature& candidate) {
    return std::ranges::all_of(attrs, [&](const rknn_tensor_attr& attr) {
      const TensorSpec& spec = candidate.inputs[attr.index];
      return dims_of(spec, attr) == told_dims(spec);
    });
  };
  for (const rknn_tensor_attr& attr : attrs) {
    if (attr.index >= inputs_.size()) {
      throw Failure(RKNN_ERR_INPUT_INVALID,
                    fmt::format("input index {}: there are {}", attr.index, inputs_.size()));
    }
  }
  for (size_t set = 0; set < model_->shape_sets(); ++set) {
    if (!matches(model_->signature(set))) continue;
    if (set == shape_set_) return;
    auto graph = model_->graph(set, inference_->graph().form());
    shape_set_ = set;
    inputs_.assign(inputs_.size(), {});
    outputs_.assign(outputs_.size(), {});
    use(std::move(graph));
    return;
  }
  refuse_shapes(*model_, attrs);
}

void HostContext::set_core_mask(rknn_core_mask mask) {
  const uint32_t cores = device_.queue.cores_of(mask);
  const std::lock_guard lock(mutex_);
  finish(0);
  cores_ = cores;
}

void HostContext::settle() {
  finish(0);
  if (has(RKNN_FLAG_COLLECT_MODEL_INFO_ONLY)) {
    throw Failure(RKNN_ERR_CTX_INVALID,
                  "the context was made for information only (RKNN_FLAG_COLLECT_MODEL_INFO_ONLY)");
  }
}

void HostContext::use(std::shared_ptr<const Graph> graph) {
  done_ = false;
  kept_frame_.reset();
  inference_ = std::make_unique<Inference>(std::move(graph));
}

}  // namespace weir::rknn_host
