// SPDX-License-Identifier: Apache-2.0
#include "rknn_host/handles.h"

#include <fmt/format.h>

#include "rknn_host/failure.h"

namespace weir::rknn_host {
namespace {

[[noreturn]] void no_context(rknn_context handle) {
  throw Failure(RKNN_ERR_CTX_INVALID, fmt::format("{:#x} is no context", handle));
}

}  // namespace

rknn_context Handles::add(std::shared_ptr<HostContext> context) {
  const std::lock_guard lock(mutex_);
  contexts_.emplace(next_, std::move(context));
  return next_++;
}

std::shared_ptr<HostContext> Handles::context(rknn_context handle) const {
  const std::lock_guard lock(mutex_);
  const auto found = contexts_.find(handle);
  if (found == contexts_.end()) no_context(handle);
  return found->second;
}

std::shared_ptr<HostContext> Handles::remove(rknn_context handle) {
  const std::lock_guard lock(mutex_);
  const auto node = contexts_.extract(handle);
  if (node.empty()) no_context(handle);
  return std::move(node.mapped());
}

std::vector<std::shared_ptr<HostContext>> Handles::contexts() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::shared_ptr<HostContext>> all;
  for (const auto& [handle, context] : contexts_) all.push_back(context);
  return all;
}

bool Handles::was_given(rknn_context handle) const {
  const std::lock_guard lock(mutex_);
  return handle >= kFirst && handle < next_;
}

rknn_tensor_mem* Handles::add(std::shared_ptr<TensorMemory> memory, rknn_context maker,
                              MemoryAccount::Charge charge) {
  const std::lock_guard lock(mutex_);
  rknn_tensor_mem* handle = memory->handle();
  memories_.emplace(handle, Entry{.memory = std::move(memory), .maker = maker, .charge = std::move(charge)});
  return handle;
}

std::shared_ptr<TensorMemory> Handles::memory(const rknn_tensor_mem* handle) const {
  const std::lock_guard lock(mutex_);
  const auto found = memories_.find(handle);
  if (found == memories_.end()) throw Failure(RKNN_ERR_PARAM_INVALID, "mem is no memory of this runtime");
  return found->second.memory;
}

std::shared_ptr<TensorMemory> Handles::remove(const rknn_tensor_mem* handle) {
  const std::lock_guard lock(mutex_);
  auto node = memories_.extract(handle);
  if (node.empty()) throw Failure(RKNN_ERR_PARAM_INVALID, "mem is no memory of this runtime");
  return std::move(node.mapped().memory);
}

Leftovers Handles::memory_left_by(rknn_context maker) {
  return tell([&](const Entry& entry) { return entry.maker == maker; });
}

Leftovers Handles::memory_left() {
  return tell([](const Entry&) { return true; });
}

template <class Condition>
Leftovers Handles::tell(Condition&& condition) {
  const std::lock_guard lock(mutex_);
  Leftovers left;
  for (auto& [handle, entry] : memories_) {
    if (entry.is_told || !condition(entry)) continue;
    entry.is_told = true;
    left += {.count = 1, .bytes = entry.memory->size()};
  }
  return left;
}

}  // namespace weir::rknn_host
