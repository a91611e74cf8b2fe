// SPDX-License-Identifier: Apache-2.0
// The whole: inputs, models, contexts and outputs of one run, wired.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "engine/config.h"
#include "engine/report.h"
#include "engine/stream.h"
#include "infer/model_store.h"

namespace weir {

/// States: created -> running -> done. create() does everything that can fail for reasons the user can mend:
/// opens inputs, outputs and models, makes and warms the contexts.
class Engine {
 public:
  /// An input that can't be opened is logged, kept for the report and left out; everything else that fails is
  /// the error. `config` must be valid. All inputs unusable: the error of the first. `stop`: kCancelled,
  /// after the model that is being loaded.
  [[nodiscard]] static Result<std::unique_ptr<Engine>> create(const EngineConfig& config,
                                                              std::stop_token stop);

  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  /// Runs every stream to its end and returns what happened. `stop` ends the run early: frames in a context
  /// are finished, waiting ones dropped. Once.
  RunReport run(std::stop_token stop);

  /// How things stand. Any thread.
  [[nodiscard]] RunReport report() const;

 private:
  struct Group;
  struct QueueCloser;
  struct Candidate;  ///< what create() passes from step to step
  using Candidates = std::vector<Candidate>;

  explicit Engine(const EngineConfig& config);

  Status open_inputs(Candidates& candidates);
  Status choose_models(Candidates& candidates);
  Status use_model(Candidate& candidate, const ModelInfo& info) const;
  Status leave_out(Candidates& candidates, const std::vector<std::pair<size_t, Error>>& failures);
  Status open_outputs(Candidates& candidates);
  Status load(Candidates& candidates, const std::stop_token& stop);
  Status make_streams(Candidates& candidates);

  void begin_measuring();
  [[nodiscard]] std::vector<LedgerEntry> account() const;

  const EngineConfig config_;
  std::unique_ptr<Backend> backend_;
  DeviceInfo device_;
  int cores_ = 1;
  int64_t process_bytes_ = 0;           ///< anonymous memory before anything was opened
  std::vector<int64_t> decoder_bytes_;  ///< that opening each input added, without its surfaces
  int64_t runtime_bytes_ = 0;           ///< that the backend's runtime added, having read the models once
  std::vector<StreamReport> stream_reports_;  ///< all of the configuration's streams, without what changes
  std::unique_ptr<ModelStore> store_;
  std::vector<std::unique_ptr<Group>> groups_;
  std::vector<std::unique_ptr<Stream>> streams_;  ///< by index of the configuration; null where not opened
  std::unique_ptr<MemoryMonitor> monitor_;

  mutable std::mutex mutex_;  // guards what follows
  std::chrono::steady_clock::time_point measured_from_;
  std::chrono::nanoseconds cpu_at_measured_from_{0};
  std::chrono::nanoseconds wall_time_{0};  ///< 0 until done
  std::chrono::nanoseconds cpu_time_{0};
  bool interrupted_ = false;
};

}  // namespace weir
