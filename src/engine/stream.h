// SPDX-License-Identifier: Apache-2.0
// One stream: its source thread, its slots, its order, its sinks, its numbers.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/fair_queue.h"
#include "detect/detector.h"
#include "engine/config.h"
#include "engine/frame_order.h"
#include "engine/slots.h"
#include "engine/statistics.h"
#include "sinks/sink.h"
#include "sources/source.h"

namespace weir {

class Stream;

/// A frame that waits for a context.
struct Work {
  Stream* stream = nullptr;
  Slot* slot = nullptr;
};

using WorkQueue = FairQueue<Work>;

/// When a stream reads and when it stops.
struct StreamPolicy {
  Pace pace = Pace::kMax;
  WhenFull when_full = WhenFull::kBlock;
  bool loop = false;
  std::optional<int64_t> frames;
  std::optional<std::chrono::nanoseconds> duration;
  std::chrono::nanoseconds warmup{0};  ///< at the start of the run: counted, not measured
};

/// States: made -> running (run() was called) -> ended (run() has returned; every frame was delivered, the
/// sinks are finished).
class Stream {
 public:
  struct Parts {
    std::string name;
    std::unique_ptr<Source> source;
    std::shared_ptr<const Detector> detector;
    std::vector<std::unique_ptr<Sink>> sinks;
    std::vector<Slot> slots;
  };

  /// `queue` outlives the stream.
  Stream(Parts parts, const StreamPolicy& policy, WorkQueue& queue);

  /// Reads until the input, the policy or `stop` ends it; then waits until all its frames are delivered and
  /// finishes the sinks. On `stop`, frames that still wait for a context are dropped, those in a context are
  /// delivered. Thread: the stream's source thread.
  void run(std::stop_token stop, std::chrono::steady_clock::time_point start);

  /// Runs one frame of this stream and hands it on in order. Thread: any worker.
  void infer(Slot* slot, Context& context, size_t outputs);

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] bool ended() const { return ended_; }
  /// Any thread.
  [[nodiscard]] StreamStatistics statistics() const;
  /// What went wrong with the source and the sinks, in the order it did. Any thread.
  [[nodiscard]] std::vector<std::string> problems() const;
  [[nodiscard]] int64_t input_buffer_bytes() const { return slots_.input_bytes(); }
  [[nodiscard]] int64_t surface_bytes() const { return source_->surface_bytes(); }

 private:
  /// A frame that is done. Without a slot: dropped before it got one.
  struct Record {
    FrameResult result;
    Slot* slot = nullptr;
  };

  void read_frames(std::stop_token stop);
  [[nodiscard]] bool reached_limit() const;
  void wait_until_due(std::chrono::nanoseconds pts, const std::stop_token& stop) const;
  [[nodiscard]] std::optional<Picture> read_picture();
  void submit(Picture picture);
  [[nodiscard]] Slot* slot_for_new_frame();
  void drop(Record record, std::string_view reason);
  void deliver(Record record);
  void write_to_sinks(const Record& record);
  void wait_until_all_delivered();
  void finish_sinks();
  void report_problem(const Error& error);

  const std::string name_;
  const StreamPolicy policy_;
  const std::unique_ptr<Source> source_;
  const std::shared_ptr<const Detector> detector_;
  WorkQueue& queue_;
  const int lane_;
  SlotPool slots_;
  FrameOrder<Record> order_;
  bool keep_pictures_ = false;

  // Source thread only.
  std::chrono::steady_clock::time_point start_;
  LetterboxScratch scratch_;
  int64_t next_frame_ = 0;
  std::chrono::nanoseconds loop_offset_{0};  // added to the source's pts
  std::chrono::nanoseconds last_pts_{0};
  std::chrono::nanoseconds frame_duration_{0};

  // Whoever delivers; one at a time.
  std::vector<std::unique_ptr<Sink>> sinks_;  // a sink that failed is finished and gone
  bool failure_reported_ = false;

  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable delivered_changed_;
  int64_t delivered_ = 0;
  StreamStatistics statistics_;
  std::vector<std::string> problems_;
  std::atomic<bool> outputs_gone_{false};  // there were sinks, and all have failed: nobody would see a frame
  std::atomic<bool> ended_{false};
};

}  // namespace weir
