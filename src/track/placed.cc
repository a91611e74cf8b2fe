// SPDX-License-Identifier: Apache-2.0
#include "track/placed.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "track/boxes.h"

namespace weir::track {
namespace {

bool lists(const std::vector<std::string>& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

/// As pixels of a picture.
Polygon in_picture(std::span<const Point> points, int width_px, int height_px) {
  Polygon placed(points.begin(), points.end());
  if (!is_normalised(points)) return placed;
  for (Point& point : placed) point = {point.x * width_px, point.y * height_px};
  return placed;
}

}  // namespace

Admission::Admission(const WhoCounts& who, std::span<const std::string> labels)
    : by_class_(!who.labels.empty() || !who.without.empty()),
      min_area_px2_(who.min_size_px * who.min_size_px),
      min_score_(who.min_score) {
  for (const std::string& label : labels) {
    const bool wanted = who.labels.empty() || lists(who.labels, label);
    admits_class_.push_back(wanted && !lists(who.without, label));
  }
}

bool Admission::admits(int class_id, const Box& box, float best_score) const {
  const auto index = static_cast<size_t>(class_id);  // a negative one is beyond every list
  if (by_class_ && (index >= admits_class_.size() || !admits_class_[index])) return false;
  return box.area() >= min_area_px2_ && best_score >= min_score_;
}

Point counting_point(const Box& box, CountingPoint point) {
  return {centre_x(box), point == CountingPoint::kBottom ? box.y2 : centre_y(box)};
}

bool PlacedArea::holds(const Box& box) const {
  if (point == CountingPoint::kOverlap) return touches(polygon, box);
  return contains(polygon, counting_point(box, point));
}

PlacedPlaces::PlacedPlaces(const PlacesConfig& config, std::span<const std::string> labels, int width_px,
                           int height_px) {
  const auto area = [&](const auto& one) {
    return PlacedArea{one.name, in_picture(one.polygon, width_px, height_px), !is_normalised(one.polygon),
                      Admission(one.who, labels), one.point};
  };
  for (const ZoneConfig& zone : config.zones) zones.push_back({area(zone), zone.inertia, zone.loiter});
  for (const MaskConfig& mask : config.masks) masks.push_back(area(mask));
  for (const LineConfig& line : config.lines) {
    const std::array ends{line.from, line.to};
    const Polygon placed = in_picture(ends, width_px, height_px);
    lines.push_back({line.name, placed[0], placed[1], !is_normalised(ends), Admission(line.who, labels),
                     line.point, line.inertia});
  }
}

std::vector<std::string> PlacedPlaces::in_pixels() const {
  std::vector<std::string> names;
  const auto add = [&](PlaceKind kind, const auto& places) {
    for (const auto& place : places) {
      if (place.in_pixels) names.push_back(fmt::format("{} '{}'", to_string(kind), place.name));
    }
  };
  add(PlaceKind::kZone, zones);
  add(PlaceKind::kLine, lines);
  add(PlaceKind::kMask, masks);
  return names;
}

}  // namespace weir::track
