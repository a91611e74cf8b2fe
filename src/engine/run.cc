// SPDX-License-Identifier: Apache-2.0
#include "engine/run.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/cpu.h"

namespace weir {
namespace {

using Clock = std::chrono::steady_clock;

Error stopped_before_start() {
  return {ErrorCode::kCancelled, "stopped while loading"};
}

/// Pictures that are open at the same time: enough to decode one while others are inferred.
size_t most_open_pictures() {
  return static_cast<size_t>(available_cores()) + 2;
}

bool is_over(StreamState state) {
  return state == StreamState::kEnded || state == StreamState::kFailed;
}

/// The different values of a setting, in the order in which they come.
template <class Setting>
std::string values_of(const std::vector<StreamConfig>& streams, Setting setting) {
  std::vector<std::string_view> values;
  std::string text;
  for (const StreamConfig& stream : streams) {
    const std::string_view value = to_string(setting(stream));
    if (std::ranges::find(values, value) != values.end()) continue;
    values.push_back(value);
    text += fmt::format("{}{}", text.empty() ? "" : ",", value);
  }
  return text;
}

}  // namespace

Run::Run(const EngineConfig& config, const RunLimits& limits, EngineParts parts)
    : config_(config), limits_(limits), parts_(std::move(parts)), entries_(config.streams.size()) {
  for (size_t i = 0; i < entries_.size(); ++i) {
    entries_[i].report.name = config_.streams[i].name;
    entries_[i].report.input = config_.streams[i].input;
  }
}

// ---------------------------------------------------------------- preparing

Result<std::unique_ptr<Run>> Run::create(const EngineConfig& config, const RunLimits& limits,
                                         const std::stop_token& stop, EngineParts parts) {
  if (config.streams.empty()) return Error{ErrorCode::kInvalidArgument, "no inputs"};
  std::unique_ptr<Run> run(new Run(config, limits, std::move(parts)));
  WEIR_ASSIGN_OR_RETURN(run->engine_, Engine::create(run->config_, run->parts_));
  run->engine_->on_stream_end([&run = *run] {
    const std::lock_guard lock(run.mutex_);
    ++run.ends_;
    run.changed_.notify_all();
  });
  WEIR_RETURN_IF_ERROR(run->open_inputs(stop));
  WEIR_RETURN_IF_ERROR(run->load(stop));
  return run;
}

/// Opens all videos and some pictures. Of further pictures it looks at the size, as long as that can matter.
Status Run::open_inputs(const std::stop_token& stop) {
  size_t pictures = 0;
  std::optional<Error> first_error;
  for (size_t i = 0; i < config_.streams.size(); ++i) {
    const StreamConfig& config = config_.streams[i];
    if (stop.stop_requested()) return stopped_before_start();
    const bool all_turns_taken = pictures >= most_open_pictures();
    if (all_turns_taken && !engine_->pools().is_size_open(config)) {
      waiting_.push_back(i);
      continue;
    }
    WEIR_ASSIGN_OR_RETURN(const std::shared_ptr<Stream> stream, engine_->make_stream(config));
    if (const Status status = stream->open(/*measure_memory=*/true); !status) {
      if (!first_error) first_error = status.error().in(fmt::format("stream '{}'", config.name));
      leave_out(i, status.error());
      continue;
    }
    const SourceInfo source = *stream->source_info();
    engine_->pools().expect(config, source);
    if (source.still && all_turns_taken) {
      (void)engine_->take_stream(config.name);
      waiting_.push_back(i);
      continue;
    }
    if (source.still) ++pictures;
    entries_[i].stream = stream;
    active_.push_back(i);
  }
  if (!active_.empty()) return {};
  if (config_.streams.size() == 1) return *first_error;
  return Error{first_error->code, "none of the inputs can be opened"};
}

/// Gives every open stream its model, contexts and outputs.
Status Run::load(const std::stop_token& stop) {
  std::vector<std::pair<size_t, Error>> failures;
  for (const size_t i : active_) {
    const Status status = entries_[i].stream->equip(stop);
    if (stop.stop_requested()) return stopped_before_start();
    if (status) {
      const std::shared_ptr<ModelPool> pool = entries_[i].stream->pool();
      if (std::ranges::find(pools_, pool) == pools_.end()) pools_.push_back(pool);
    } else {
      failures.emplace_back(i, status.error());
    }
  }
  if (failures.size() == active_.size()) return failures.front().second;
  for (const auto& [i, error] : failures) {
    std::erase(active_, i);
    leave_out(i, error);
  }
  return {};
}

/// The only input's error is the run's, and said as that.
void Run::leave_out(size_t index, const Error& error) {
  Entry& entry = entries_[index];
  entry.stream.reset();
  if (auto report = engine_->take_stream(entry.report.name)) entry.report = *std::move(report);
  if (config_.streams.size() > 1)
    parts_.on_event({Event::Kind::kProblem, entry.report.name, error.code, error.message});
}

// ---------------------------------------------------------------- running

RunReport Run::to_end(const std::stop_token& stop) {
  const Clock::time_point start = Clock::now();
  const Clock::time_point never = Clock::time_point::max();
  const Clock::time_point measured_from = start + limits_.warmup;
  Clock::time_point warm = limits_.warmup.count() > 0 ? measured_from : never;
  Clock::time_point deadline = limits_.duration ? start + *limits_.duration : never;
  engine_->measure_from(measured_from);
  for (const size_t i : std::vector<size_t>(active_)) start_stream(i);

  while (!stop.stop_requested()) {
    collect_ended();
    start_next();
    if (active_.empty()) break;
    std::unique_lock lock(mutex_);
    changed_.wait_until(lock, stop, std::min(warm, deadline), [&] { return ends_ > 0; });
    lock.unlock();
    if (Clock::now() >= warm) {
      warm = never;
      engine_->measure_from(measured_from);
    }
    if (Clock::now() >= deadline) {
      deadline = never;
      waiting_.clear();
      engine_->stop_watching_memory();
      for (const size_t i : active_) entries_[i].stream->end_input();
    }
  }
  return finish(stop.stop_requested());
}

/// The wall time ends with the last record; what outputs still have to do after that isn't counted.
RunReport Run::finish(bool interrupted) {
  if (interrupted) engine_->stop();
  const RunReport at_end = engine_->report();
  engine_->stop();
  collect_ended();
  RunReport report = this->report();
  report.wall_time = at_end.wall_time;
  report.cpu_time = at_end.cpu_time;
  report.interrupted = interrupted;
  pools_.clear();
  const std::lock_guard lock(mutex_);
  final_ = report;
  return report;
}

void Run::start_stream(size_t index) {
  const std::shared_ptr<Stream> stream = entries_[index].stream;
  const Status status = engine_->start(*stream);
  if (status) return;
  std::erase(active_, index);
  leave_out(index, status.error());
}

/// Pictures whose turn has come. What is not open yet may be one.
void Run::start_next() {
  const auto has_turn = [&](size_t i) {
    const std::optional<SourceInfo> source = entries_[i].stream->source_info();
    return !source || source->still;
  };
  while (!waiting_.empty()) {
    if (static_cast<size_t>(std::ranges::count_if(active_, has_turn)) >= most_open_pictures()) return;
    const size_t i = waiting_.front();
    waiting_.pop_front();
    const Result<std::shared_ptr<Stream>> stream = engine_->make_stream(config_.streams[i]);
    if (!stream) {
      leave_out(i, stream.error());
      continue;
    }
    {
      const std::lock_guard lock(mutex_);
      entries_[i].stream = *stream;
    }
    active_.push_back(i);
    start_stream(i);
  }
}

/// Keeps the reports of those that are over, and lets go of the streams.
void Run::collect_ended() {
  {
    const std::lock_guard lock(mutex_);
    ends_ = 0;
  }
  std::erase_if(active_, [&](size_t i) {
    Entry& entry = entries_[i];
    if (!is_over(entry.stream->state())) return false;
    Result<StreamReport> report = engine_->take_stream(entry.report.name);
    const std::lock_guard lock(mutex_);
    if (report) entry.report = *std::move(report);
    entry.stream.reset();
    return true;
  });
}

RunReport Run::report() const {
  {
    const std::lock_guard lock(mutex_);
    if (final_) return *final_;
  }
  RunReport report = engine_->report();
  report.pace = values_of(config_.streams, [](const StreamConfig& stream) { return stream.pace; });
  report.when_full =
      values_of(config_.streams, [](const StreamConfig& stream) { return stream.effective_when_full(); });
  report.streams.clear();
  const std::lock_guard lock(mutex_);
  for (const Entry& entry : entries_)
    report.streams.push_back(entry.stream != nullptr ? entry.stream->report() : entry.report);
  return report;
}

}  // namespace weir
