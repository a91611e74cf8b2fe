// SPDX-License-Identifier: Apache-2.0
// Zones, lines and masks of a stream, ready to be asked: corners in pixels, classes as numbers.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "track/places.h"
#include "types/detection.h"

namespace weir::track {

/// Which objects a place is about, for one model.
class Admission {
 public:
  Admission(const WhoCounts& who, std::span<const std::string> labels);

  [[nodiscard]] bool admits(int class_id, const Box& box, float best_score) const;

 private:
  bool by_class_;  ///< else all classes
  std::vector<bool> admits_class_;
  double min_area_px2_;
  double min_score_;
};

/// The point of a box that counts; for kOverlap its centre.
[[nodiscard]] Point counting_point(const Box& box, CountingPoint point);

struct PlacedArea {
  std::string name;
  Polygon polygon;  ///< in pixels of a picture of the reference size
  bool in_pixels = false;
  Admission who;
  CountingPoint point = CountingPoint::kBottom;

  [[nodiscard]] bool holds(const Box& box) const;
};

struct PlacedZone : PlacedArea {
  Inertia inertia;
  Time loiter{0};
};

struct PlacedLine {
  std::string name;
  Point from;
  Point to;
  bool in_pixels = false;
  Admission who;
  CountingPoint point = CountingPoint::kBottom;
  Inertia inertia;
};

/// For a reference size, which is that of the stream's first picture.
struct PlacedPlaces {
  std::vector<PlacedZone> zones;
  std::vector<PlacedLine> lines;
  std::vector<PlacedArea> masks;
  /// Whether places in pixels count: not as long as pictures have another size.
  bool pixels_count = true;

  PlacedPlaces(const PlacesConfig& config, std::span<const std::string> labels, int width_px, int height_px);

  template <class Place>
  [[nodiscard]] bool counts(const Place& place) const {
    return pixels_count || !place.in_pixels;
  }
  /// "zone 'door'", "line 'gate'", ...: those in pixels.
  [[nodiscard]] std::vector<std::string> in_pixels() const;
};

}  // namespace weir::track
