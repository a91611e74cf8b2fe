// SPDX-License-Identifier: Apache-2.0
#include "backends/rknn/rknn_session.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "backends/rknn/rknn_error.h"

namespace weir {
namespace {

/// The handle's mutex must be held.
Result<RknnMemory> allocate(const RknnHandle& handle, uint32_t bytes) {
  RknnMemory memory(handle.library->create_mem(handle.context, bytes), {&handle});
  if (memory != nullptr) return memory;
  return Error{ErrorCode::kResourceExhausted,
               fmt::format("rknn_create_mem failed: no {} bytes for a tensor", bytes)};
}

}  // namespace

Result<std::shared_ptr<RknnInput>> RknnInput::create(std::shared_ptr<RknnHandle> home, uint32_t bytes) {
  const std::lock_guard lock(home->mutex);
  WEIR_ASSIGN_OR_RETURN(RknnMemory memory, allocate(*home, bytes));
  return std::make_shared<RknnInput>(std::move(home), std::move(memory));
}

std::shared_ptr<void> RknnInput::owner() {
  return {this, [self = shared_from_this()](void*) { self->abandoned_ = true; }};
}

RknnInput::~RknnInput() {
  const std::lock_guard lock(home_->mutex);
  memory_.reset();
}

Result<std::unique_ptr<RknnSession>> RknnSession::create(std::shared_ptr<RknnHandle> handle,
                                                         const RknnTensors& tensors) {
  auto session = std::make_unique<RknnSession>(std::move(handle), tensors);
  WEIR_RETURN_IF_ERROR(session->prepare());
  return session;
}

RknnSession::~RknnSession() {
  const std::lock_guard lock(handle_->mutex);
  outputs_.clear();
  for (KnownInput& known : inputs_) known.imported.reset();
  // The inputs themselves go when the lock is gone: they take it.
}

Status RknnSession::prepare() {
  const std::lock_guard lock(handle_->mutex);
  const RknnLibrary& library = *handle_->library;
  if (tensors_.shape) {
    rknn_tensor_attr shape = *tensors_.shape;
    WEIR_RETURN_IF_ERROR(
        rknn_status("rknn_set_input_shapes", library.set_input_shapes(handle_->context, 1, &shape)));
  }
  for (size_t i = 0; i < tensors_.outputs.size(); ++i) {
    WEIR_ASSIGN_OR_RETURN(RknnMemory memory, allocate(*handle_, tensors_.output_bytes(i)));
    rknn_tensor_attr attr = tensors_.outputs[i];
    WEIR_RETURN_IF_ERROR(rknn_status("rknn_set_io_mem of an output",
                                     library.set_io_mem(handle_->context, memory.get(), &attr)));
    outputs_.push_back(std::move(memory));
  }
  return {};
}

Status RknnSession::run(RknnInput& input) {
  std::vector<KnownInput> unused;  // goes after the lock: an input takes its own context's
  const std::lock_guard lock(handle_->mutex);
  if (&input != bound_) WEIR_RETURN_IF_ERROR(bind(input, unused));
  WEIR_RETURN_IF_ERROR(sync(bound_memory_, RKNN_MEMORY_SYNC_TO_DEVICE));
  WEIR_RETURN_IF_ERROR(rknn_status("rknn_run", handle_->library->run(handle_->context, nullptr)));
  for (const RknnMemory& output : outputs_) {
    WEIR_RETURN_IF_ERROR(sync(output.get(), RKNN_MEMORY_SYNC_FROM_DEVICE));
  }
  return {};
}

/// Lets the next runs read from `input`. Known inputs that will not come again move to `unused`.
Status RknnSession::bind(RknnInput& input, std::vector<KnownInput>& unused) {
  WEIR_ASSIGN_OR_RETURN(rknn_tensor_mem* const memory, import(input));
  rknn_tensor_attr attr = tensors_.input;
  bound_ = nullptr;  // where this fails, nobody knows what is bound
  WEIR_RETURN_IF_ERROR(rknn_status("rknn_set_io_mem of the input",
                                   handle_->library->set_io_mem(handle_->context, memory, &attr)));
  bound_ = &input;
  bound_memory_ = memory;
  const auto in_use = [&](const KnownInput& known) {
    return known.input.get() == bound_ || !known.input->is_abandoned();
  };
  const auto first_unused = std::stable_partition(inputs_.begin(), inputs_.end(), in_use);
  std::move(first_unused, inputs_.end(), std::back_inserter(unused));
  inputs_.erase(first_unused, inputs_.end());
  for (KnownInput& known : unused) known.imported.reset();
  return {};
}

/// `input` as memory of this context: its own, or imported once by its file descriptor.
Result<rknn_tensor_mem*> RknnSession::import(RknnInput& input) {
  const auto memory_of = [](const KnownInput& known) {
    return known.imported ? known.imported.get() : known.input->memory();
  };
  const auto found =
      std::ranges::find(inputs_, &input, [](const KnownInput& known) { return known.input.get(); });
  if (found != inputs_.end()) return memory_of(*found);

  KnownInput known{input.shared_from_this(), RknnMemory(nullptr, {handle_.get()})};
  if (&input.home() != handle_.get()) {
    const rknn_tensor_mem& origin = *input.memory();
    known.imported.reset(handle_->library->create_mem_from_fd(handle_->context, origin.fd, origin.virt_addr,
                                                              origin.size, origin.offset));
    if (known.imported == nullptr) {
      return Error{ErrorCode::kResourceExhausted,
                   "rknn_create_mem_from_fd failed: a context can't read another's input buffer"};
    }
  }
  inputs_.push_back(std::move(known));
  return memory_of(inputs_.back());
}

Status RknnSession::sync(rknn_tensor_mem* memory, rknn_mem_sync_mode mode) const {
  if (handle_->library->mem_sync == nullptr) return {};
  return rknn_status("rknn_mem_sync", handle_->library->mem_sync(handle_->context, memory, mode));
}

Result<int64_t> RknnSession::query_internal_bytes() {
  const std::lock_guard lock(handle_->mutex);
  rknn_mem_size size{};
  WEIR_RETURN_IF_ERROR(WEIR_RKNN_QUERY(*handle_->library, handle_->context, RKNN_QUERY_MEM_SIZE, size));
  return size.total_internal_size;
}

int64_t RknnSession::output_bytes() const {
  int64_t bytes = 0;
  for (const RknnMemory& output : outputs_) bytes += output->size;
  return bytes;
}

}  // namespace weir
