// SPDX-License-Identifier: Apache-2.0
// A model test of the living engine: made-up sources, contexts and sinks under random schedules of frames,
// failures, stalls, adds, removes and stops. Whatever happens: every frame exactly once, in order, bounded,
// others go on, nothing is left behind. WEIR_MODEL_TEST_SEED repeats one schedule, WEIR_MODEL_TEST_RUNS says
// how many there are.
#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <mutex>
#include <random>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/engine.h"
#include "support/made_up.h"
#include "support/media.h"

namespace weir {
namespace {

using std::chrono::microseconds;
using testing::Census;
using testing::Door;
using testing::MadeUpSinkState;

/// Random numbers for one schedule. Any thread.
class Dice {
 public:
  explicit Dice(uint64_t seed) : random_(seed) {}
  /// 0 <= n < sides
  int roll(int sides) {
    const std::lock_guard lock(mutex_);
    return static_cast<int>(random_() % static_cast<uint64_t>(sides));
  }
  bool one_in(int sides) { return roll(sides) == 0; }
  /// Nothing, another thread's turn, or a moment: so that threads meet in different ways.
  void pass_time() {
    switch (roll(4)) {
      case 0:
        return std::this_thread::yield();
      case 1:
        return std::this_thread::sleep_for(microseconds(roll(200)));
      default:
        return;
    }
  }

 private:
  std::mutex mutex_;
  std::mt19937_64 random_;
};

/// How one output of a schedule behaves.
struct OutputPlan {
  enum class Manner { kFast, kSlow, kFails, kStalls };
  Manner manner = Manner::kFast;
  WhenBehind when_behind = WhenBehind::kBlock;
  int after = 0;  // records, before it fails or stalls
  Door door;      // where it stalls
  std::atomic<int> records{0};
  std::shared_ptr<MadeUpSinkState> state = std::make_shared<MadeUpSinkState>();
};

class Schedule {
 public:
  Schedule(uint64_t seed, const std::string& model_path) : dice_(seed) {
    config_.models = {{.name = "m", .path = model_path, .input_size = {InputSizeChoice::Kind::kModel, {}}}};
    constexpr Sharing kSharings[]{Sharing::kNone, Sharing::kStream, Sharing::kAll};
    config_.sharing = kSharings[dice_.roll(3)];
    config_.queue_frames = 1 + dice_.roll(3);
    if (dice_.one_in(2)) config_.contexts_per_stream = 1 + dice_.roll(2);
    const int outputs = dice_.roll(4);
    for (int i = 0; i < outputs; ++i) add_output(i);
    make_parts();
    engine_ = *Engine::create(config_, parts_);
  }

  void run() {
    const int steps = 2 + dice_.roll(10);
    for (int step = 0; step < steps; ++step) {
      if (dice_.one_in(2)) add();
      if (dice_.one_in(4)) remove();
      if (dice_.one_in(4)) end_input();
      if (dice_.one_in(6)) open_a_door();
      if (dice_.one_in(5)) (void)engine_->report();
      dice_.pass_time();
    }
    expect_the_unhindered_to_end();
    if (dice_.one_in(2)) {
      for (const auto& plan : outputs_) plan->door.open();
    }
    engine_->stop();
    check();
    engine_.reset();
    check_nothing_is_left();
  }

 private:
  void add_output(int number) {
    auto plan = std::make_unique<OutputPlan>();
    using enum OutputPlan::Manner;
    constexpr OutputPlan::Manner kManners[]{kFast, kFast, kSlow, kFails, kStalls};
    plan->manner = kManners[dice_.roll(5)];
    plan->when_behind = dice_.one_in(2) ? WhenBehind::kBlock : WhenBehind::kDropOldest;
    plan->after = dice_.roll(20);
    plan->state->wants_picture = dice_.one_in(2);
    plan->state->in_write = [this, &plan = *plan](const FrameResult&) { return write(plan); };
    plan->state->on_interrupt = [&plan = *plan] { plan.door.wake(); };
    OutputConfig output{
        .kind = OutputKind::kCustom, .path = std::to_string(number), .when_behind = plan->when_behind};
    if (dice_.one_in(2)) output.streams = {"0", "2", "4", "6", "8"};
    config_.outputs.push_back(output);
    outputs_.push_back(std::move(plan));
  }

  Status write(OutputPlan& plan) {
    const int record = plan.records++;
    using enum OutputPlan::Manner;
    if (plan.manner == kSlow) dice_.pass_time();
    if (plan.manner == kFails && record >= plan.after) return Error{ErrorCode::kUnavailable, "it broke"};
    if (plan.manner == kStalls && record == plan.after) plan.door.wait_or(plan.state->interrupted);
    if (plan.state->interrupted) return Error{ErrorCode::kCancelled, "interrupted"};
    return {};
  }

