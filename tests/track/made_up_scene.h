// SPDX-License-Identifier: Apache-2.0
// Objects that move as they are told, as detections at any frame rate, and which ids a tracker gave them.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "track/time.h"
#include "types/detection.h"

namespace weir::track::testing {

/// A box of the given size around a point.
inline Box box_around(double x, double y, double width = 80, double height = 60) {
  return {static_cast<float>(x - width / 2), static_cast<float>(y - height / 2),
          static_cast<float>(x + width / 2), static_cast<float>(y + height / 2)};
}

inline Time at_s(double seconds) {
  return Time(static_cast<int64_t>(seconds * 1e9 + 0.5));
}

struct Actor {
  std::function<Box(double)> box;  ///< by time in seconds
  double from_s = 0;
  double to_s = 1e9;
  std::vector<std::pair<double, double>> hidden;  ///< from, to
  int class_id = 0;
  float score = 0.9F;

  [[nodiscard]] bool shows(double time_s) const {
    bool is_hidden = false;
    for (const auto& [from, to] : hidden) is_hidden = is_hidden || (time_s >= from && time_s < to);
    return !is_hidden && time_s >= from_s && time_s < to_s;
  }
};

/// An object that moves straight on.
inline Actor straight(double x, double y, double vx, double vy) {
  return {.box = [=](double t) { return box_around(x + vx * t, y + vy * t); }};
}

/// The actors' detections at a time, and which detection is whose.
inline std::vector<std::pair<size_t, Detection>> detections_at(const std::vector<Actor>& actors,
                                                               double time_s) {
  std::vector<std::pair<size_t, Detection>> shown;
  for (size_t i = 0; i < actors.size(); ++i) {
    if (!actors[i].shows(time_s)) continue;
    shown.push_back({i, {actors[i].class_id, actors[i].score, actors[i].box(time_s)}});
  }
  return shown;
}

/// By actor, the ids that its boxes got, without 0.
using Ids = std::vector<std::set<int64_t>>;

/// Runs `update(time, detections)` over the scene; `looks(frame)` says which frames are looked at.
template <class Update, class Looks>
Ids run_scene(const std::vector<Actor>& actors, double length_s, double frames_per_s, Update update,
              Looks looks) {
  Ids ids(actors.size());
  for (int frame = 0; frame < length_s * frames_per_s; ++frame) {
    if (!looks(frame)) continue;
    const double time_s = frame / frames_per_s;
    const auto shown = detections_at(actors, time_s);
    std::vector<Detection> detections;
    for (const auto& [actor, detection] : shown) detections.push_back(detection);
    update(at_s(time_s), detections);
    for (size_t i = 0; i < shown.size(); ++i) {
      if (detections[i].track_id != 0) ids[shown[i].first].insert(detections[i].track_id);
    }
  }
  return ids;
}

}  // namespace weir::track::testing
