// SPDX-License-Identifier: Apache-2.0
// Loads models and makes the pools that run them, as the sharing policy says.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "detect/detector.h"
#include "engine/config.h"
#include "engine/context_plan.h"
#include "engine/model_pool.h"
#include "engine/parts.h"
#include "infer/model_store.h"
#include "types/ledger.h"

namespace weir {

/// Knows the pools that are there and gives them to streams; those who use a pool keep it. Loading happens
/// one after another. Any thread.
class PoolRegistry {
 public:
  struct Opened {
    std::shared_ptr<ModelPool> pool;
    std::shared_ptr<const Detector> detector;
    int streams = 1;  ///< that the pool is expected to serve
  };

  /// What was used so far.
  struct Summary {
    std::vector<std::string> backends;
    std::vector<std::string> versions;
    std::vector<std::string> devices;
    std::vector<Precision> precisions;
    std::vector<InputSize> input_sizes;
    int cores = 0;
    size_t most_models = 0;    ///< at one time
    size_t most_contexts = 0;  ///< at one time
  };

  class Plan;  ///< what plan() finds out for open()

  /// `config` is valid and outlives the registry.
  PoolRegistry(const EngineConfig& config, const EngineParts& parts);

  /// A stream with a source of that size will come. A model that takes its input size from its streams takes
  /// it from those that were expected when it is loaded; if none were, from the first one that comes.
  void expect(const StreamConfig& stream, const SourceInfo& source);
  /// Whether more streams of this model could change its input size.
  [[nodiscard]] bool is_size_open(const StreamConfig& stream);

  /// What a stream with that source needs, found without loading anything. Errors name the model, or its
  /// labels.
  [[nodiscard]] Result<Plan> plan(const StreamConfig& stream, const SourceInfo& source);
  /// The pool that serves it: one that is there, or a new one, whose model may be shared with others. Errors
  /// name the model. kCancelled: `stop` was requested; the model that is being loaded is loaded to its end.
  [[nodiscard]] Result<Opened> open(Plan plan, const std::stop_token& stop);

  void add_to_ledger(std::vector<LedgerEntry>& ledger) const;
  [[nodiscard]] Summary summary() const;

 private:
  using PictureSizes = std::set<std::pair<int, int>>;  // width and height in pixels, as displayed
  struct OpenBackend {
    std::unique_ptr<Backend> backend;
    DeviceInfo device;
    int next_core = 0;
  };
  /// What is known of a model file, as one configuration uses it.
  struct KnownModel {
    std::string hash;
    OpenBackend* open = nullptr;
    ModelInfo own;  ///< at its own input size
  };

  [[nodiscard]] Result<OpenBackend*> backend_of(const ModelConfig& model);
  [[nodiscard]] Result<KnownModel> look_at(const ModelConfig& model);
  [[nodiscard]] Result<ModelInfo> choose_size(const ModelConfig& model, const KnownModel& known,
                                              const PictureSizes& pictures) const;
  [[nodiscard]] Result<std::shared_ptr<ModelPool>> make_pool(const Plan& plan, const std::stop_token& stop);
  [[nodiscard]] std::shared_ptr<ModelPool> find_pool(const std::string& key) const;
  void report_loading(const Plan& plan) const;
  [[nodiscard]] StreamCounts counts(const std::string& hash) const;
  [[nodiscard]] static Result<std::shared_ptr<const Detector>> make_detector(const Plan& plan,
                                                                             const ModelInfo& info);
  void note_backend(const OpenBackend& open);
  void note_pool(const ModelPool& pool);

  const EngineConfig& config_;
  const EngineParts& parts_;
  std::map<std::string, std::string> hash_of_model_;  // of the configuration's, by name

  std::mutex loading_mutex_;                     // held while loading; guards what follows
  std::map<std::string, OpenBackend> backends_;  // by the name in the configuration, and a format
  std::map<std::string, KnownModel> known_;      // by content hash, backend and precision
  std::map<std::string, std::weak_ptr<ModelPool>> pools_;
  std::map<std::string, PictureSizes> expected_;  // by content hash
  int next_context_ = 0;
  bool loading_reported_ = false;
  ModelStore store_;

  mutable std::mutex mutex_;   // held for a moment; guards what follows
  int64_t runtime_bytes_ = 0;  // that the backends' runtimes added, having read the models once
  Summary summary_;
};

class PoolRegistry::Plan {
  friend class PoolRegistry;
  StreamConfig stream_;
  const ModelConfig* model_ = nullptr;
  KnownModel known_;
  PoolPlan pool_;
  int streams_ = 1;  // that the pool is expected to serve
  std::string key_;  // equal for streams that share a pool
  ModelInfo info_;   // of the model as it will be run
  std::shared_ptr<const Detector> detector_;
};

}  // namespace weir
