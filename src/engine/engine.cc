// SPDX-License-Identifier: Apache-2.0
#include "engine/engine.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/cpu.h"
#include "memory/process_memory.h"

namespace weir {
namespace {

using Clock = std::chrono::steady_clock;

Error first_of(const std::vector<FieldError>& errors) {
  return {ErrorCode::kInvalidArgument,
          errors.front().text([](std::string_view field) { return std::string(field); })};
}

std::string comma_separated(const std::vector<std::string>& list) {
  return fmt::format("{}", fmt::join(list, ","));
}

}  // namespace

/// What went wrong with what is no single stream's. Shared with the outputs' threads, one of which may have
/// to be left behind.
struct Engine::Problems {
  explicit Problems(EventListener listener) : on_event(std::move(listener)) {}

  void add(const std::string& stream, const Error& error) {
    on_event({Event::Kind::kProblem, stream, error.code, error.message});
    if (!stream.empty()) return;  // it reports it
    const std::lock_guard lock(mutex);
    errors.push_back(error);
  }

  const EventListener on_event;
  std::mutex mutex;
  std::vector<Error> errors;
};

Engine::Engine(const EngineConfig& config, EngineParts parts)
    : config_(config),
      parts_(std::move(parts)),
      process_bytes_(settled_anonymous_bytes()),
      problems_(std::make_shared<Problems>(parts_.on_event)),
      pools_(config_, parts_) {}

Result<std::unique_ptr<Engine>> Engine::create(const EngineConfig& config, EngineParts parts) {
  if (const auto errors = config.validate(); !errors.empty()) return first_of(errors);
  return std::unique_ptr<Engine>(new Engine(config, std::move(parts)));
}

Engine::~Engine() {
  stop();
}

// ---------------------------------------------------------------- streams

Result<StreamId> Engine::add_stream(const StreamConfig& config) {
  WEIR_ASSIGN_OR_RETURN(const std::shared_ptr<Stream> stream, make_stream(config));
  WEIR_RETURN_IF_ERROR(start(*stream));
  return stream->id();
}

Result<std::shared_ptr<Stream>> Engine::make_stream(const StreamConfig& config) {
  if (const auto errors = validate(config, "stream"); !errors.empty()) return first_of(errors);
  if (config_.find_model(config.model) == nullptr)
    return Error{ErrorCode::kInvalidArgument, fmt::format("there is no model '{}'", config.model)};
  const std::lock_guard lock(mutex_);
  if (stopped_) return Error{ErrorCode::kFailedPrecondition, "the engine was stopped"};
  for (const auto& [id, stream] : streams_) {
    if (stream->config().name == config.name)
      return Error{ErrorCode::kInvalidArgument, fmt::format("there is a stream '{}' already", config.name)};
  }
  const StreamId id = next_id_++;
  auto stream = std::make_shared<Stream>(Stream::Parts{
      .id = id,
      .config = config,
      .open_source = [this, config] { return parts_.open_source(config); },
      .equip = [this, config](const SourceInfo& source,
                              const std::stop_token& stop) { return equip(config, source, stop); },
      .on_ending =
          [this] {
            if (const auto watching = monitor()) watching->sample_before_release();
          },
      .on_end = [this] { tell_stream_end(); },
      .on_event = parts_.on_event,
      .output_grace = parts_.output_grace});
  streams_.emplace(id, stream);
  return stream;
}

Status Engine::start(Stream& stream) {
  std::unique_lock lock(mutex_);
  if (monitor_ == nullptr) {
    monitor_ = std::make_shared<MemoryMonitor>([this] { return account(); });
    if (measured_from_ == Clock::time_point()) {
      measured_from_ = Clock::now();
      cpu_at_measured_from_ = process_cpu_time();
    }
  }
  const Clock::time_point from = measured_from_;
  lock.unlock();
  return stream.start(from);
}

Status Engine::remove_stream(std::string_view name) {
  const Result<StreamReport> report = take_stream(name);
  return report ? Status() : report.error();
}

void Engine::end_input(std::string_view name) {
  if (const std::shared_ptr<Stream> stream = find(name)) stream->end_input();
}

Result<StreamReport> Engine::take_stream(std::string_view name) {
  const std::shared_ptr<Stream> stream = find(name);
  if (stream == nullptr) return Error{ErrorCode::kNotFound, fmt::format("there is no stream '{}'", name)};
  stream->request_stop("removed");
  stream->join();
  StreamReport report = stream->report();
  const std::lock_guard lock(mutex_);
  streams_.erase(stream->id());
  return report;
}

void Engine::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  stop_watching_memory();
  const std::vector<std::shared_ptr<Stream>> streams = this->streams();
  for (const auto& stream : streams) stream->request_stop("stopped");
  for (const auto& stream : streams) stream->join();
  decltype(outputs_) outputs;
  {
    const std::lock_guard lock(outputs_mutex_);
    outputs.swap(outputs_);
  }
  outputs.clear();  // finishes them
}

std::shared_ptr<Stream> Engine::find(std::string_view name) const {
  const std::lock_guard lock(mutex_);
  for (const auto& [id, stream] : streams_) {
    if (stream->config().name == name) return stream;
  }
  return nullptr;
}

std::vector<std::shared_ptr<Stream>> Engine::streams() const {
  std::vector<std::shared_ptr<Stream>> list;
  const std::lock_guard lock(mutex_);
  for (const auto& [id, stream] : streams_) list.push_back(stream);
  return list;
}

