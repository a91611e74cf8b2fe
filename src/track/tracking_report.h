// SPDX-License-Identifier: Apache-2.0
// What a stream's tracking comes to so far: counts, and what is drawn.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "track/geometry.h"

namespace weir::track {

struct ZoneCount {
  int class_id = 0;
  int64_t now = 0;      ///< objects that are in the zone
  int64_t entered = 0;  ///< how often one came in
};

struct LineCount {
  int class_id = 0;
  int64_t to_right = 0;  ///< how often one crossed it
  int64_t to_left = 0;
};

/// By class id, of those that have been there.
struct ZoneReport {
  std::string name;
  std::vector<ZoneCount> classes;
};
struct LineReport {
  std::string name;
  std::vector<LineCount> classes;
};

struct TrackingReport {
  std::vector<ZoneReport> zones;
  std::vector<LineReport> lines;
  int64_t objects = 0;         ///< events so far
  int64_t boxes_masked = 0;    ///< detections that lay in a mask
  int64_t boxes_left_out = 0;  ///< detections that were too many in their frame
};

/// Coordinates are pixels of the last picture.
struct Trail {
  int64_t track_id = 0;
  int class_id = 0;
  bool is_stationary = false;
  std::vector<Point> points;  ///< the last one is where it is
};
struct DrawnZone {
  std::string name;
  Polygon polygon;
  int64_t now = 0;
};
struct DrawnLine {
  std::string name;
  Point from;
  Point to;
  int64_t to_right = 0;
  int64_t to_left = 0;
};
struct Overlay {
  std::vector<Trail> trails;
  std::vector<DrawnZone> zones;
  std::vector<DrawnLine> lines;
};

}  // namespace weir::track
