// SPDX-License-Identifier: Apache-2.0
#include "track/stream_tracking.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

namespace weir::track {
namespace {

constexpr size_t kMostProblems = 100;

Status first_of(const std::vector<PlaceMistake>& mistakes) {
  if (mistakes.empty()) return {};
  return Error{ErrorCode::kInvalidArgument, mistakes.front().message};
}

float scaled(float value, double scale) {
  return static_cast<float>(value * scale);
}

}  // namespace

Status TrackingConfig::validate() const {
  WEIR_RETURN_IF_ERROR(tracker.validate());
  return first_of(find_mistakes(places));
}

Box StreamTracking::Scale::operator()(const Box& box) const {
  return {scaled(box.x1, x), scaled(box.y1, y), scaled(box.x2, x), scaled(box.y2, y)};
}

Result<std::unique_ptr<StreamTracking>> StreamTracking::create(const TrackingConfig& config,
                                                               std::vector<std::string> labels) {
  WEIR_RETURN_IF_ERROR(config.validate());
  WEIR_RETURN_IF_ERROR(first_of(find_mistakes_in_labels(config.places, labels)));
  return std::unique_ptr<StreamTracking>(new StreamTracking(config, std::move(labels)));
}

StreamTracking::StreamTracking(const TrackingConfig& config, std::vector<std::string> labels)
    : config_(config),
      labels_(std::move(labels)),
      tracker_(Tracker::create(config.tracker)),
      zone_counts_(config.places.zones.size()),
      line_counts_(config.places.lines.size()) {}

Status StreamTracking::fits(int width_px, int height_px) const {
  return first_of(find_mistakes_in_picture(config_.places, width_px, height_px));
}

std::vector<Event> StreamTracking::step(FrameResult& frame) {
  std::vector<Event> events;
  if (source_is_lost_) events = source_back(Time(0));
  now_ = timeline_.at(frame.pts);
  if (frame.outcome != Outcome::kInferred) return events;
  set_size(frame.width_px, frame.height_px);
  mask(frame);
  track(frame, now_);
  // Who is not waited for any more.
  const auto known = tracker_->tracks();
  const auto is_over = [&](const TrackedObject& object) {
    return !std::ranges::binary_search(known, object.track_id(), {}, &TrackState::id);
  };
  end_objects(is_over, EndReason::kGone, events);
  see(frame, now_);
  for (auto& [id, object] : objects_) {
    if (auto event = tell(object, now_)) events.push_back(in_picture(*std::move(event)));
  }
  return events;
}

void StreamTracking::set_size(int width_px, int height_px) {
  if (width_px == width_px_ && height_px == height_px_) return;
  if (width_px <= 0 || height_px <= 0) return;
  width_px_ = width_px;
  height_px_ = height_px;
  if (!places_) {
    first_width_px_ = width_px;
    first_height_px_ = height_px;
    places_.emplace(config_.places, labels_, width_px, height_px);
  }
  from_first_ = {static_cast<double>(width_px) / first_width_px_,
                 static_cast<double>(height_px) / first_height_px_};
  to_first_ = {1 / from_first_.x, 1 / from_first_.y};
  places_->pixels_count = from_first_.is_identity();
  if (places_->pixels_count) return;
  for (const std::string& place : places_->in_pixels()) {
    if (problems_.size() == kMostProblems) return;
    problems_.push_back(
        fmt::format("{} is in pixels of pictures of {}x{}, and these are {}x{} now: it is not used until "
                    "they are as before",
                    place, first_width_px_, first_height_px_, width_px, height_px));
  }
}

void StreamTracking::mask(FrameResult& frame) {
  if (!places_ || places_->masks.empty()) return;
  const auto is_masked = [&](const Detection& detection) {
    const Box box = to_first_(detection.box);
    return std::ranges::any_of(places_->masks, [&](const PlacedArea& one) {
      return places_->counts(one) && one.who.admits(detection.class_id, box, detection.score) &&
             one.holds(box);
    });
  };
  boxes_masked_ += static_cast<int64_t>(std::erase_if(frame.detections, is_masked));
}

void StreamTracking::track(FrameResult& frame, Time now) {
  if (std::exchange(skip_next_, false)) tracker_->skip_to(now);
  if (from_first_.is_identity()) {
    tracker_->update(now, frame.detections);
    return;
  }
  scaled_ = frame.detections;
  for (Detection& detection : scaled_) detection.box = to_first_(detection.box);
  tracker_->update(now, scaled_);
  for (size_t i = 0; i < scaled_.size(); ++i) frame.detections[i].track_id = scaled_[i].track_id;
}

void StreamTracking::see(const FrameResult& frame, Time now) {
  if (!places_) return;
  const auto states = tracker_->tracks();
  for (const Detection& detection : frame.detections) {
    if (detection.track_id == 0) continue;
    const auto state = std::ranges::lower_bound(states, detection.track_id, {}, &TrackState::id);
    Detection box = detection;
    box.box = to_first_.is_identity() ? detection.box : to_first_(detection.box);
    const auto object = objects_.try_emplace(detection.track_id, detection.track_id, *places_).first;
    object->second.see(box, frame.frame, now, *state, *places_);
  }
}

/// Its event's begin, or a change, if there is any to tell.
std::optional<Event> StreamTracking::tell(TrackedObject& object, Time now) {
  if (!object.has_event()) {
    const bool lasts =
        object.times_seen() > 1 && object.last_seen() - object.first_seen() >= config_.new_after;
    if (!lasts) return std::nullopt;
    object.begin_event(next_event_id_++);
    count(object);
    return object.event(EventKind::kNew, now);
  }
  count(object);
  const bool moves_on = object.last_seen() == now && !object.stationary_since();
  const bool is_due = moves_on && now - object.last_told() >= config_.update_every;
  if (!object.has_changed() && !is_due) return std::nullopt;
  return object.event(EventKind::kUpdate, now);
}

void StreamTracking::count(TrackedObject& object) {
  // A detector's classes are those of its labels; should there be others, they are one.
  const bool is_known = object.class_id() >= 0 && static_cast<size_t>(object.class_id()) < labels_.size();
  const int class_id = is_known ? object.class_id() : -1;
  for (const Happening& one : object.take_happenings()) {
    if (one.kind == Happening::Kind::kEntered) {
      ++zone_counts_[one.place][class_id].entered;
    } else {
      LineCount& line = line_counts_[one.place][class_id];
      ++(one.direction == Direction::kToRight ? line.to_right : line.to_left);
    }
  }
}

Event StreamTracking::last_event(TrackedObject& object, EndReason reason) {
  Event event = object.event(EventKind::kEnd, now_);
  event.reason = reason;
  return in_picture(std::move(event));
}

/// In pixels of the picture as it is now.
Event StreamTracking::in_picture(Event event) const {
  if (from_first_.is_identity()) return event;
  event.best_box = from_first_(event.best_box);
  event.box = from_first_(event.box);
  for (PathPoint& point : event.path) point.place = from_first_(point.place);
  for (LineCrossing& crossing : event.crossings) crossing.box = from_first_(crossing.box);
  return event;
}

template <class Ends>
void StreamTracking::end_objects(Ends ends, EndReason reason, std::vector<Event>& events) {
  for (auto it = objects_.begin(); it != objects_.end();) {
    if (!ends(it->second)) {
      ++it;
      continue;
    }
    if (it->second.has_event()) {
      it->second.end();
      count(it->second);
      events.push_back(last_event(it->second, reason));
    }
    it = objects_.erase(it);
  }
}

std::vector<Event> StreamTracking::source_lost() {
  std::vector<Event> events;
  tracker_->skip_to(now_);
  source_is_lost_ = true;
  end_objects([](const TrackedObject& object) { return !object.stationary_since(); }, EndReason::kSourceLost,
              events);
  return events;
}

std::vector<Event> StreamTracking::source_back(Time away) {
  std::vector<Event> events;
  source_is_lost_ = false;
  skip_next_ = true;
  if (away <= config_.longest_outage) return events;
  tracker_->forget_all();
  end_objects([](const TrackedObject&) { return true; }, EndReason::kSourceLost, events);
  return events;
}

std::vector<Event> StreamTracking::finish() {
  std::vector<Event> events;
  const EndReason reason = source_is_lost_ ? EndReason::kSourceLost : EndReason::kStreamEnded;
  end_objects([](const TrackedObject&) { return true; }, reason, events);
  tracker_->forget_all();
  return events;
}

TrackingReport StreamTracking::report() const {
  TrackingReport report;
  report.objects = next_event_id_ - 1;
  report.boxes_masked = boxes_masked_;
  report.boxes_left_out = tracker_->boxes_left_out();
  for (size_t i = 0; i < zone_counts_.size(); ++i) {
    std::map<int, ZoneCount> counts = zone_counts_[i];
    for (const auto& [id, object] : objects_) {
      if (object.has_event() && object.is_in(i)) ++counts[object.class_id()].now;
    }
    ZoneReport& zone = report.zones.emplace_back(ZoneReport{config_.places.zones[i].name, {}});
    for (auto& [class_id, one] : counts) zone.classes.push_back({class_id, one.now, one.entered});
  }
  for (size_t i = 0; i < line_counts_.size(); ++i) {
    LineReport& line = report.lines.emplace_back(LineReport{config_.places.lines[i].name, {}});
    for (const auto& [class_id, one] : line_counts_[i]) {
      line.classes.push_back({class_id, one.to_right, one.to_left});
    }
  }
  return report;
}

Overlay StreamTracking::overlay() const {
  Overlay overlay;
  if (!places_) return overlay;
  for (const auto& [id, object] : objects_) {
    if (object.last_seen() != now_) continue;
    Trail& trail = overlay.trails.emplace_back();
    trail.track_id = id;
    trail.class_id = object.class_id();
    trail.is_stationary = object.stationary_since().has_value();
    for (const PathPoint& point : object.path().points()) trail.points.push_back(from_first_(point.place));
  }
  const TrackingReport counts = report();
  for (size_t i = 0; i < places_->zones.size(); ++i) {
    if (!places_->counts(places_->zones[i])) continue;
    DrawnZone& zone = overlay.zones.emplace_back(DrawnZone{places_->zones[i].name, {}, 0});
    for (const Point& point : places_->zones[i].polygon) zone.polygon.push_back(from_first_(point));
    for (const ZoneCount& one : counts.zones[i].classes) zone.now += one.now;
  }
  for (size_t i = 0; i < places_->lines.size(); ++i) {
    const PlacedLine& placed = places_->lines[i];
    if (!places_->counts(placed)) continue;
    DrawnLine& line = overlay.lines.emplace_back(
        DrawnLine{placed.name, from_first_(placed.from), from_first_(placed.to), 0, 0});
    for (const LineCount& one : counts.lines[i].classes) {
      line.to_right += one.to_right;
      line.to_left += one.to_left;
    }
  }
  return overlay;
}

std::vector<std::string> StreamTracking::take_problems() {
  return std::exchange(problems_, {});
}

}  // namespace weir::track
