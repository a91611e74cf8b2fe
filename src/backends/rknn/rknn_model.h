// SPDX-License-Identifier: Apache-2.0
// A model of the RKNN runtime: what rknn_init made once and rknn_dup_context shares.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>

#include "backends/rknn/rknn_runtime.h"
#include "backends/rknn/rknn_session.h"
#include "backends/rknn/rknn_tensors.h"
#include "base/result.h"
#include "infer/backend.h"

namespace weir {

/// A model file as the runtime has taken it.
struct RknnLoaded {
  std::shared_ptr<RknnHandle> handle;
  RknnTensors tensors;
};

/// rknn_init, and what the model takes and gives. Errors name the model: those of RknnRuntime::init() and
/// read_tensors(), kUnsupported (another precision than the one built into the model).
[[nodiscard]] Result<RknnLoaded> load_rknn(RknnRuntime& runtime, const ModelSpec& spec);

/// Its first context is the initialised one itself, further ones are duplicates of it: k contexts that share
/// are one rknn_init and k - 1 rknn_dup_context. Where the chip can't duplicate, each further one is an init
/// of its own, and the bill says so.
class RknnModel : public Model, public std::enable_shared_from_this<RknnModel> {
 public:
  [[nodiscard]] static Result<std::shared_ptr<RknnModel>> load(std::shared_ptr<RknnRuntime> runtime,
                                                               const ModelSpec& spec);
  /// `shared_bytes`: what loading cost beside weights and activations.
  RknnModel(std::shared_ptr<RknnRuntime> runtime, RknnLoaded loaded, int64_t weights_bytes,
            int64_t shared_bytes);

  const ModelInfo& info() const override { return tensors_.info; }
  MemoryBill bill() const override;  ///< of the contexts that there are now
  Result<InputBuffer> allocate_input() override;
  Result<std::unique_ptr<Context>> new_context(int core) override;

  // For its contexts:

  /// Puts a session on the bill.
  void begin(const RknnSession& session, int64_t bytes);
  /// Takes it off again, and back.
  void end(std::unique_ptr<RknnSession> session, int64_t bytes);
  /// Another in the place of one that keeps failing; never the first, of which the others are duplicates and
  /// which stays as it is.
  Status replace(std::unique_ptr<RknnSession>& failing, int core);

 private:
  std::shared_ptr<RknnHandle> take_first();
  Result<std::shared_ptr<RknnHandle>> make_handle();
  Result<std::shared_ptr<RknnHandle>> duplicate();
  Status place(RknnHandle& handle, int core);
  Result<std::unique_ptr<RknnSession>> make_session(std::shared_ptr<RknnHandle> handle, int core);
  Result<int64_t> bytes_of(RknnSession& session, int64_t before) const;
  [[nodiscard]] bool is_further_copy(const RknnSession& session) const;

  const std::shared_ptr<RknnRuntime> runtime_;
  const std::shared_ptr<RknnHandle> first_;
  const RknnTensors tensors_;
  const int64_t weights_bytes_;
  const int64_t shared_bytes_;
  std::atomic<bool> first_is_free_{true};
  std::atomic<bool> can_duplicate_{true};
  std::atomic<bool> has_duplicated_{false};
  std::atomic<int64_t> further_copies_{0};  ///< of the weights, in contexts that could not be duplicates
  std::atomic<int64_t> context_bytes_{0};
};

}  // namespace weir
