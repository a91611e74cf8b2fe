// SPDX-License-Identifier: Apache-2.0
#include "engine/output.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>
#include <utility>
#include <variant>

#include "base/thread_name.h"

namespace weir {
namespace {

using Clock = std::chrono::steady_clock;

}  // namespace

/// Everything that the thread uses.
struct Output::State {
  struct Opening {
    StreamInfo stream;
  };
  struct Writing {
    StreamId stream = 0;
    Record record;
    std::shared_ptr<const Place> place;
  };
  struct Closing {
    StreamId stream = 0;
  };
  using Task = std::variant<Opening, Writing, Closing>;

  struct Feeder {
    std::string name;
    OutputCount count;
    bool closed = false;
  };

  static StreamId stream_of(const Task& task) {
    if (const auto* opening = std::get_if<Opening>(&task)) return opening->stream.id;
    if (const auto* writing = std::get_if<Writing>(&task)) return writing->stream;
    return std::get<Closing>(task).stream;
  }
  static bool is_record(const Task& task) { return std::holds_alternative<Writing>(task); }

  State(Options with, std::unique_ptr<Sink> to) : options(std::move(with)), sink(std::move(to)) {}

  void run();
  Status perform(const Task& task);
  void note(const Task& task, const Status& status);
  void report_problem(const std::string& stream, const Error& error) const;
  /// Takes out the records that wait, of one stream or of all, and counts them as lost. With the lock; what
  /// it returns is to be destroyed without.
  std::deque<Task> give_up(std::optional<StreamId> of);
  void count_loss(StreamId stream);

  const Options options;
  const std::unique_ptr<Sink> sink;  // the thread's; interrupt() is for anybody
  std::thread thread;

