// SPDX-License-Identifier: Apache-2.0
#include "engine/pool_registry.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "image/fit_input_size.h"
#include "memory/process_memory.h"

namespace weir {
namespace {

Error stopped_while_loading() {
  return {ErrorCode::kCancelled, "stopped while loading"};
}

template <class T>
void add_once(std::vector<T>& list, const T& item) {
  if (std::ranges::find(list, item) == list.end()) list.push_back(item);
}

/// The one size that fits all these pictures' aspect ratios; nothing where they differ.
std::optional<InputSize> common_size(InputSize own, const std::set<std::pair<int, int>>& pictures) {
  std::optional<InputSize> common;
  for (const auto& [width_px, height_px] : pictures) {
    const InputSize size = fit_input_size(own, width_px, height_px);
    if (common && *common != size) return std::nullopt;
    common = size;
  }
  return common;
}

void add_model(const Model& model, size_t number, std::vector<LedgerEntry>& ledger) {
  const std::string file = std::filesystem::path(model.info().path).filename().string();
  const std::string owner = fmt::format("{} #{}", file, number);
  const MemoryBill bill = model.bill();
  ledger.push_back({MemoryKind::kWeights, owner, bill.weights_bytes});
  ledger.push_back({MemoryKind::kCompiledModel, owner, bill.shared_bytes});
  ledger.push_back({MemoryKind::kActivations, owner, bill.context_bytes});
}

}  // namespace

PoolRegistry::PoolRegistry(const EngineConfig& config, const EngineParts& parts)
    : config_(config), parts_(parts) {
  for (const ModelConfig& model : config.models) {
    // A file that can't be read fails when it is needed.
    hash_of_model_[model.name] = identity_hash(model.path).value_or(model.path);
  }
}

StreamCounts PoolRegistry::counts(const std::string& hash) const {
  StreamCounts counts{.all = static_cast<int>(config_.streams.size()), .of_model = 0};
  for (const StreamConfig& stream : config_.streams) {
    const auto found = hash_of_model_.find(stream.model);
    if (found != hash_of_model_.end() && found->second == hash) ++counts.of_model;
  }
  return counts;
}

// ---------------------------------------------------------------- what a model is

Result<PoolRegistry::OpenBackend*> PoolRegistry::backend_of(const ModelConfig& model) {
  // "auto" may choose by the file's format.
  const std::string key = model.backend + std::filesystem::path(model.path).extension().string();
  if (const auto found = backends_.find(key); found != backends_.end()) return &found->second;
  OpenBackend open;
  WEIR_ASSIGN_OR_RETURN(open.backend, parts_.open_backend(config_, model));
  for (auto& [other_key, other] : backends_) {
    if (other.backend->name() == open.backend->name()) return &other;
  }
  WEIR_ASSIGN_OR_RETURN(open.device, open.backend->device());
  OpenBackend& kept = backends_.emplace(key, std::move(open)).first->second;
  note_backend(kept);
  return &kept;
}

Result<PoolRegistry::KnownModel> PoolRegistry::look_at(const ModelConfig& model) {
  const int64_t before = settled_anonymous_bytes();
  WEIR_ASSIGN_OR_RETURN(OpenBackend * open, backend_of(model));
  WEIR_ASSIGN_OR_RETURN(const std::string hash, identity_hash(model.path));
  const std::string key = fmt::format("{} {} {}", hash, open->backend->name(), to_string(model.precision));
  if (const auto found = known_.find(key); found != known_.end()) return found->second;
  WEIR_ASSIGN_OR_RETURN(ModelInfo own,
                        open->backend->inspect({.path = model.path, .precision = model.precision}));
  const KnownModel& known = known_[key] = {.hash = hash, .open = open, .own = std::move(own)};
  const int64_t added = settled_anonymous_bytes() - before;
  const std::lock_guard lock(mutex_);
  runtime_bytes_ += std::max<int64_t>(0, added);
  return known;
}

void PoolRegistry::expect(const StreamConfig& stream, const SourceInfo& source) {
  const std::lock_guard loading(loading_mutex_);
  const auto hash = hash_of_model_.find(stream.model);
  if (hash != hash_of_model_.end()) expected_[hash->second].emplace(source.width_px, source.height_px);
}

bool PoolRegistry::is_size_open(const StreamConfig& stream) {
  const std::lock_guard loading(loading_mutex_);
  const ModelConfig* model = config_.find_model(stream.model);
  if (model == nullptr || model->input_size.kind != InputSizeChoice::Kind::kAuto) return false;
  const Result<KnownModel> known = look_at(*model);
  if (!known) return false;
  const PictureSizes& expected = expected_[known->hash];
  return expected.empty() || common_size(known->own.input_size, expected).has_value();
}

/// What the model will be run as, for pictures of these sizes. Says so if the model can't take their aspect
/// ratio.
Result<ModelInfo> PoolRegistry::choose_size(const ModelConfig& model, const KnownModel& known,
                                            const PictureSizes& pictures) const {
  const auto tell = [&](const std::string& message) { parts_.on_event({.message = message}); };
  const InputSize own = known.own.input_size;
  ModelSpec spec{.path = model.path, .precision = model.precision};
  switch (model.input_size.kind) {
    case InputSizeChoice::Kind::kModel:
      return known.own;
    case InputSizeChoice::Kind::kExact:
      spec.input_size = model.input_size.exact;
      return known.open->backend->inspect(spec);
    case InputSizeChoice::Kind::kAuto:
      break;
  }
  spec.input_size = common_size(own, pictures);
  if (!spec.input_size) {
    tell(fmt::format("the streams' aspect ratios differ: running at the model's own {}x{}", own.width_px,
                     own.height_px));
    return known.own;
  }
  if (*spec.input_size == own) return known.own;
  Result<ModelInfo> fitted = known.open->backend->inspect(spec);
  if (fitted || fitted.error().code != ErrorCode::kUnsupported) return fitted;
  tell(fmt::format("{}: running at its own {}x{}", fitted.error().message, own.width_px, own.height_px));
  return known.own;
}

// ---------------------------------------------------------------- pools

Result<PoolRegistry::Plan> PoolRegistry::plan(const StreamConfig& stream, const SourceInfo& source) {
  Plan plan;
  plan.stream_ = stream;
  plan.model_ = config_.find_model(stream.model);
  if (plan.model_ == nullptr)
    return Error{ErrorCode::kInvalidArgument, fmt::format("there is no model '{}'", stream.model)};
  const ModelConfig& model = *plan.model_;
  const std::lock_guard loading(loading_mutex_);
  WEIR_ASSIGN_OR_RETURN(plan.known_, look_at(model));
  const StreamCounts streams = counts(plan.known_.hash);
  const OpenBackend& open = *plan.known_.open;
  plan.pool_ = plan_pool(config_, streams, config_.cores.value_or(open.device.cores));
  plan.streams_ = plan.pool_.is_dedicated ? 1 : std::max(1, streams.of_model);
  plan.key_ =
      fmt::format("{} {} {} {} {}x{} {}", plan.known_.hash, open.backend->name(), to_string(model.precision),
                  static_cast<int>(model.input_size.kind), model.input_size.exact.width_px,
                  model.input_size.exact.height_px, plan.pool_.is_dedicated ? stream.name : "");
  if (const auto pool = find_pool(plan.key_)) {
    plan.info_ = pool->info();
  } else {
    PictureSizes pictures = expected_[plan.known_.hash];
    if (pictures.empty()) pictures.emplace(source.width_px, source.height_px);
    WEIR_ASSIGN_OR_RETURN(plan.info_, choose_size(model, plan.known_, pictures));
  }
  WEIR_ASSIGN_OR_RETURN(plan.detector_, make_detector(plan, plan.info_));
  return plan;
}

Result<std::shared_ptr<const Detector>> PoolRegistry::make_detector(const Plan& plan, const ModelInfo& info) {
  const ModelConfig& model = *plan.model_;
  auto detector = Detector::create(info, {.score_threshold = plan.stream_.score.value_or(model.score),
                                          .nms_threshold = plan.stream_.nms.value_or(model.nms),
                                          .labels_path = model.labels});
  if (!detector) return detector.error().in(fmt::format("model '{}'", model.path));
  return detector;
}

std::shared_ptr<ModelPool> PoolRegistry::find_pool(const std::string& key) const {
  const auto found = pools_.find(key);
  return found == pools_.end() ? nullptr : found->second.lock();
}

Result<PoolRegistry::Opened> PoolRegistry::open(Plan plan, const std::stop_token& stop) {
  const std::lock_guard loading(loading_mutex_);
  if (stop.stop_requested()) return stopped_while_loading();
  Opened opened{.pool = find_pool(plan.key_), .detector = plan.detector_, .streams = plan.streams_};
  if (opened.pool == nullptr) {
    if (!std::exchange(loading_reported_, true)) report_loading(plan);
    WEIR_ASSIGN_OR_RETURN(opened.pool, make_pool(plan, stop));
    pools_[plan.key_] = opened.pool;
    note_pool(*opened.pool);
  } else if (opened.pool->info().input_size != plan.info_.input_size) {  // opened by another stream meanwhile
    WEIR_ASSIGN_OR_RETURN(opened.detector, make_detector(plan, opened.pool->info()));
  }
  return opened;
}

/// Once, with what all streams of the configuration will need.
void PoolRegistry::report_loading(const Plan& plan) const {
  const size_t streams = std::max<size_t>(1, config_.streams.size());
  std::set<std::string> models;
  for (const auto& [name, hash] : hash_of_model_) models.insert(hash);
  const size_t pools = plan.pool_.is_dedicated ? streams : models.size();
  parts_.on_event(
      {.message = fmt::format("loading: streams {}, sharing {}, contexts {}, cores {}", streams,
                              to_string(config_.sharing), pools * static_cast<size_t>(plan.pool_.contexts),
                              config_.cores.value_or(plan.known_.open->device.cores))});
}

Result<std::shared_ptr<ModelPool>> PoolRegistry::make_pool(const Plan& plan, const std::stop_token& stop) {
  OpenBackend& open = *plan.known_.open;
  const ModelSpec spec{.path = plan.model_->path,
                       .input_size = plan.info_.input_size,
                       .precision = plan.info_.precision,
                       .cores = plan.pool_.model_cores};
  const int cores = config_.cores.value_or(open.device.cores);
  std::shared_ptr<Model> first;
  std::vector<std::unique_ptr<Context>> contexts;
  for (int i = 0; i < plan.pool_.contexts; ++i) {
    if (stop.stop_requested()) return stopped_while_loading();
    const auto at_context = [&](const Error& error) {
      return error.in(fmt::format("context {} of {}", i + 1, plan.pool_.contexts));
    };
    Result<std::shared_ptr<Model>> model =
        store_.get(*open.backend, spec, plan.known_.hash,
                   sharer_of(config_.sharing, plan.stream_.name, next_context_++));
    if (!model) return at_context(model.error());
    Result<std::unique_ptr<Context>> context = (*model)->new_context(open.next_core++ % cores);
    if (!context) return at_context(context.error());
    if (const Status fits = plan.detector_->check(**context); !fits)
      return at_context(fits.error().in(fmt::format("model '{}'", spec.path)));
    if (first == nullptr) first = *model;
    contexts.push_back(*std::move(context));
  }
  return ModelPool::create(std::move(first), std::move(contexts));
}

// ---------------------------------------------------------------- accounts

void PoolRegistry::note_backend(const OpenBackend& open) {
  const std::lock_guard lock(mutex_);
  add_once(summary_.backends, std::string(open.backend->name()));
  add_once(summary_.versions, open.device.runtime_version);
  add_once(summary_.devices, open.device.name);
  summary_.cores = std::max(summary_.cores, config_.cores.value_or(open.device.cores));
}

void PoolRegistry::note_pool(const ModelPool& pool) {
  size_t contexts = 0;
  for (const auto& [key, entry] : pools_) {
    if (const auto there = entry.lock()) contexts += there->contexts();
  }
  std::erase_if(pools_, [](const auto& entry) { return entry.second.expired(); });
  const size_t models = store_.models().size();
  const std::lock_guard lock(mutex_);
  add_once(summary_.precisions, pool.info().precision);
  add_once(summary_.input_sizes, pool.info().input_size);
  summary_.most_models = std::max(summary_.most_models, models);
  summary_.most_contexts = std::max(summary_.most_contexts, contexts);
}

void PoolRegistry::add_to_ledger(std::vector<LedgerEntry>& ledger) const {
  {
    const std::lock_guard lock(mutex_);
    if (!summary_.backends.empty())
      ledger.push_back(
          {MemoryKind::kRuntime, fmt::format("{}", fmt::join(summary_.backends, ", ")), runtime_bytes_});
  }
  size_t number = 0;
  for (const auto& model : store_.models()) add_model(*model, ++number, ledger);
}

PoolRegistry::Summary PoolRegistry::summary() const {
  const std::lock_guard lock(mutex_);
  return summary_;
}

}  // namespace weir
