// SPDX-License-Identifier: Apache-2.0
#include "engine/stream.h"

#include <algorithm>
#include <cassert>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "base/thread_name.h"
#include "memory/process_memory.h"
#include "sources/looped_source.h"
#include "sources/paced_source.h"

namespace weir {
namespace {

using Clock = std::chrono::steady_clock;

}  // namespace

Stream::Stream(Parts parts)
    : parts_(std::move(parts)), order_([this](Done done) { deliver(std::move(done)); }) {}

Stream::~Stream() {
  stop();
  lane_.reset();  // of a stream that never ran
}

// ---------------------------------------------------------------- life

Status Stream::open(bool measure_memory) {
  enter(StreamState::kConnecting);
  const int64_t before = measure_memory ? settled_anonymous_bytes() : 0;
  Result<std::unique_ptr<Source>> source = open_decorated();
  if (!source) return fail(source.error());
  const int64_t added = measure_memory ? settled_anonymous_bytes() - before - (*source)->surface_bytes() : 0;
  const std::lock_guard lock(mutex_);
  decoder_bytes_ = std::max<int64_t>(0, added);
  source_ = *std::move(source);
  source_info_ = source_->info();
  return {};
}

/// The source, looped and paced as the configuration says.
Result<std::unique_ptr<Source>> Stream::open_decorated() {
  WEIR_ASSIGN_OR_RETURN(std::unique_ptr<Source> source, parts_.open_source());
  if (parts_.config.loop) {
    source = std::make_unique<LoopedSource>(std::move(source),
                                            [this](const Error& error) { report_problem(error); });
  }
  if (parts_.config.pace == Pace::kRealtime) source = std::make_unique<PacedSource>(std::move(source));
  return source;
}

Status Stream::equip(const std::stop_token& stop) {
  Result<Equipment> equipment = parts_.equip(*source_info(), stop);
  if (!equipment) return fail(equipment.error());
  auto lane = std::make_unique<ModelPool::Lane>(equipment->pool, *this);
  const std::lock_guard lock(mutex_);
  equipment_ = *std::move(equipment);
  lane_ = std::move(lane);
  keeps_pictures_ = std::ranges::any_of(equipment_.outputs, &Output::wants_picture);
  return {};
}

/// It ends before it ran.
Error Stream::fail(const Error& error) {
  const std::lock_guard lock(mutex_);
  state_ = StreamState::kFailed;
  if (error.code != ErrorCode::kCancelled) problems_.push_back(error);
  return error;
}

Status Stream::start(Clock::time_point measured_from) {
  measured_from_ = measured_from;
  try {
    thread_ = std::thread([this] { run(); });
  } catch (const std::system_error& error) {
    return fail({ErrorCode::kResourceExhausted, fmt::format("no thread for it: {}", error.what())});
  }
  return {};
}

void Stream::end_input() {
  input_stop_.request_stop();
}

void Stream::request_stop(std::string_view reason) {
  {
    const std::lock_guard lock(mutex_);
    if (stop_reason_.empty()) stop_reason_ = reason;
    changed_.notify_all();
  }
  input_stop_.request_stop();
  output_stop_.request_stop();
}

void Stream::stop() {
  request_stop("stopped");
  join();
}

void Stream::join() {
  const std::lock_guard lock(thread_mutex_);
  if (thread_.joinable()) thread_.join();
}

void Stream::run() {
  name_this_thread("source " + parts_.config.name);
  const Status prepared = prepare();
  if (prepared) {
    enter(StreamState::kRunning);
    read_frames();
    enter(StreamState::kDraining);
    wait_until_all_delivered();
    close_outputs();
  } else {
    tell(prepared.error());
  }
  parts_.on_ending();
  release();
  if (prepared) enter(StreamState::kEnded);
  parts_.on_end();
}

/// What was not done before start().
Status Stream::prepare() {
  if (source_ == nullptr) WEIR_RETURN_IF_ERROR(open());
  if (lane_ == nullptr) WEIR_RETURN_IF_ERROR(equip(input_stop_.get_token()));
  const SourceInfo info = *source_info();
  for (const auto& output : equipment_.outputs) {
    output->open_stream({.id = id(),
                         .name = parts_.config.name,
                         .labels = equipment_.detector->labels(),
                         .frame_rate = info.frame_rate,
                         .still = info.still});
  }
  return {};
}

/// Outside the lock, for it takes time, and a sink may have something to say at its end.
void Stream::release() {
  lane_.reset();
  std::unique_ptr<Source> source;
  Equipment equipment;
  const std::lock_guard lock(mutex_);
  source = std::move(source_);
  equipment = std::move(equipment_);
}

void Stream::enter(StreamState state) {
  const std::lock_guard lock(mutex_);
  state_ = state;
}

// ---------------------------------------------------------------- reading

void Stream::read_frames() {
  const std::stop_token stop = input_stop_.get_token();
  const bool may_drop = parts_.config.effective_when_full() == WhenFull::kDropOldest;
  while (may_read()) {
    // Before reading, so that no decoded picture waits for a place.
    if (may_drop) {
      equipment_.slots->wait_for_dropped_record(stop);
    } else {
      equipment_.slots->wait_for_slot(stop);
    }
    if (!may_read()) return;
    std::optional<Picture> picture = read_picture();
    if (!picture) return;
    submit(std::move(*picture));
  }
}

bool Stream::may_read() const {
  if (input_stop_.stop_requested()) return false;
  if (parts_.config.frames && next_frame_ >= *parts_.config.frames) return false;
  // There were outputs and all have failed: nobody would see a frame.
  const auto& outputs = equipment_.outputs;
  return outputs.empty() || !std::ranges::all_of(outputs, &Output::has_failed);
}

/// Nothing at the end, or after an error, which is reported.
std::optional<Picture> Stream::read_picture() {
  Result<std::optional<Picture>> picture = source_->read(input_stop_.get_token());
  if (picture) return *std::move(picture);
  if (picture.error().code != ErrorCode::kCancelled) report_problem(picture.error());
  return std::nullopt;
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
  std::optional<Place> place = place_for_new_frame();
  if (!place) {
    const bool at_outputs = std::ranges::any_of(equipment_.outputs, &Output::is_holding_up);
    drop(std::move(result), equipment_.slots->take_dropped_record(),
         at_outputs ? "output behind" : "queue full");
    return;
  }
  Slot& slot = *place->slot();
  slot.letterbox = equipment_.detector->preprocess(picture.view, slot.input, scratch_);
  slot.result = std::move(result);
  slot.demuxed_at = picture.demuxed_at;
  if (keeps_pictures_) slot.picture = std::move(picture);
  lane_->push(*std::move(place));
}

/// A free slot; else, where frames may be dropped, that of the frame that has waited longest; nothing where
/// all frames are in contexts or on their way out.
std::optional<Place> Stream::place_for_new_frame() {
  std::optional<Place> place = equipment_.slots->take_slot();
  if (place) return place;
  place = lane_->take_oldest();
  if (!place) return std::nullopt;
  drop(std::move(place->slot()->result), equipment_.slots->take_dropped_record(), "queue full");
  return place;
}

// ---------------------------------------------------------------- inferring and delivering

void Stream::infer(Place place, Context& context, size_t outputs) {
  Slot& slot = *place.slot();
  const Status status = context.run(slot.input);
  if (status) {
    std::vector<ConstTensorView> views;
    for (size_t i = 0; i < outputs; ++i) views.push_back(context.output(static_cast<int>(i)));
    slot.result.detections = equipment_.detector->detect(views, slot.letterbox);
    slot.result.outcome = Outcome::kInferred;
  } else {
    slot.result.outcome = Outcome::kFailed;
    slot.result.reason = status.error().message;
  }
  const int64_t frame = slot.result.frame;
  order_.add(frame, {std::move(slot.result), std::move(place)});
}

void Stream::drop(FrameResult result, Place place, std::string_view reason) {
  result.outcome = Outcome::kDropped;
  result.reason = reason;
  const int64_t frame = result.frame;
  order_.add(frame, {std::move(result), std::move(place)});
}

void Stream::deliver(Done done) {
  Slot* slot = done.place.slot();
  count(done.result, slot == nullptr ? Clock::time_point() : slot->demuxed_at);
  if (done.result.outcome == Outcome::kFailed && !std::exchange(failure_reported_, true)) {
    report_problem({ErrorCode::kInternal, fmt::format("frame {}: {}; further failures are counted",
                                                      done.result.frame, done.result.reason)});
  }
  if (!equipment_.outputs.empty()) {
    const auto place = std::make_shared<const Place>(std::move(done.place));
    Record record;
    if (slot != nullptr && slot->picture && done.result.outcome != Outcome::kDropped)
      record.picture = std::make_shared<const Picture>(*std::exchange(slot->picture, std::nullopt));
    record.result = std::make_shared<const FrameResult>(std::move(done.result));
    for (const auto& output : equipment_.outputs) output->push(id(), record, place);
  }
  const std::lock_guard lock(mutex_);
  ++delivered_;
  changed_.notify_all();
}

void Stream::count(const FrameResult& result, Clock::time_point demuxed_at) {
  const Clock::time_point now = Clock::now();
  const std::lock_guard lock(mutex_);
  const bool is_measured = now >= measured_from_;
  if (is_measured) statistics_.seconds = std::chrono::duration<double>(now - measured_from_).count();
  switch (result.outcome) {
    case Outcome::kInferred:
      ++statistics_.inferred;
      if (!is_measured) break;
      ++statistics_.measured;
      statistics_.latency.add(now - demuxed_at);
      break;
    case Outcome::kFailed:
      ++statistics_.failed;
      break;
    case Outcome::kDropped:
      ++statistics_.dropped[result.reason];
      break;
  }
}

/// Once a stop was requested: gives up what waits for a context.
void Stream::drop_waiting(const std::string& reason) {
  while (std::optional<Place> place = lane_->take_oldest()) {
    FrameResult result = std::move(place->slot()->result);
    drop(std::move(result), *std::move(place), reason);
  }
}

void Stream::wait_until_all_delivered() {
  bool has_dropped = false;
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(
        lock, [&] { return delivered_ == statistics_.decoded || (!has_dropped && !stop_reason_.empty()); });
    if (delivered_ == statistics_.decoded) return;
    has_dropped = true;
    const std::string reason = stop_reason_;
    lock.unlock();
    drop_waiting(reason);
    lock.lock();
  }
}

