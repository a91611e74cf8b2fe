// SPDX-License-Identifier: Apache-2.0
#include "engine/stream.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "base/interruptible_sleep.h"

namespace weir {
namespace {

using std::chrono::nanoseconds;
using Clock = std::chrono::steady_clock;

nanoseconds frame_duration_of(const SourceInfo& info) {
  constexpr double kNanosecondsPerSecond = 1e9;
  constexpr nanoseconds kUnknown = std::chrono::milliseconds(40);
  return info.frame_rate > 0 ? nanoseconds(static_cast<int64_t>(kNanosecondsPerSecond / info.frame_rate))
                             : kUnknown;
}

}  // namespace

Stream::Stream(Parts parts, const StreamPolicy& policy, WorkQueue& queue)
    : name_(std::move(parts.name)),
      policy_(policy),
      source_(std::move(parts.source)),
      detector_(std::move(parts.detector)),
      queue_(queue),
      lane_(queue.add_lane()),
      slots_(std::move(parts.slots)),
      order_([this](Record record) { deliver(std::move(record)); }),
      frame_duration_(frame_duration_of(source_->info())),
      sinks_(std::move(parts.sinks)) {
  for (const auto& sink : sinks_) keep_pictures_ = keep_pictures_ || sink->wants_picture();
}

void Stream::run(std::stop_token stop, Clock::time_point start) {
  start_ = start;
  read_frames(stop);
  if (stop.stop_requested()) {
    while (const std::optional<Work> work = queue_.take_oldest(lane_)) {
      drop({std::move(work->slot->result), work->slot}, "stopped");
    }
  }
  wait_until_all_delivered();
  finish_sinks();
  ended_ = true;
}

void Stream::read_frames(std::stop_token stop) {
  while (!reached_limit()) {
    const bool realtime = policy_.pace == Pace::kRealtime;
    if (realtime && next_frame_ > 0) wait_until_due(last_pts_ + frame_duration_, stop);
    // Before reading, so that no decoded picture waits for a slot.
    if (policy_.when_full == WhenFull::kBlock) slots_.wait_for_free(stop);
    if (stop.stop_requested() || reached_limit()) return;
    std::optional<Picture> picture = read_picture();
    if (!picture) return;
    if (realtime) wait_until_due(picture->pts, stop);  // a gap in the input's times
    submit(std::move(*picture));
  }
}

bool Stream::reached_limit() const {
  if (outputs_gone_ || (policy_.frames && next_frame_ >= *policy_.frames)) return true;
  return policy_.duration && Clock::now() - start_ >= *policy_.duration;
}

/// A camera's frame exists when its time has come: neither decoded nor inferred before. Ends early at the end
/// of the run's duration.
void Stream::wait_until_due(nanoseconds pts, const std::stop_token& stop) const {
  Clock::time_point due = start_ + pts;
  if (policy_.duration) due = std::min(due, start_ + *policy_.duration);
  sleep_until(due, stop);
}

/// The next picture with the stream's own pts; nothing at the end, or after an error, which is reported.
std::optional<Picture> Stream::read_picture() {
  Result<std::optional<Picture>> picture = source_->read();
  if (picture && !*picture && policy_.loop && next_frame_ > 0) {
    loop_offset_ = last_pts_ + frame_duration_;
    if (const Status status = source_->rewind(); !status) {
      report_problem(status.error());
      return std::nullopt;
    }
    picture = source_->read();
  }
  if (!picture) {
    report_problem(picture.error());
    return std::nullopt;
  }
  if (*picture) {
    (*picture)->pts += loop_offset_;
    last_pts_ = (*picture)->pts;
  }
  return *std::move(picture);
}

void Stream::submit(Picture picture) {
  FrameResult result;
  result.frame = next_frame_++;
  result.pts = picture.pts;
  result.width_px = picture.view.display_width_px();
  result.height_px = picture.view.display_height_px();
  {
    const std::lock_guard lock(mutex_);
    ++statistics_.decoded;
  }
  Slot* slot = slot_for_new_frame();
  if (slot == nullptr) {
    drop({std::move(result), nullptr}, "queue full");
    return;
  }
  slot->letterbox = detector_->preprocess(picture.view, slot->input, scratch_);
  slot->result = std::move(result);
  slot->demuxed_at = picture.demuxed_at;
  if (keep_pictures_) slot->picture = std::move(picture);
  queue_.push(lane_, {this, slot});
}

/// A free slot; else, where frames may be dropped, that of the frame that has waited longest; null where all
/// frames are being inferred.
Slot* Stream::slot_for_new_frame() {
  if (Slot* slot = slots_.take()) return slot;
  const std::optional<Work> oldest = queue_.take_oldest(lane_);
  if (!oldest) return nullptr;
  drop({std::move(oldest->slot->result), nullptr}, "queue full");
  oldest->slot->picture.reset();
  return oldest->slot;
}

void Stream::infer(Slot* slot, Context& context, size_t outputs) {
  const Status status = context.run(slot->input);
  if (status) {
    std::vector<ConstTensorView> views;
    for (size_t i = 0; i < outputs; ++i) views.push_back(context.output(static_cast<int>(i)));
    slot->result.detections = detector_->detect(views, slot->letterbox);
    slot->result.outcome = Outcome::kInferred;
  } else {
    slot->result.outcome = Outcome::kFailed;
    slot->result.reason = status.error().message;
  }
  const int64_t frame = slot->result.frame;
  order_.add(frame, {std::move(slot->result), slot});
}

void Stream::drop(Record record, std::string_view reason) {
  record.result.outcome = Outcome::kDropped;
  record.result.reason = reason;
  const int64_t frame = record.result.frame;
  order_.add(frame, std::move(record));
}

void Stream::deliver(Record record) {
  const Clock::time_point now = Clock::now();
  {
    const std::lock_guard lock(mutex_);
    const nanoseconds measured_time = now - start_ - policy_.warmup;
    const bool warm = measured_time.count() >= 0;
    if (warm) statistics_.seconds = std::chrono::duration<double>(measured_time).count();
    switch (record.result.outcome) {
      case Outcome::kInferred:
        ++statistics_.inferred;
        if (!warm) break;
        ++statistics_.measured;
        statistics_.latency.add(now - record.slot->demuxed_at);
        break;
      case Outcome::kFailed:
        ++statistics_.failed;
        break;
      case Outcome::kDropped:
        ++statistics_.dropped[record.result.reason];
        break;
    }
  }
  if (record.result.outcome == Outcome::kFailed && !std::exchange(failure_reported_, true)) {
    report_problem({ErrorCode::kInternal, fmt::format("frame {}: {}; further failures are counted",
                                                      record.result.frame, record.result.reason)});
  }
  write_to_sinks(record);
  if (record.slot != nullptr) {
    record.slot->picture.reset();
    slots_.give_back(record.slot);
  }
  // Last, and notified under the lock: the source thread goes on to finish the sinks.
  const std::lock_guard lock(mutex_);
  ++delivered_;
  delivered_changed_.notify_one();
}

void Stream::wait_until_all_delivered() {
  std::unique_lock lock(mutex_);
  delivered_changed_.wait(lock, [&] { return delivered_ == statistics_.decoded; });
}

void Stream::write_to_sinks(const Record& record) {
  const bool has_picture =
      record.slot != nullptr && record.slot->picture && record.result.outcome != Outcome::kDropped;
  const Picture* picture = has_picture ? &*record.slot->picture : nullptr;
  const bool had_sinks = !sinks_.empty();
  std::erase_if(sinks_, [&](const std::unique_ptr<Sink>& sink) {
    const Status status = sink->write(record.result, sink->wants_picture() ? picture : nullptr);
    if (status) return false;
    report_problem(status.error());
    (void)sink->finish();  // what it says now follows from what was just reported
    return true;
  });
  outputs_gone_ = outputs_gone_ || (had_sinks && sinks_.empty());
}

void Stream::finish_sinks() {
  for (const auto& sink : sinks_) {
    if (const Status status = sink->finish(); !status) report_problem(status.error());
  }
  sinks_.clear();
}

void Stream::report_problem(const Error& error) {
  // kCancelled: another stream has said it already, of what they share.
  if (error.code != ErrorCode::kCancelled)
    spdlog::error(fmt::format("stream '{}': {}", name_, error.message));
  const std::lock_guard lock(mutex_);
  problems_.push_back(error.message);
}

StreamStatistics Stream::statistics() const {
  const std::lock_guard lock(mutex_);
  return statistics_;
}

std::vector<std::string> Stream::problems() const {
  const std::lock_guard lock(mutex_);
  return problems_;
}

}  // namespace weir
