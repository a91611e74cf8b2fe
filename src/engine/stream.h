// SPDX-License-Identifier: Apache-2.0
// One stream: its source and thread, its slots, its order, its outputs, its numbers.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "detect/detector.h"
#include "engine/config.h"
#include "engine/event.h"
#include "engine/frame_order.h"
#include "engine/model_pool.h"
#include "engine/output.h"
#include "engine/report.h"
#include "engine/slots.h"
#include "engine/statistics.h"
#include "sources/source.h"

namespace weir {

/// Reads a source, has its frames inferred and hands their records on in order. Owns its thread.
///
/// States: idle -> connecting (opens its source, gets its model) -> running -> draining (reads no more; what
/// was read is still inferred and written) -> ended, or failed if it could not be opened. Ended and failed
/// streams hold neither source, slots, lane nor outputs.
class Stream final : public FrameOwner {
 public:
  /// What a stream needs to run, which depends on its source.
  struct Equipment {
    std::shared_ptr<const Detector> detector;
    std::shared_ptr<ModelPool> pool;
    std::shared_ptr<SlotPool> slots;
    std::vector<std::shared_ptr<Output>> outputs;
  };

  struct Parts {
    StreamId id = 0;
    StreamConfig config;
    std::function<Result<std::unique_ptr<Source>>()> open_source;
    /// Called once the source is open. Thread: whoever calls equip(). kCancelled: the token's stop was
    /// requested.
    std::function<Result<Equipment>(const SourceInfo&, const std::stop_token&)> equip;
    /// Called before the stream lets go of what it holds. Thread: the stream's.
    std::function<void()> on_ending;
    /// Called when the stream has ended or failed. Thread: the stream's.
    std::function<void()> on_end;
    EventListener on_event;
    /// How long a stopped stream waits for outputs that still have records of it.
    std::chrono::nanoseconds output_grace = std::chrono::seconds(1);
  };

  explicit Stream(Parts parts);
  ~Stream() override;  ///< stop()
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  // Before start(), or left to the stream's thread, which then also tells what went wrong. An error ends the
  // stream.
  /// `measure_memory`: what opening adds to the process goes into the ledger. Only while nothing else runs.
  [[nodiscard]] Status open(bool measure_memory = false);
  [[nodiscard]] Status equip(const std::stop_token& stop);

  /// Frames that are delivered from `measured_from` on are measured. Once. kResourceExhausted: no more
  /// threads.
  [[nodiscard]] Status start(std::chrono::steady_clock::time_point measured_from);
  /// Reads no more. What was read is inferred and written. Any thread.
  void end_input();
  /// Reads no more; frames that wait for a context are dropped with that reason, those in a context are
  /// delivered, and outputs get Parts::output_grace for what they still have. Any thread; the first reason
  /// counts.
  void request_stop(std::string_view reason);
  /// request_stop("stopped") and waits for the end. Idempotent. Any thread but the stream's own.
  void stop();
  /// Waits for the end.
  void join();

  // Any thread.
  [[nodiscard]] StreamId id() const { return parts_.id; }
  [[nodiscard]] const StreamConfig& config() const { return parts_.config; }
  [[nodiscard]] StreamState state() const;
  [[nodiscard]] StreamReport report() const;
  /// Of the source, once it is open.
  [[nodiscard]] std::optional<SourceInfo> source_info() const;
  /// That serves it; null before equip() and after its end.
  [[nodiscard]] std::shared_ptr<ModelPool> pool() const;
  /// What it holds of memory now.
  void add_to_ledger(std::vector<LedgerEntry>& ledger) const;
  /// Runs one frame of this stream and hands it on in order. Thread: any of its pool's.
  void infer(Place place, Context& context, size_t outputs) override;

 private:
  /// A frame that is done.
  struct Done {
    FrameResult result;
    Place place;
  };

  void run();
  [[nodiscard]] Result<std::unique_ptr<Source>> open_decorated();
  [[nodiscard]] Status prepare();
  void read_frames();
  [[nodiscard]] bool may_read() const;
  [[nodiscard]] std::optional<Picture> read_picture();
  void submit(Picture picture);
  [[nodiscard]] std::optional<Place> place_for_new_frame();
  void drop(FrameResult result, Place place, std::string_view reason);
  void deliver(Done done);
  void count(const FrameResult& result, std::chrono::steady_clock::time_point demuxed_at);
  void drop_waiting(const std::string& reason);
  void wait_until_all_delivered();
  void close_outputs();
  void release();
  void enter(StreamState state);
  [[nodiscard]] Error fail(const Error& error);
  void report_problem(const Error& error);
  void tell(const Error& error) const;

  const Parts parts_;

  // Set up before the thread starts or by it, then read by all.
  std::unique_ptr<Source> source_;  // released by the thread under mutex_
  Equipment equipment_;             // the same
  std::unique_ptr<ModelPool::Lane> lane_;
  bool keeps_pictures_ = false;
  std::chrono::steady_clock::time_point measured_from_;

  std::stop_source input_stop_;   // reads no more
  std::stop_source output_stop_;  // waits no longer for outputs than output_grace
  FrameOrder<Done> order_;

  // The stream's thread only.
  LetterboxScratch scratch_;
  int64_t next_frame_ = 0;

  // Whoever delivers; one at a time.
  bool failure_reported_ = false;

  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  StreamState state_ = StreamState::kIdle;
  std::string stop_reason_;  // not empty: stopped
  int64_t delivered_ = 0;
  int64_t decoder_bytes_ = 0;
  std::optional<SourceInfo> source_info_;
  StreamStatistics statistics_;
  std::vector<Error> problems_;
  std::map<std::string, int64_t> not_written_;  // of outputs that are closed

  std::mutex thread_mutex_;  // guards the joining of thread_
  std::thread thread_;
};

}  // namespace weir
