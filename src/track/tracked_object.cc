// SPDX-License-Identifier: Apache-2.0
#include "track/tracked_object.h"

#include <algorithm>
#include <cmath>

#include "track/boxes.h"

namespace weir::track {
namespace {

/// Parts of an object's size (the square root of its area): how far over a line it has to be until it is over
/// it, and how far it goes until its path has another point. Boxes tremble by less.
constexpr double kOver = 0.2;
constexpr double kStep = 0.25;
/// Where it has been for so long, it is stationary.
constexpr Time kStationary = std::chrono::seconds(10);
constexpr size_t kMostClasses = 8;
constexpr size_t kMostHappenings = 64;

template <class T>
void keep_last(std::vector<T>& list, size_t most) {
  if (list.size() > most) list.erase(list.begin());
}

}  // namespace

TrackedObject::TrackedObject(int64_t track_id, const PlacedPlaces& places)
    : track_id_(track_id), zones_(places.zones.size()), lines_(places.lines.size()) {}

void TrackedObject::see(const Detection& box, int64_t frame, Time now, const TrackState& state,
                        const PlacedPlaces& places) {
  if (times_seen_++ == 0) first_seen_ = now;
  last_seen_ = now;
  box_ = box.box;
  add_class(box.class_id, box.score);
  if (times_seen_ == 1 || box.score > best_score_) {
    best_score_ = box.score;
    best_frame_ = frame;
    best_box_ = box.box;
  }
  path_.add({now, counting_point(box_, CountingPoint::kBottom)}, kStep * std::sqrt(box_.area()));
  look_if_stationary(now, state);
  for (size_t i = 0; i < zones_.size(); ++i) {
    look_at_zone(i, places.zones[i], places.counts(places.zones[i]), now);
  }
  for (size_t i = 0; i < lines_.size(); ++i) {
    look_at_line(i, places.lines[i], places.counts(places.lines[i]), now);
  }
  happenings_.resize(std::min(happenings_.size(), kMostHappenings));
}

void TrackedObject::add_class(int class_id, float score) {
  for (auto& [known, sum] : classes_) {
    if (known != class_id) continue;
    sum += score;
    return;
  }
  if (classes_.size() < kMostClasses) classes_.emplace_back(class_id, score);
}

int TrackedObject::class_id() const {
  const auto most = std::ranges::max_element(classes_, {}, [](const auto& one) { return one.second; });
  return most == classes_.end() ? 0 : most->first;
}

void TrackedObject::look_if_stationary(Time now, const TrackState& state) {
  const bool is_stationary = now - state.still_since >= kStationary;
  if (is_stationary != stationary_since_.has_value()) changed_ = true;
  stationary_since_ = is_stationary ? std::optional(state.still_since) : std::nullopt;
}

void TrackedObject::look_at_zone(size_t index, const PlacedZone& zone, bool counts, Time now) {
  InZone& in = zones_[index];
  const bool is_inside = counts && zone.who.admits(class_id(), box_, best_score_) && zone.holds(box_);
  if (is_inside == in.inside) {
    in.frames = 0;
  } else {
    if (in.frames++ == 0) in.elsewhere_at = now;
    const bool lasts = in.frames >= zone.inertia.frames && now - in.elsewhere_at >= zone.inertia.time;
    if (lasts) enter_or_leave(index, in.elsewhere_at);
  }
  if (!in.inside || zone.loiter == Time(0)) return;
  for (ZoneVisit& visit : visits_) {
    if (visit.zone != index || visit.left || visit.loitered || now - visit.entered < zone.loiter) continue;
    visit.loitered = changed_ = true;
  }
}

void TrackedObject::enter_or_leave(size_t index, Time at) {
  InZone& in = zones_[index];
  in.inside = !in.inside;
  in.frames = 0;
  changed_ = true;
  if (in.inside) {
    visits_.push_back({.zone = index, .entered = at});
    keep_last(visits_, Event::kMostVisits);
    happenings_.push_back({Happening::Kind::kEntered, index});
    return;
  }
  for (ZoneVisit& visit : visits_) {
    if (visit.zone == index && !visit.left) visit.left = at;
  }
}

void TrackedObject::look_at_line(size_t index, const PlacedLine& line, bool counts, Time now) {
  AtLine& at = lines_[index];
  const Point here = counting_point(box_, line.point);
  const double distance = distance_right_of(line.from, line.to, here);
  const int side = distance > 0 ? 1 : -1;
  if (at.side == 0 || side == at.side) {
    at = {.side = side, .there = here};
    return;
  }
  const bool is_over = std::abs(distance) >= kOver * std::max(width_of(box_), height_of(box_));
  if (!is_over && at.frames == 0) return;  // not clear yet
  if (at.frames++ == 0) {
    at.over_since = now;
    const bool is_crossed = counts && segments_meet(at.there, here, line.from, line.to) &&
                            line.who.admits(class_id(), box_, best_score_);
    if (is_crossed) {
      const Direction direction = side > 0 ? Direction::kToRight : Direction::kToLeft;
      at.crossing = LineCrossing{index, now, direction, box_};
    }
  }
  if (at.frames < line.inertia.frames || now - at.over_since < line.inertia.time) return;
  cross(at);
  at = {.side = side, .there = here};
}

void TrackedObject::cross(AtLine& at) {
  if (!at.crossing) return;
  happenings_.push_back({Happening::Kind::kCrossed, at.crossing->line, at.crossing->direction});
  crossings_.push_back(*at.crossing);
  keep_last(crossings_, Event::kMostCrossings);
  at.crossing.reset();
  changed_ = true;
}

void TrackedObject::end() {
  for (AtLine& at : lines_) cross(at);
}

Event TrackedObject::event(EventKind kind, Time now) {
  changed_ = false;
  last_told_ = now;
  Event event;
  event.kind = kind;
  event.id = event_id_;
  event.track_id = track_id_;
  event.class_id = class_id();
  event.time = now;
  event.start = first_seen_;
  event.last_seen = last_seen_;
  event.best_score = best_score_;
  event.best_frame = best_frame_;
  event.best_box = best_box_;
  event.box = box_;
  event.path = path_.points();
  event.zones = visits_;
  event.crossings = crossings_;
  event.stationary_since = stationary_since_;
  return event;
}

}  // namespace weir::track