void Engine::on_stream_end(std::function<void()> call) {
  const std::lock_guard lock(mutex_);
  on_stream_end_ = std::move(call);
}

void Engine::tell_stream_end() const {
  std::unique_lock lock(mutex_);
  const std::function<void()> call = on_stream_end_;
  lock.unlock();
  if (call) call();
}

// ---------------------------------------------------------------- what a stream needs

Result<Stream::Equipment> Engine::equip(const StreamConfig& stream, const SourceInfo& source,
                                        const std::stop_token& stop) {
  // Outputs are opened before the model is loaded, which takes long, and after all that can be known without.
  WEIR_ASSIGN_OR_RETURN(PoolRegistry::Plan plan, pools_.plan(stream, source));
  WEIR_ASSIGN_OR_RETURN(std::vector<std::shared_ptr<Output>> outputs, outputs_of(stream));
  WEIR_ASSIGN_OR_RETURN(const PoolRegistry::Opened opened, pools_.open(std::move(plan), stop));
  // Those that wait, one that is being filled, and the stream's share of those in a context.
  const size_t in_contexts = (opened.pool->contexts() + opened.streams - 1) / opened.streams;
  const bool one_frame = source.still && !stream.loop;
  std::vector<Slot> slots(one_frame ? 1 : static_cast<size_t>(config_.queue_frames) + 1 + in_contexts);
  for (Slot& slot : slots) {
    WEIR_ASSIGN_OR_RETURN(slot.input, opened.pool->allocate_input());
  }
  return Stream::Equipment{.detector = opened.detector,
                           .pool = opened.pool,
                           .slots = std::make_shared<SlotPool>(std::move(slots)),
                           .outputs = std::move(outputs)};
}

Result<std::vector<std::shared_ptr<Output>>> Engine::outputs_of(const StreamConfig& stream) {
  std::vector<std::shared_ptr<Output>> outputs;
  const std::lock_guard lock(outputs_mutex_);
  for (const OutputConfig& config : config_.outputs) {
    if (!config.takes(stream.name)) continue;
    if (config.kind == OutputKind::kAnnotate) {
      WEIR_ASSIGN_OR_RETURN(outputs.emplace_back(),
                            make_output(config, fmt::format("annotated '{}'", stream.name)));
      continue;
    }
    std::shared_ptr<Output>& shared = outputs_[&config];
    if (shared == nullptr) {
      WEIR_ASSIGN_OR_RETURN(shared, make_output(config, config.path));
    }
    outputs.push_back(shared);
  }
  return outputs;
}

Result<std::shared_ptr<Output>> Engine::make_output(const OutputConfig& config, const std::string& name) {
  WEIR_ASSIGN_OR_RETURN(std::unique_ptr<Sink> sink, parts_.open_sink(config));
  const std::shared_ptr<Problems> problems = problems_;
  Output::Options options;
  options.name = name;
  options.when_behind = config.when_behind;
  options.on_problem = [problems](const std::string& stream, const Error& error) {
    problems->add(stream, error);
  };
  options.on_loss = [problems, name](int64_t lost) {
    problems->on_event({.kind = Event::Kind::kWarning,
                        .message = fmt::format("{} is behind: {} records lost so far", name, lost)});
  };
  try {
    return std::make_shared<Output>(std::move(options), std::move(sink));
  } catch (const std::system_error& error) {
    return Error{ErrorCode::kResourceExhausted, fmt::format("no thread for {}: {}", name, error.what())};
  }
}

// ---------------------------------------------------------------- measuring and reporting

void Engine::measure_from(Clock::time_point from) {
  {
    const std::lock_guard lock(mutex_);
    measured_from_ = from;
    cpu_at_measured_from_ = process_cpu_time();
  }
  if (const auto watching = monitor()) watching->restart();
}

void Engine::stop_watching_memory() {
  if (const auto watching = monitor()) watching->stop();
}

/// Null before the first start().
std::shared_ptr<MemoryMonitor> Engine::monitor() const {
  const std::lock_guard lock(mutex_);
  return monitor_;
}

std::vector<LedgerEntry> Engine::account() const {
  std::vector<LedgerEntry> ledger{{MemoryKind::kProgram, "process", process_bytes_}};
  pools_.add_to_ledger(ledger);
  for (const auto& stream : streams()) stream->add_to_ledger(ledger);
  return ledger;
}

RunReport Engine::report() const {
  const PoolRegistry::Summary used = pools_.summary();
  const std::vector<std::shared_ptr<Stream>> streams = this->streams();
  RunReport report;
  report.backend = comma_separated(used.backends);
  report.backend_version = comma_separated(used.versions);
  report.device = comma_separated(used.devices);
  report.sharing = to_string(config_.sharing);
  report.cores = used.cores;
  report.models_loaded = used.most_models;
  report.contexts = used.most_contexts;
  report.precisions = used.precisions;
  report.input_sizes = used.input_sizes;
  for (const auto& stream : streams) report.streams.push_back(stream->report());
  {
    const std::lock_guard lock(problems_->mutex);
    report.problems = problems_->errors;
  }
  const auto watching = monitor();
  if (watching == nullptr) return report;
  report.memory = watching->report();
  const std::lock_guard lock(mutex_);
  report.measured_from = measured_from_;
  report.wall_time = std::max(std::chrono::nanoseconds(0), Clock::now() - measured_from_);
  report.cpu_time = process_cpu_time() - cpu_at_measured_from_;
  return report;
}

}  // namespace weir
