// SPDX-License-Identifier: Apache-2.0
// Zones, lines and masks as people configure them, and what can be wrong with them.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "track/geometry.h"
#include "track/time.h"

namespace weir::track {

/// Which point of a box is where its object is.
enum class CountingPoint {
  kBottom,   ///< the middle of the lower side: where it stands
  kCentre,   ///< the middle of the box
  kOverlap,  ///< any part of it
};

/// "bottom", "centre", "overlap"
[[nodiscard]] std::string_view to_string(CountingPoint point);

/// Which objects a place is about.
struct WhoCounts {
  std::vector<std::string> labels;   ///< only these; empty: all
  std::vector<std::string> without;  ///< not these
  double min_size_px = 0;  ///< boxes at least as large as a square of that side, in pixels of the picture
  double min_score = 0;    ///< of the object's best box, 0..1
};

/// For how long an object has to be in, or out, until it counts as such; both hold.
struct Inertia {
  int frames = 1;
  Time time{0};
};

/// Corners are parts of the picture's width and height (0..1), or pixels: see is_normalised().
struct ZoneConfig {
  std::string name;
  Polygon polygon;
  WhoCounts who;
  CountingPoint point = CountingPoint::kBottom;
  Inertia inertia{3, Time(0)};
  Time loiter{0};  ///< who stays as long as that loiters; 0: nobody does
};

/// A way from one point to another. Who crosses it does so to its right or to its left, looking from `from`
/// to `to`.
struct LineConfig {
  std::string name;
  Point from;
  Point to;
  WhoCounts who;
  CountingPoint point = CountingPoint::kBottom;        ///< not kOverlap
  Inertia inertia{1, std::chrono::milliseconds(500)};  ///< how long it has to be on the other side
};

/// Detections in it are left out.
struct MaskConfig {
  std::string name;
  Polygon polygon;
  WhoCounts who;  ///< who is left out
  CountingPoint point = CountingPoint::kBottom;
};

struct PlacesConfig {
  std::vector<ZoneConfig> zones;
  std::vector<LineConfig> lines;
  std::vector<MaskConfig> masks;
};

/// Whether the coordinates are parts of the picture: if one of them lies between 0 and 1, or all are 0 or 1.
/// Else they are pixels.
[[nodiscard]] bool is_normalised(std::span<const Point> points);

enum class PlaceKind { kZone, kLine, kMask };

/// "zone", "line", "mask"
[[nodiscard]] std::string_view to_string(PlaceKind kind);

/// Something that is wrong with a place.
struct PlaceMistake {
  PlaceKind kind = PlaceKind::kZone;
  size_t index = 0;     ///< in its list
  std::string message;  ///< one line that starts with the place: "zone 'door': ..."
};

/// What is wrong whatever the picture and the model are, all at once: names that are empty or there twice,
/// polygons of fewer than three corners, that cross themselves or have no area, corners outside a picture,
/// values out of range.
[[nodiscard]] std::vector<PlaceMistake> find_mistakes(const PlacesConfig& places);

/// What is wrong for pictures of a size: pixels outside.
[[nodiscard]] std::vector<PlaceMistake> find_mistakes_in_picture(const PlacesConfig& places, int width_px,
                                                                 int height_px);

/// What is wrong for a model: classes that it does not have.
[[nodiscard]] std::vector<PlaceMistake> find_mistakes_in_labels(const PlacesConfig& places,
                                                                std::span<const std::string> labels);

}  // namespace weir::track
