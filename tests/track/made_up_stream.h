// SPDX-License-Identifier: Apache-2.0
// A stream of 1000x800 pictures, 10 a second, in which actors do what they are told, and the events that come
// of it.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "track/made_up_scene.h"
#include "track/stream_tracking.h"

namespace weir::track::testing {

inline constexpr int kWidth = 1000;
inline constexpr int kHeight = 800;
inline const std::vector<std::string> kLabels{"person", "car", "bus"};

class Stream {
 public:
  explicit Stream(const TrackingConfig& config = {}) : tracking_(*StreamTracking::create(config, kLabels)) {}

  /// Runs from where it stands until `to_s`; keeps the events.
  void run(const std::vector<Actor>& actors, double to_s, double frames_per_s = 10) {
    for (; time_s_ < to_s - 1e-9; time_s_ += 1 / frames_per_s) {
      FrameResult frame{
          .frame = frame_++, .pts = at_s(time_s_), .width_px = width_px, .height_px = height_px};
      for (const auto& [actor, detection] : detections_at(actors, time_s_))
        frame.detections.push_back(detection);
      keep(tracking_->step(frame));
      last_ = frame;
    }
  }
  void keep(const std::vector<Event>& events) { events_.insert(events_.end(), events.begin(), events.end()); }
  void finish() { keep(tracking_->finish()); }

  /// "new 1", "update 1", "end 1", ... with event ids.
  [[nodiscard]] std::vector<std::string> told() const {
    std::vector<std::string> all;
    for (const Event& event : events_)
      all.push_back(std::string(to_string(event.kind)) + " " + std::to_string(event.id));
    return all;
  }
  [[nodiscard]] size_t count(EventKind kind) const {
    return static_cast<size_t>(std::ranges::count(events_, kind, &Event::kind));
  }
  [[nodiscard]] const Event& last_of(EventKind kind) const {
    const auto it =
        std::find_if(events_.rbegin(), events_.rend(), [&](const Event& e) { return e.kind == kind; });
    EXPECT_NE(it, events_.rend());
    return *it;
  }

  StreamTracking& tracking() { return *tracking_; }
  [[nodiscard]] const std::vector<Event>& events() const { return events_; }
  [[nodiscard]] const FrameResult& last() const { return last_; }
  void skip_to(double time_s) { time_s_ = time_s; }

  int width_px = kWidth;
  int height_px = kHeight;

 private:
  std::unique_ptr<StreamTracking> tracking_;
  double time_s_ = 0;
  int64_t frame_ = 0;
  FrameResult last_;
  std::vector<Event> events_;
};

/// Somebody who goes to the right, 400 px from the top; the box is 80x60.
inline Actor walker(double from_s, double to_s, double speed = 100) {
  return {.box = [=](double t) { return box_around(100 + speed * t, 400); }, .from_s = from_s, .to_s = to_s};
}

/// One zone, by default the right half of the picture.
inline TrackingConfig with_zone(ZoneConfig zone) {
  zone.name = "right half";
  if (zone.polygon.empty()) zone.polygon = {{0.5, 0}, {1, 0}, {1, 1}, {0.5, 1}};
  TrackingConfig config;
  config.places.zones = {zone};
  return config;
}

}  // namespace weir::track::testing