  mutable std::mutex mutex;  // guards what follows
  std::condition_variable_any changed;
  std::deque<Task> tasks;
  std::map<StreamId, Feeder> feeders;  // the streams that were opened and are not forgotten yet
  std::optional<StreamId> at_sink;     // whose record the sink has just now
  size_t waiting_records = 0;          // of the tasks
  int64_t lost = 0;
  Clock::time_point loss_reported;
  bool failed = false;
  bool stopping = false;
  bool done = false;  // the thread has nothing more to do
};

Output::Output(Options options, std::unique_ptr<Sink> sink)
    : name_(options.name),
      wants_picture_(sink->wants_picture()),
      state_(std::make_shared<State>(std::move(options), std::move(sink))) {
  state_->thread = std::thread([state = state_] { state->run(); });
}

Output::~Output() {
  {
    std::deque<State::Task> given_up;
    const std::lock_guard lock(state_->mutex);
    given_up = state_->give_up(std::nullopt);
    state_->stopping = true;
  }
  state_->changed.notify_all();
  state_->sink->interrupt();
  {
    std::unique_lock lock(state_->mutex);
    if (!state_->changed.wait_for(lock, state_->options.patience, [&] { return state_->done; })) {
      state_->thread.detach();
      return;
    }
  }
  state_->thread.join();
}

void Output::State::run() {
  name_this_thread("output " + options.name);
  std::unique_lock lock(mutex);
  while (true) {
    changed.wait(lock, [&] { return !tasks.empty() || stopping; });
    if (tasks.empty()) break;
    Task task = std::move(tasks.front());
    tasks.pop_front();
    if (is_record(task)) {
      --waiting_records;
      at_sink = stream_of(task);
    }
    const bool skip = failed;
    lock.unlock();
    const Status status = skip ? Status() : perform(task);
    if (auto* writing = std::get_if<Writing>(&task)) {
      // Before anybody hears that it was written, and without the lock.
      writing->record = {};
      writing->place.reset();
    }
    note(task, status);
    lock.lock();
  }
  const bool skip = failed;
  lock.unlock();
  if (!skip) {
    if (const Status status = sink->finish(); !status) report_problem("", status.error());
  }
  lock.lock();
  done = true;
  changed.notify_all();
}

Status Output::State::perform(const Task& task) {
  if (const auto* opening = std::get_if<Opening>(&task)) return sink->open_stream(opening->stream);
  if (const auto* closing = std::get_if<Closing>(&task)) return sink->close_stream(closing->stream);
  const auto& [stream, record, place] = std::get<Writing>(task);
  return sink->write(stream, *record.result, record.picture.get());
}

/// What has become of a task. After the first error the sink is finished, and what waits is lost.
void Output::State::note(const Task& task, const Status& status) {
  std::deque<Task> given_up;
  std::string name;
  {
    const std::lock_guard lock(mutex);
    at_sink.reset();
    const auto feeder = feeders.find(stream_of(task));
    if (feeder != feeders.end()) {
      name = feeder->second.name;
      if (std::holds_alternative<Closing>(task)) feeder->second.closed = true;
      if (is_record(task) && status && !failed) ++feeder->second.count.written;
      if (!status) feeder->second.count.problem = status.error();
    }
    if (is_record(task) && (!status || failed)) count_loss(stream_of(task));
    if (!status) {
      failed = true;
      given_up = give_up(std::nullopt);
    }
    if (status) changed.notify_all();
  }
  if (status) return;
  report_problem(name, status.error());
  (void)sink->finish();  // what it says now follows from what was just reported
  changed.notify_all();
}

void Output::State::report_problem(const std::string& stream, const Error& error) const {
  // kCancelled: the sink was interrupted. What that lost is counted.
  if (options.on_problem && error.code != ErrorCode::kCancelled) options.on_problem(stream, error);
}

std::deque<Output::State::Task> Output::State::give_up(std::optional<StreamId> of) {
  std::deque<Task> kept;
  std::deque<Task> given_up;
  for (Task& task : tasks) {
    const bool keep = !is_record(task) || (of && stream_of(task) != *of);
    if (!keep) {
      --waiting_records;
      count_loss(stream_of(task));
    }
    (keep ? kept : given_up).push_back(std::move(task));
  }
  tasks = std::move(kept);
  return given_up;
}

void Output::State::count_loss(StreamId stream) {
  ++lost;
  if (const auto feeder = feeders.find(stream); feeder != feeders.end()) ++feeder->second.count.lost;
}

void Output::open_stream(const StreamInfo& stream) {
  {
    const std::lock_guard lock(state_->mutex);
    state_->feeders[stream.id].name = stream.name;
    state_->tasks.emplace_back(State::Opening{stream});
  }
  state_->changed.notify_all();
}

void Output::push(StreamId stream, Record record, std::shared_ptr<const Place> place) {
  if (!wants_picture_) record.picture.reset();
  State& state = *state_;
  const bool keeps_all = state.options.when_behind == WhenBehind::kBlock;
  const size_t most = wants_picture_ ? state.options.most_pictures : state.options.most_records;
  std::optional<State::Task> given_up;  // destroyed without the lock
  std::optional<int64_t> loss_to_report;
  {
    const std::lock_guard lock(state.mutex);
    if (state.failed) {
      state.count_loss(stream);
      return;
    }
    state.tasks.emplace_back(
        State::Writing{stream, std::move(record), keeps_all ? std::move(place) : nullptr});
    ++state.waiting_records;
    if (!keeps_all && state.waiting_records > most) {
      const auto oldest = std::ranges::find_if(state.tasks, State::is_record);
      given_up = std::move(*oldest);
      state.tasks.erase(oldest);
      --state.waiting_records;
      state.count_loss(State::stream_of(*given_up));
      const Clock::time_point now = Clock::now();
      if (now - state.loss_reported >= std::chrono::seconds(1)) {
        state.loss_reported = now;
        loss_to_report = state.lost;
      }
    }
  }
  state.changed.notify_all();
  if (loss_to_report && state.options.on_loss) state.options.on_loss(*loss_to_report);
}

void Output::close_stream(StreamId stream) {
  {
    const std::lock_guard lock(state_->mutex);
    state_->tasks.emplace_back(State::Closing{stream});
  }
  state_->changed.notify_all();
}

OutputCount Output::wait_until_closed(StreamId stream, const std::stop_token& stop,
                                      std::chrono::nanoseconds grace) {
  State& state = *state_;
  std::deque<State::Task> given_up;
  std::unique_lock lock(state.mutex);
  const auto is_closed = [&] { return state.feeders.at(stream).closed; };
  if (!state.changed.wait(lock, stop, is_closed) && !state.changed.wait_for(lock, grace, is_closed)) {
    given_up = state.give_up(stream);
    if (state.at_sink == stream) state.count_loss(stream);
  }
  OutputCount count = std::move(state.feeders.at(stream).count);
  state.feeders.erase(stream);
  return count;
}

bool Output::has_failed() const {
  const std::lock_guard lock(state_->mutex);
  return state_->failed;
}

bool Output::is_holding_up() const {
  const std::lock_guard lock(state_->mutex);
  return state_->options.when_behind == WhenBehind::kBlock && state_->waiting_records >= 2;
}

OutputCount Output::count(StreamId stream) const {
  const std::lock_guard lock(state_->mutex);
  const auto feeder = state_->feeders.find(stream);
  return feeder == state_->feeders.end() ? OutputCount{} : feeder->second.count;
}

}  // namespace weir