  void make_parts() {
    testing::MadeUpBackendConfig backend{
        .models = models_, .contexts = contexts_, .in_run = [this] {
          dice_.pass_time();
          return dice_.one_in(10) ? Status(Error{ErrorCode::kInternal, "no luck"}) : Status();
        }};
    parts_ = testing::made_up_parts({}, backend);
    parts_.open_source = [this](const StreamConfig&) -> Result<std::unique_ptr<Source>> {
      if (dice_.one_in(15)) return Error{ErrorCode::kNotFound, "no such camera"};
      const int64_t breaks_at = dice_.one_in(6) ? dice_.roll(20) : -1;
      return testing::make_made_up_source(
          {.frames = dice_.roll(30),
           .width_px = 32,
           .height_px = 32,
           .sources = sources_,
           .pictures = pictures_,
           .before_read = [this, breaks_at](int64_t frame, const std::stop_token&) {
             dice_.pass_time();
             return frame == breaks_at ? Status(Error{ErrorCode::kInvalidArgument, "damaged"}) : Status();
           }});
    };
    parts_.open_sink = [this](const OutputConfig& output) -> Result<std::unique_ptr<Sink>> {
      return testing::make_made_up_sink(outputs_[std::stoul(output.path)]->state);
    };
    parts_.output_grace = std::chrono::milliseconds(5);
  }

  void add() {
    if (next_name_ == 10) return;
    StreamConfig stream{.name = std::to_string(next_name_++), .input = "made up", .model = "m"};
    stream.when_full = dice_.one_in(2) ? WhenFull::kBlock : WhenFull::kDropOldest;
    stream.loop = dice_.one_in(4);
    if (stream.loop || dice_.one_in(4)) stream.frames = 1 + dice_.roll(40);
    const auto id = engine_->add_stream(stream);
    ASSERT_TRUE(id) << id.error().message;
    ids_[stream.name] = *id;
    EXPECT_FALSE(engine_->add_stream(stream)) << "the name is taken";
  }

  void remove() {
    if (ids_.empty()) return;
    const std::string name = std::next(ids_.begin(), dice_.roll(static_cast<int>(ids_.size())))->first;
    auto report = engine_->take_stream(name);
    if (report) reports_.push_back(*std::move(report));
  }

  void end_input() {
    for (const StreamReport& report : engine_->report().streams) {
      if (dice_.one_in(3)) engine_->end_input(report.name);
    }
  }

  void open_a_door() {
    if (!outputs_.empty())
      outputs_[static_cast<size_t>(dice_.roll(static_cast<int>(outputs_.size())))]->door.open();
  }

  /// Streams that don't feed an output that stalls and holds its streams up end by themselves, whatever the
  /// others do.
  void expect_the_unhindered_to_end() {
    const auto is_hindered = [&](const std::string& stream) {
      for (size_t i = 0; i < outputs_.size(); ++i) {
        if (outputs_[i]->manner == OutputPlan::Manner::kStalls && config_.outputs[i].takes(stream))
          return true;
      }
      return false;
    };
    while (true) {
      const auto streams = engine_->report().streams;
      const bool all_over = std::ranges::all_of(streams, [&](const StreamReport& stream) {
        return stream.state == StreamState::kEnded || stream.state == StreamState::kFailed ||
               is_hindered(stream.name);
      });
      if (all_over) return;
      std::this_thread::sleep_for(microseconds(100));
    }
  }

  void check() {
    for (const StreamReport& report : engine_->report().streams) reports_.push_back(report);
    EXPECT_EQ(reports_.size(), ids_.size());
    for (const StreamReport& report : reports_) {
      SCOPED_TRACE("stream " + report.name);
      const StreamStatistics& s = report.statistics;
      EXPECT_TRUE(report.state == StreamState::kEnded || report.state == StreamState::kFailed);
      EXPECT_EQ(s.decoded, s.inferred + s.failed + s.dropped_total());
      for (size_t i = 0; i < outputs_.size(); ++i) check_output(report, i);
    }
  }

