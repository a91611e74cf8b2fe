// SPDX-License-Identifier: Apache-2.0
// How an engine comes to be: inputs, then models as the inputs need them, then contexts, then streams.
#include <algorithm>
#include <set>

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

struct Engine::Preparation {
  /// Of a stream whose input could be opened.
  struct Candidate {
    size_t index = 0;  ///< in the configuration
    std::unique_ptr<Source> source;
    ModelSpec spec;
    std::string model_hash;
    std::shared_ptr<const Detector> detector;
    std::vector<std::unique_ptr<Sink>> sinks;
    size_t group = 0;
  };
  std::vector<Candidate> candidates;
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
    spdlog::info("the streams' aspect ratios differ: running at the model's own {}x{}",
                 own.input_size.width_px, own.input_size.height_px);
    return own;
  }
  if (*wanted == own.input_size) return own;
  spec.input_size = wanted;
  Result<ModelInfo> fitted = backend.inspect(spec);
  if (fitted || fitted.error().code != ErrorCode::kUnsupported) return fitted;
  spdlog::info("{}: running at its own {}x{}", fitted.error().message, own.input_size.width_px,
               own.input_size.height_px);
  return own;
}

Error at_context(const Error& error, size_t number, size_t of) {
  return error.in(fmt::format("context {} of {}", number + 1, of));
}

}  // namespace

Result<std::unique_ptr<Engine>> Engine::create(const EngineConfig& config, std::stop_token stop) {
  std::unique_ptr<Engine> engine(new Engine(config));
  engine->process_bytes_ = anonymous_bytes();
  Preparation preparation;
  WEIR_RETURN_IF_ERROR(engine->open_inputs(preparation));
  WEIR_RETURN_IF_ERROR(engine->choose_models(preparation));
  WEIR_RETURN_IF_ERROR(engine->open_outputs(preparation));
  WEIR_RETURN_IF_ERROR(engine->load(preparation, stop));
  WEIR_RETURN_IF_ERROR(engine->make_streams(preparation));
  return engine;
}

Status Engine::open_inputs(Preparation& preparation) {
  std::optional<Error> first_error;
  for (size_t i = 0; i < config_.streams.size(); ++i) {
    const StreamConfig& stream = config_.streams[i];
    StreamReport& report = stream_reports_.emplace_back();
    report.name = stream.name;
    report.input = stream.input;
    Result<std::unique_ptr<Source>> source = open_source(stream.input);
    if (!source) {
      const Error error = source.error().in(fmt::format("stream '{}'", stream.name));
      report.problems.push_back(source.error().message);
      if (config_.streams.size() > 1) spdlog::error("{}", error.message);
      if (!first_error) first_error = error;
      continue;
    }
    report.opened = true;
    report.description = (*source)->info().description;
    report.expected = config_.loop ? std::nullopt : (*source)->info().frames;
    if (config_.frames)
      report.expected = std::min(report.expected.value_or(*config_.frames), *config_.frames);
    preparation.candidates.push_back({.index = i, .source = *std::move(source)});
  }
  if (!preparation.candidates.empty()) return {};
  if (config_.streams.size() == 1) return *first_error;
  return Error{first_error->code, "none of the inputs can be opened"};
}

Status Engine::choose_models(Preparation& preparation) {
  const int64_t before = anonymous_bytes();
  WEIR_ASSIGN_OR_RETURN(backend_, open_backend(config_.backend));
  WEIR_ASSIGN_OR_RETURN(device_, backend_->device());
  runtime_bytes_ = std::max<int64_t>(0, anonymous_bytes() - before);
  cores_ = config_.cores.value_or(device_.cores);

  std::map<std::string, std::vector<const SourceInfo*>> sources_of_model;
  for (auto& candidate : preparation.candidates) {
    const std::string& path = config_.streams[candidate.index].model;
    WEIR_ASSIGN_OR_RETURN(candidate.model_hash, content_hash(path));
    candidate.spec = {.path = path, .precision = config_.precision};
    sources_of_model[candidate.model_hash].push_back(&candidate.source->info());
  }
  std::map<std::string, ModelInfo> chosen;
  for (auto& candidate : preparation.candidates) {
    if (!chosen.contains(candidate.model_hash)) {
      WEIR_ASSIGN_OR_RETURN(
          chosen[candidate.model_hash],
          choose_size(*backend_, candidate.spec, config_.input_size, sources_of_model[candidate.model_hash]));
    }
    const ModelInfo& info = chosen[candidate.model_hash];
    candidate.spec.input_size = info.input_size;
    candidate.spec.precision = info.precision;
    const StreamConfig& stream = config_.streams[candidate.index];
    auto detector = Detector::create(info, {.score_threshold = config_.score_threshold,
                                            .nms_threshold = config_.nms_threshold,
                                            .labels_path = stream.labels});
    if (!detector) return detector.error().in(fmt::format("model '{}'", candidate.spec.path));
    candidate.detector = *std::move(detector);
  }
  return {};
}

Status Engine::open_outputs(Preparation& preparation) {
  std::shared_ptr<JsonlFile> results;
  if (!config_.results.empty()) {
    WEIR_ASSIGN_OR_RETURN(results, JsonlFile::create(config_.results));
  }
  for (auto& candidate : preparation.candidates) {
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

Status Engine::load(Preparation& preparation, const std::stop_token& stop) {
  std::vector<PlannedStream> planned;
  for (const auto& candidate : preparation.candidates) {
    planned.push_back({config_.streams[candidate.index].name, candidate.model_hash});
  }
  const std::vector<PlannedGroup> plan = plan_contexts(config_, planned, cores_);
  std::map<std::string, int> contexts_of_model;
  size_t contexts = 0;
  for (const PlannedGroup& group : plan) {
    for (const PlannedContext& context : group.contexts) {
      ++contexts_of_model[context.sharer + planned[context.stream].model];
      ++contexts;
    }
  }
  spdlog::info("loading: streams {}, sharing {}, contexts {}, cores {}", planned.size(),
               to_string(config_.sharing), contexts, cores_);

  store_ = std::make_unique<ModelStore>(*backend_);
  size_t number = 0;
  for (size_t g = 0; g < plan.size(); ++g) {
    auto group = std::make_unique<Group>();
    for (const PlannedContext& context : plan[g].contexts) {
      if (stop.stop_requested()) return Error{ErrorCode::kCancelled, "stopped while loading"};
      ModelSpec spec = preparation.candidates[context.stream].spec;
      spec.cores = std::min(cores_, contexts_of_model[context.sharer + planned[context.stream].model]);
      Result<std::shared_ptr<Model>> model = store_->get(spec, context.sharer);
      if (!model) return at_context(model.error(), number, contexts);
      Result<std::unique_ptr<Context>> made = (*model)->new_context(static_cast<int>(number) % cores_);
      if (!made) return at_context(made.error(), number, contexts);
      group->outputs = (*model)->info().outputs.size();
      group->model = *std::move(model);
      group->contexts.push_back(*std::move(made));
      ++number;
    }
    for (const size_t stream : plan[g].streams) preparation.candidates[stream].group = g;
    group->streams = plan[g].streams.size();
    groups_.push_back(std::move(group));
  }
  return {};
}

Status Engine::make_streams(Preparation& preparation) {
  const StreamPolicy policy{.pace = config_.pace,
                            .when_full = config_.effective_when_full(),
                            .loop = config_.loop,
                            .frames = config_.frames,
                            .duration = config_.duration};
  streams_.resize(config_.streams.size());
  for (auto& candidate : preparation.candidates) {
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
