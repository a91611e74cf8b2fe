// SPDX-License-Identifier: Apache-2.0
// One RKNN context with the memory that is bound to it: what can run.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "backends/rknn/rknn_library.h"
#include "backends/rknn/rknn_tensors.h"
#include "base/result.h"
#include "infer/backend.h"

namespace weir {

/// Owns a rknn_context. A context may be used by one thread at a time: who uses it holds `mutex`.
struct RknnHandle {
  RknnHandle(std::shared_ptr<const RknnLibrary> of, rknn_context named, bool shares)
      : library(std::move(of)), context(named), shares_weights(shares) {}
  ~RknnHandle() { library->destroy(context); }
  RknnHandle(const RknnHandle&) = delete;
  RknnHandle& operator=(const RknnHandle&) = delete;

  const std::shared_ptr<const RknnLibrary> library;
  const rknn_context context;
  const bool shares_weights;  ///< a duplicate: has none of its own
  std::mutex mutex;
};

/// Memory that the NPU reads or writes; freed through the context it was made with, which must live.
struct RknnMemoryDeleter {
  const RknnHandle* handle = nullptr;
  void operator()(rknn_tensor_mem* memory) const { handle->library->destroy_mem(handle->context, memory); }
};
using RknnMemory = std::unique_ptr<rknn_tensor_mem, RknnMemoryDeleter>;

/// What is behind an InputBuffer. Any context of any model can run from it.
class RknnInput : public std::enable_shared_from_this<RknnInput> {
 public:
  /// Errors: kResourceExhausted.
  [[nodiscard]] static Result<std::shared_ptr<RknnInput>> create(std::shared_ptr<RknnHandle> home,
                                                                 uint32_t bytes);
  RknnInput(std::shared_ptr<RknnHandle> home, RknnMemory memory)
      : home_(std::move(home)), memory_(std::move(memory)) {}
  ~RknnInput();

  /// What an InputBuffer holds: `this`, and that it is not abandoned.
  [[nodiscard]] std::shared_ptr<void> owner();
  /// No InputBuffer holds it any more; contexts that have run from it may.
  [[nodiscard]] bool is_abandoned() const { return abandoned_; }
  [[nodiscard]] const RknnHandle& home() const { return *home_; }
  [[nodiscard]] rknn_tensor_mem* memory() const { return memory_.get(); }

 private:
  std::shared_ptr<RknnHandle> home_;
  RknnMemory memory_;
  std::atomic<bool> abandoned_{false};
};

/// One owner at a time. Inputs that it has run from stay alive until it runs from a new one, or ends.
class RknnSession {
 public:
  /// Chooses the shape and binds memory for the outputs. `tensors` must outlive the session.
  /// Errors: kResourceExhausted, those of rknn_set_io_mem and rknn_set_input_shapes.
  [[nodiscard]] static Result<std::unique_ptr<RknnSession>> create(std::shared_ptr<RknnHandle> handle,
                                                                   const RknnTensors& tensors);
  RknnSession(std::shared_ptr<RknnHandle> handle, const RknnTensors& tensors)
      : handle_(std::move(handle)), tensors_(tensors) {}
  ~RknnSession();
  RknnSession(const RknnSession&) = delete;
  RknnSession& operator=(const RknnSession&) = delete;

  [[nodiscard]] const std::shared_ptr<RknnHandle>& handle() const { return handle_; }
  /// Blocks until the outputs are there.
  Status run(RknnInput& input);
  [[nodiscard]] const void* output(size_t i) const { return outputs_[i]->virt_addr; }
  /// Of its activations, as the runtime tells it.
  [[nodiscard]] Result<int64_t> query_internal_bytes();
  [[nodiscard]] int64_t output_bytes() const;

 private:
  /// An input that was run from, as this context sees it.
  struct KnownInput {
    std::shared_ptr<RknnInput> input;
    RknnMemory imported;  ///< null where the input is this context's own
  };

  Status prepare();
  Status bind(RknnInput& input, std::vector<KnownInput>& unused);
  Result<rknn_tensor_mem*> import(RknnInput& input);
  Status sync(rknn_tensor_mem* memory, rknn_mem_sync_mode mode) const;

  std::shared_ptr<RknnHandle> handle_;
  const RknnTensors& tensors_;
  std::vector<RknnMemory> outputs_;
  std::vector<KnownInput> inputs_;
  const RknnInput* bound_ = nullptr;         ///< what the next run reads from ...
  rknn_tensor_mem* bound_memory_ = nullptr;  ///< ... and where
};

}  // namespace weir