  void check_output(const StreamReport& report, size_t i) {
    SCOPED_TRACE("output " + std::to_string(i));
    const std::lock_guard lock(outputs_[i]->state->mutex);
    const auto& logs = outputs_[i]->state->streams;
    const auto log = logs.find(ids_.at(report.name));
    if (!config_.outputs[i].takes(report.name)) {
      EXPECT_EQ(log, logs.end());
      return;
    }
    if (report.state == StreamState::kFailed) return;
    const auto lost = report.not_written.find(config_.outputs[i].path);
    const int64_t lost_count = lost == report.not_written.end() ? 0 : lost->second;
    const auto written = static_cast<int64_t>(log == logs.end() ? 0 : log->second.records.size());
    // A record that the sink still had when the stream's patience ended counts as lost, and may be written
    // after.
    EXPECT_GE(written + lost_count, report.statistics.decoded);
    EXPECT_LE(written + lost_count, report.statistics.decoded + 1);
    if (log == logs.end()) return;
    int64_t last = -1;
    for (const FrameResult& record : log->second.records) {
      EXPECT_GT(record.frame, last);
      last = record.frame;
    }
    const bool may_lose = outputs_[i]->when_behind == WhenBehind::kDropOldest ||
                          outputs_[i]->manner == OutputPlan::Manner::kFails || is_hindered_by_stop(i);
    if (!may_lose) {
      EXPECT_EQ(lost_count, 0);
      EXPECT_TRUE(log->second.closed);
    }
  }

  /// A stop or a removal gives an output little time here.
  [[nodiscard]] bool is_hindered_by_stop(size_t i) const {
    return outputs_[i]->manner == OutputPlan::Manner::kStalls ||
           outputs_[i]->manner == OutputPlan::Manner::kSlow || outputs_[i]->state->interrupted;
  }

  void check_nothing_is_left() {
    EXPECT_EQ(models_->now(), 0);
    EXPECT_EQ(contexts_->now(), 0);
    EXPECT_EQ(sources_->now(), 0);
    EXPECT_EQ(pictures_->now(), 0);
    // Of each stream: its slots, and the one that is being read. Of each output: those that wait if it may
    // drop them, that at the sink, and for each stream one that is just being given up.
    const auto streams = static_cast<int64_t>(ids_.size());
    const int64_t slots = config_.queue_frames + 1 + 2;
    const int64_t of_outputs = static_cast<int64_t>(outputs_.size()) * (4 + 1 + streams);
    EXPECT_LE(pictures_->most(), streams * (slots + 1) + of_outputs);
    for (const auto& plan : outputs_) {
      if (plan->records == 0) continue;
      EXPECT_TRUE(plan->state->destroyed);
      EXPECT_EQ(plan->state->finished, 1);
    }
  }

  Dice dice_;
  EngineConfig config_;
  EngineParts parts_;
  std::vector<std::unique_ptr<OutputPlan>> outputs_;
  const std::shared_ptr<Census> sources_ = std::make_shared<Census>();
  const std::shared_ptr<Census> pictures_ = std::make_shared<Census>();
  const std::shared_ptr<Census> models_ = std::make_shared<Census>();
  const std::shared_ptr<Census> contexts_ = std::make_shared<Census>();
  std::unique_ptr<Engine> engine_;
  std::map<std::string, StreamId> ids_;
  std::vector<StreamReport> reports_;
  int next_name_ = 0;
};

#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
constexpr uint64_t kUsualRuns = 300;  // each takes ten times as long
#else
constexpr uint64_t kUsualRuns = 2000;
#endif

uint64_t number_from(const char* variable, uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

size_t threads_now() {
  const auto list = std::filesystem::directory_iterator("/proc/self/task");
  return static_cast<size_t>(std::distance(begin(list), end(list)));
}

TEST(LivingEngine, KeepsItsPromisesUnderRandomSchedules) {
  const testing::TempFolder folder;
  testing::write_bytes(folder.file("model"), "any bytes");
  const uint64_t first = number_from("WEIR_MODEL_TEST_SEED", std::random_device{}());
  const uint64_t runs =
      std::getenv("WEIR_MODEL_TEST_SEED") != nullptr ? 1 : number_from("WEIR_MODEL_TEST_RUNS", kUsualRuns);
  std::printf("seeds from %llu\n", static_cast<unsigned long long>(first));
  size_t threads = 0;
  for (uint64_t seed = first; seed < first + runs; ++seed) {
    SCOPED_TRACE("WEIR_MODEL_TEST_SEED=" + std::to_string(seed));
    Schedule(seed, folder.file("model")).run();
    if (::testing::Test::HasFailure()) return;
    if (threads == 0) threads = threads_now();  // a sanitizer has one of its own by now
  }
  EXPECT_EQ(threads_now(), threads);
}

}  // namespace
}  // namespace weir
