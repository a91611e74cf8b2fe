// SPDX-License-Identifier: Apache-2.0
// What a rknn_context stands for: inputs, outputs, cores, and at most one run at a time.
#pragma once

#include <atomic>
#include <cstdint>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rknn_host/device.h"
#include "rknn_host/failure.h"
#include "rknn_host/inference.h"
#include "rknn_host/leftovers.h"
#include "rknn_host/model/host_model.h"
#include "rknn_host/tensor_memory.h"

namespace weir::rknn_host {

/// Thread-safe: calls wait for each other. Every function may throw Failure; what of the API it is, api/
/// says.
///
/// States: no run yet, pending (started without waiting), done, failed. What needs results waits for a
/// pending run; a failed one is told by whoever asks for its outputs or waits for it.
class HostContext {
 public:
  /// Compiles, or shares `graph` if there is one, and runs once, unless `flags` ask for information only.
  HostContext(Device& device, std::shared_ptr<HostModel> model, uint32_t flags, size_t shape_set,
              std::shared_ptr<const Graph> graph);
  ~HostContext();
  HostContext(const HostContext&) = delete;
  HostContext& operator=(const HostContext&) = delete;

  /// A further context of the same model, with the same flags, shapes and graph.
  [[nodiscard]] std::shared_ptr<HostContext> duplicate();
  /// Puts what making the context took on the account; call once. `bytes` of information-only contexts are
  /// computed.
  void charge_internal(int64_t bytes);

  [[nodiscard]] const std::shared_ptr<HostModel>& model() const { return model_; }
  /// The tensors: as the model starts, which is as large as they get, or as they are now.
  [[nodiscard]] const Signature& first_signature() const {
    return model_->signature(model_->largest_shape_set());
  }
  [[nodiscard]] const Signature& current_signature();
  [[nodiscard]] rknn_mem_size memory_size() const;
  [[nodiscard]] int64_t last_run_us();
  /// The text lives until the next run. Needs RKNN_FLAG_COLLECT_PERF_MASK.
  [[nodiscard]] std::string_view performance();

  void set_inputs(std::span<const rknn_input> inputs);
  void set_io_memory(const std::shared_ptr<TensorMemory>& memory, const rknn_tensor_attr& attr);
  void set_weight_memory(const std::shared_ptr<TensorMemory>& memory);
  void set_internal_memory(const std::shared_ptr<TensorMemory>& memory);
  /// Chooses the set of shapes in which the inputs of these attributes have their dims.
  void set_input_shapes(std::span<const rknn_tensor_attr> attrs);
  void set_core_mask(rknn_core_mask mask);

  /// A call of `function` begins, which another thread must not be in the middle of: the name of the one that
  /// a thread is in, the first time that this happens; else null.
  [[nodiscard]] const char* begin_call(const char* function);
  void end_call() { call_ = nullptr; }
  /// Outputs that were given and not released. Never waits.
  [[nodiscard]] Leftovers outputs_left() const {
    return {.count = outputs_left_, .bytes = output_bytes_left_};
  }

  void run(rknn_run_extend* extend);
  void wait(const rknn_run_extend* extend);
  void get_outputs(std::span<rknn_output> outputs, rknn_output_extend* extend);
  void release_outputs(std::span<rknn_output> outputs);

 private:
  /// What became of a run that another has followed already (RKNN_FLAG_ASYNC_MASK).
  struct Frame {
    uint64_t id = 0;
    std::optional<Failure> failed;  ///< then without outputs
    std::vector<std::vector<float>> outputs;
  };

  [[nodiscard]] bool has(uint32_t flag) const { return (flags_ & flag) != 0; }
  [[nodiscard]] const Signature& signature() const { return model_->signature(shape_set_); }
  /// Waits for a pending run, so that its tensors may be changed; throws where nothing can ever run.
  void settle();
  void use(std::shared_ptr<const Graph> graph);

  // In host_context_run.cc, all with mutex_ held, compute() perhaps on a thread of its own.
  void require_inputs_and_memory() const;
  void choose_graph();
  void compute();
  void start();
  bool finish(int timeout_ms);  ///< 0: no limit; false: still pending
  void keep_frame();
  void give(rknn_output& output, const TensorSpec& spec, const float* values);

  Device& device_;
  const std::shared_ptr<HostModel> model_;
  const uint32_t flags_;
  MemoryAccount::Charge internal_charge_;
  std::atomic<const char*> call_{nullptr};  ///< that a thread is in the middle of
  std::atomic<bool> overlap_is_told_{false};
  std::atomic<int64_t> outputs_left_{0};
  std::atomic<int64_t> output_bytes_left_{0};

  std::mutex mutex_;  // guards what follows; a pending run uses it, too, and nobody else does meanwhile
  size_t shape_set_;
  uint32_t cores_ = 0;                    ///< bits; 0: any one
  std::unique_ptr<Inference> inference_;  ///< null in contexts for information only
  std::vector<Binding> inputs_;
  std::vector<Binding> outputs_;
  std::shared_ptr<TensorMemory> weight_memory_;
  std::shared_ptr<TensorMemory> internal_memory_;
  struct Given {
    std::unique_ptr<uint8_t[]> bytes;
    int64_t size;
  };
  std::map<void*, Given> given_;  ///< by rknn_outputs_get, not yet released

  uint64_t frame_id_ = 0;  ///< of the last run
  bool done_ = false;
  std::optional<Failure> failed_;
  std::optional<Frame> kept_frame_;  ///< what rknn_outputs_get gives until somebody waits for the newer one
  int64_t last_run_us_ = 0;
  std::string performance_;
  std::future<void> pending_;  // last: its end waits for the run
};

}  // namespace weir::rknn_host
