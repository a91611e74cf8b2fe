// SPDX-License-Identifier: Apache-2.0
// How an engine comes to be: inputs, then models as the inputs need them, then contexts, then streams.
#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "backends/all_backends.h"
#include "engine/context_plan.h"
#include "engine/engine.h"
#include "engine/engine_group.h"
#include "image/fit_input_size.h"
#include "memory/process_memory.h"
#include "sinks/annotate_sink.h"
#include "sinks/jsonl_sink.h"

namespace weir {

/// A stream whose input could be opened, on its way to become a Stream.
struct Engine::Candidate {
  size_t index = 0;  ///< in the configuration
  std::unique_ptr<Source> source;
  ModelSpec spec;
  std::string model_hash;
  std::shared_ptr<const Detector> detector;
  std::vector<std::unique_ptr<Sink>> sinks;
  size_t group = 0;
};

namespace {

/// The one size that fits all these streams' aspect ratios; nothing where they differ.
std::optional<InputSize> common_size(InputSize own, const std::vector<const SourceInfo*>& sources) {
  std::optional<InputSize> common;
  for (const SourceInfo* source : sources) {
    const InputSize size = fit_input_size(own, source->width_px, source->height_px);
    if (common && *common != size) return std::nullopt;
    common = size;
  }
  return common;
}

/// What the model at `spec.path` will be run as, for streams from these sources. Says so where the model
/// can't take the streams' aspect ratio.
Result<ModelInfo> choose_size(Backend& backend, ModelSpec spec, const InputSizeChoice& choice,
                              const std::vector<const SourceInfo*>& sources) {
  if (choice.kind == InputSizeChoice::Kind::kExact) spec.input_size = choice.exact;
  WEIR_ASSIGN_OR_RETURN(ModelInfo own, backend.inspect(spec));
  if (choice.kind != InputSizeChoice::Kind::kAuto) return own;

  const std::optional<InputSize> wanted = common_size(own.input_size, sources);
  if (!wanted) {
    spdlog::info(fmt::format("the streams' aspect ratios differ: running at the model's own {}x{}",
                             own.input_size.width_px, own.input_size.height_px));
    return own;
  }
  if (*wanted == own.input_size) return own;
  spec.input_size = wanted;
  Result<ModelInfo> fitted = backend.inspect(spec);
  if (fitted || fitted.error().code != ErrorCode::kUnsupported) return fitted;
  spdlog::info(fmt::format("{}: running at its own {}x{}", fitted.error().message, own.input_size.width_px,
                           own.input_size.height_px));
  return own;
}

Error stopped_while_loading() {
  return {ErrorCode::kCancelled, "stopped while loading"};
}

Error at_context(const Error& error, size_t number, size_t of) {
  return error.in(fmt::format("context {} of {}", number + 1, of));
}

}  // namespace

Result<std::unique_ptr<Engine>> Engine::create(const EngineConfig& config, std::stop_token stop) {
  std::unique_ptr<Engine> engine(new Engine(config));
  engine->process_bytes_ = settled_anonymous_bytes();
  Candidates candidates;
  WEIR_RETURN_IF_ERROR(engine->open_inputs(candidates));
  if (stop.stop_requested()) return stopped_while_loading();
  WEIR_RETURN_IF_ERROR(engine->choose_models(candidates));
  if (stop.stop_requested()) return stopped_while_loading();
  WEIR_RETURN_IF_ERROR(engine->open_outputs(candidates));
  WEIR_RETURN_IF_ERROR(engine->load(candidates, stop));
  WEIR_RETURN_IF_ERROR(engine->make_streams(candidates));
  return engine;
}

Status Engine::open_inputs(Candidates& candidates) {
  std::optional<Error> first_error;
  decoder_bytes_.resize(config_.streams.size());
  for (size_t i = 0; i < config_.streams.size(); ++i) {
    const StreamConfig& stream = config_.streams[i];
    StreamReport& report = stream_reports_.emplace_back();
    report.name = stream.name;
    report.input = stream.input;
    const int64_t before = settled_anonymous_bytes();
    Result<std::unique_ptr<Source>> source = open_source(stream.input);
    if (!source) {
      const Error error = source.error().in(fmt::format("stream '{}'", stream.name));
      report.problems.push_back(source.error().message);
      if (config_.streams.size() > 1) spdlog::error(error.message);
      if (!first_error) first_error = error;
      continue;
    }
    report.opened = true;
    report.description = (*source)->info().description;
    report.expected = config_.loop ? std::nullopt : (*source)->info().frames;
    if (config_.frames)
      report.expected = std::min(report.expected.value_or(*config_.frames), *config_.frames);
    decoder_bytes_[i] = std::max<int64_t>(0, settled_anonymous_bytes() - before - (*source)->surface_bytes());
    candidates.push_back({.index = i, .source = *std::move(source)});
  }
  if (!candidates.empty()) return {};
  if (config_.streams.size() == 1) return *first_error;
  return Error{first_error->code, "none of the inputs can be opened"};
}

Status Engine::choose_models(Candidates& candidates) {
  const int64_t before = settled_anonymous_bytes();
  WEIR_ASSIGN_OR_RETURN(backend_, open_backend(config_.backend, {.rknn_library = config_.rknn_library},
                                               config_.streams[candidates.front().index].model));
  WEIR_ASSIGN_OR_RETURN(device_, backend_->device());
  cores_ = config_.cores.value_or(device_.cores);
  store_ = std::make_unique<ModelStore>(*backend_);

  std::map<std::string, std::vector<const SourceInfo*>> sources_of_model;
  for (auto& candidate : candidates) {
    const std::string& path = config_.streams[candidate.index].model;
    candidate.model_hash = store_->hash_of(path).value_or(path);  // a file that can't be read fails below
    candidate.spec = {.path = path, .precision = config_.precision};
    sources_of_model[candidate.model_hash].push_back(&candidate.source->info());
  }
  std::vector<std::pair<size_t, Error>> failures;
  std::map<std::string, Result<ModelInfo>> chosen;
  for (size_t i = 0; i < candidates.size(); ++i) {
    auto& candidate = candidates[i];
    auto found = chosen.find(candidate.model_hash);
    if (found == chosen.end()) {
      found = chosen
                  .emplace(candidate.model_hash, choose_size(*backend_, candidate.spec, config_.input_size,
                                                             sources_of_model[candidate.model_hash]))
                  .first;
    }
    const Status status = found->second ? use_model(candidate, *found->second) : found->second.error();
    if (!status) failures.emplace_back(i, status.error());
  }
  runtime_bytes_ = std::max<int64_t>(0, settled_anonymous_bytes() - before);
  return leave_out(candidates, failures);
}

/// Gives the stream its detector for that model.
Status Engine::use_model(Candidate& candidate, const ModelInfo& info) const {
  candidate.spec.input_size = info.input_size;
  candidate.spec.precision = info.precision;
  auto detector = Detector::create(info, {.score_threshold = config_.score_threshold,
                                          .nms_threshold = config_.nms_threshold,
                                          .labels_path = config_.streams[candidate.index].labels});
  if (!detector) return detector.error().in(fmt::format("model '{}'", candidate.spec.path));
  candidate.detector = *std::move(detector);
  return {};
}

/// Candidates whose model can't be used are logged, kept for the report and left out; where no other is left,
/// the first failure is the error.
Status Engine::leave_out(Candidates& candidates, const std::vector<std::pair<size_t, Error>>& failures) {
  if (failures.size() == candidates.size()) return failures.front().second;
  for (auto failure = failures.rbegin(); failure != failures.rend(); ++failure) {
    const auto& [i, error] = *failure;
    StreamReport& report = stream_reports_[candidates[i].index];
    spdlog::error(fmt::format("stream '{}': {}", report.name, error.message));
    report.problems.push_back(error.message);
    report.opened = false;
    candidates.erase(candidates.begin() + static_cast<int64_t>(i));
  }
  return {};
}

Status Engine::open_outputs(Candidates& candidates) {
  std::shared_ptr<JsonlFile> results;
  if (!config_.results.empty()) {
    WEIR_ASSIGN_OR_RETURN(results, JsonlFile::create(config_.results));
  }
  for (auto& candidate : candidates) {
    const std::string& name = config_.streams[candidate.index].name;
    const std::vector<std::string>& labels = candidate.detector->labels();
    if (results) candidate.sinks.push_back(std::make_unique<JsonlSink>(name, labels, results));
    if (config_.annotate.empty()) continue;
    const SourceInfo& source = candidate.source->info();
    WEIR_ASSIGN_OR_RETURN(auto sink, AnnotateSink::create({.folder = config_.annotate,
                                                           .stream = name,
                                                           .labels = labels,
                                                           .frame_rate = source.frame_rate,
                                                           .still = source.still}));
    candidate.sinks.push_back(std::move(sink));
  }
  return {};
}

Status Engine::load(Candidates& candidates, const std::stop_token& stop) {
  std::vector<PlannedStream> planned;
  for (const auto& candidate : candidates) {
    planned.push_back({config_.streams[candidate.index].name, candidate.model_hash});
  }
  const std::vector<PlannedGroup> plan = plan_contexts(config_, planned, cores_);
  size_t contexts = 0;
  for (const PlannedGroup& group : plan) contexts += group.contexts.size();
  spdlog::info(fmt::format("loading: streams {}, sharing {}, contexts {}, cores {}", planned.size(),
                           to_string(config_.sharing), contexts, cores_));

  size_t number = 0;
  for (size_t g = 0; g < plan.size(); ++g) {
    auto group = std::make_unique<Group>();
    for (const PlannedContext& context : plan[g].contexts) {
      if (stop.stop_requested()) return stopped_while_loading();
      ModelSpec spec = candidates[context.stream].spec;
      spec.cores = context.model_cores;
      Result<std::shared_ptr<Model>> model = store_->get(spec, context.sharer);
      if (!model) return at_context(model.error(), number, contexts);
      Result<std::unique_ptr<Context>> made = (*model)->new_context(static_cast<int>(number) % cores_);
      if (!made) return at_context(made.error(), number, contexts);
      const Status fits = candidates[context.stream].detector->check(**made);
      if (!fits) return at_context(fits.error().in(fmt::format("model '{}'", spec.path)), number, contexts);
      group->outputs = (*model)->info().outputs.size();
      group->model = *std::move(model);
      group->contexts.push_back(*std::move(made));
      ++number;
    }
    for (const size_t stream : plan[g].streams) candidates[stream].group = g;
    group->streams = plan[g].streams.size();
    groups_.push_back(std::move(group));
  }
  return {};
}

Status Engine::make_streams(Candidates& candidates) {
  const StreamPolicy policy{.pace = config_.pace,
                            .when_full = config_.effective_when_full(),
                            .loop = config_.loop,
                            .frames = config_.frames,
                            .duration = config_.duration,
                            .warmup = config_.warmup};
  streams_.resize(config_.streams.size());
  for (auto& candidate : candidates) {
    Group& group = *groups_[candidate.group];
    Stream::Parts parts{.name = config_.streams[candidate.index].name,
                        .source = std::move(candidate.source),
                        .detector = candidate.detector,
                        .sinks = std::move(candidate.sinks)};
    // Those that wait, one that is being filled, and the stream's share of those in a context.
    const size_t in_contexts = (group.contexts.size() + group.streams - 1) / group.streams;
    parts.slots.resize(static_cast<size_t>(config_.queue_frames) + 1 + in_contexts);
    for (Slot& slot : parts.slots) {
      WEIR_ASSIGN_OR_RETURN(slot.input, group.model->allocate_input());
    }
    streams_[candidate.index] = std::make_unique<Stream>(std::move(parts), policy, group.queue);
  }
  return {};
}

}  // namespace weir