void Stream::close_outputs() {
  for (const auto& output : equipment_.outputs) output->close_stream(id());
  for (const auto& output : equipment_.outputs) {
    OutputCount count = output->wait_until_closed(id(), output_stop_.get_token(), parts_.output_grace);
    const std::lock_guard lock(mutex_);
    if (count.lost > 0) not_written_[output->name()] += count.lost;
    if (count.problem && count.problem->code != ErrorCode::kCancelled)
      problems_.push_back(*std::move(count.problem));
  }
}

// ---------------------------------------------------------------- reporting

void Stream::report_problem(const Error& error) {
  {
    const std::lock_guard lock(mutex_);
    problems_.push_back(error);
  }
  tell(error);
}

void Stream::tell(const Error& error) const {
  if (error.code == ErrorCode::kCancelled) return;
  parts_.on_event({Event::Kind::kProblem, parts_.config.name, error.code, error.message});
}

StreamState Stream::state() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

std::optional<SourceInfo> Stream::source_info() const {
  const std::lock_guard lock(mutex_);
  return source_info_;
}

StreamReport Stream::report() const {
  const std::lock_guard lock(mutex_);
  StreamReport report{.name = parts_.config.name, .input = parts_.config.input};
  report.state = state_;
  report.statistics = statistics_;
  report.problems = problems_;
  report.not_written = not_written_;
  for (const auto& output : equipment_.outputs) {
    const OutputCount count = output->count(id());
    if (count.lost > 0) report.not_written[output->name()] += count.lost;
    if (count.problem) report.problems.push_back(*count.problem);
  }
  if (!source_info_) return report;
  report.description = source_info_->description;
  report.expected = source_info_->frames;
  if (const auto limit = parts_.config.frames)
    report.expected = std::min(report.expected.value_or(*limit), *limit);
  return report;
}

std::shared_ptr<ModelPool> Stream::pool() const {
  const std::lock_guard lock(mutex_);
  return equipment_.pool;
}

void Stream::add_to_ledger(std::vector<LedgerEntry>& ledger) const {
  const std::lock_guard lock(mutex_);
  const std::string& name = parts_.config.name;
  if (equipment_.slots != nullptr)
    ledger.push_back({MemoryKind::kInputBuffers, name, equipment_.slots->input_bytes()});
  if (source_ == nullptr) return;
  ledger.push_back({MemoryKind::kDecoder, name, decoder_bytes_});
  ledger.push_back({MemoryKind::kDecoderSurfaces, name, source_->surface_bytes()});
}

}  // namespace weir
