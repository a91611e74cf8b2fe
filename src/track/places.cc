// SPDX-License-Identifier: Apache-2.0
#include "track/places.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"

namespace weir::track {
namespace {

/// A zone has at least this part of a picture, or this many pixels.
constexpr double kLeastPart = 1e-6;
constexpr double kLeastPixels = 1;
constexpr size_t kMostCorners = 1000;
constexpr Time kLongestTime = std::chrono::hours(24 * 7);
constexpr int kMostFrames = 100'000;

bool is_part(double value) {
  return value > 0 && value < 1;
}

std::string shown(Point point) {
  return fmt::format("[{}, {}]", point.x, point.y);
}

class Finder {
 public:
  /// `what` is said of a place: "zone 'door': WHAT".
  void add(PlaceKind kind, size_t index, std::string_view name, std::string_view what) {
    mistakes_.push_back({kind, index, fmt::format("{} '{}': {}", to_string(kind), name, what)});
  }
  [[nodiscard]] std::vector<PlaceMistake> take() { return std::move(mistakes_); }

 private:
  std::vector<PlaceMistake> mistakes_;
};

using What = std::optional<std::string>;

What wrong_with_coordinates(std::span<const Point> points) {
  const bool parts = is_normalised(points);
  for (const Point& point : points) {
    if (!std::isfinite(point.x) || !std::isfinite(point.y)) return "a coordinate is not a number";
    if (point.x < 0 || point.y < 0) {
      return fmt::format("{} is outside the picture: coordinates start at 0", shown(point));
    }
    if (parts && (point.x > 1 || point.y > 1)) {
      return fmt::format("{} is outside the picture: parts of it are 0 to 1 (pixels are whole numbers)",
                         shown(point));
    }
  }
  return std::nullopt;
}

What wrong_with_polygon(std::span<const Point> polygon) {
  if (polygon.size() < 3) {
    return fmt::format("a polygon has 3 corners or more, not {}", polygon.size());
  }
  if (polygon.size() > kMostCorners) return fmt::format("a polygon has at most {} corners", kMostCorners);
  if (auto what = wrong_with_coordinates(polygon)) return what;
  if (const auto sides = crossing_sides(polygon)) {
    const auto side = [&](size_t i) {
      return fmt::format("{} to {}", shown(polygon[i]), shown(polygon[(i + 1) % polygon.size()]));
    };
    return fmt::format("its sides cross: {}, and {}", side(sides->first), side(sides->second));
  }
  if (area_of(polygon) < (is_normalised(polygon) ? kLeastPart : kLeastPixels)) return "it has no area";
  return std::nullopt;
}

What wrong_with_inertia(const Inertia& inertia) {
  if (inertia.frames < 0 || inertia.frames > kMostFrames) {
    return fmt::format("the inertia must be 0 to {} frames, not {}", kMostFrames, inertia.frames);
  }
  if (inertia.time < Time(0) || inertia.time > kLongestTime) return "the inertia must be 0 s to 7 days";
  return std::nullopt;
}

What wrong_with_line(const LineConfig& line) {
  const std::array points{line.from, line.to};
  if (auto what = wrong_with_coordinates(points)) return what;
  if (line.from == line.to) return fmt::format("it begins and ends at {}", shown(line.from));
  if (line.point == CountingPoint::kOverlap)
    return "a line is crossed by a point: bottom or centre, not overlap";
  return wrong_with_inertia(line.inertia);
}

What wrong_with_who(const WhoCounts& who) {
  if (!(who.min_score >= 0 && who.min_score <= 1)) {
    return fmt::format("the smallest score must be 0 to 1, not {}", who.min_score);
  }
  if (!(who.min_size_px >= 0 && who.min_size_px <= 1e5)) {
    return fmt::format("the smallest size must be 0 to 100000 pixels, not {}", who.min_size_px);
  }
  for (const std::string& label : who.labels) {
    if (std::ranges::find(who.without, label) != who.without.end()) {
      return fmt::format("the class '{}' is asked for and left out", label);
    }
  }
  return std::nullopt;
}

What wrong_with_zone(const ZoneConfig& zone) {
  if (auto what = wrong_with_polygon(zone.polygon)) return what;
  if (auto what = wrong_with_inertia(zone.inertia)) return what;
  if (zone.loiter < Time(0) || zone.loiter > kLongestTime) return "the loitering time must be 0 s to 7 days";
  return std::nullopt;
}

/// Names, and what `wrong_with` says of each place.
template <class Place, class WrongWith>
void check_all(PlaceKind kind, const std::vector<Place>& places, Finder& finder, WrongWith wrong_with) {
  std::set<std::string_view> names;
  for (size_t i = 0; i < places.size(); ++i) {
    const std::string& name = places[i].name;
    if (name.empty()) finder.add(kind, i, name, "it needs a name");
    if (!names.insert(name).second) finder.add(kind, i, name, "the name is there twice");
    for (const What& what : {wrong_with(places[i]), wrong_with_who(places[i].who)}) {
      if (what) finder.add(kind, i, name, *what);
    }
  }
}

/// Calls `check(kind, index, name, points)` with each place.
template <class Check>
void for_each_shape(const PlacesConfig& places, Check check) {
  for (size_t i = 0; i < places.zones.size(); ++i) {
    check(PlaceKind::kZone, i, places.zones[i].name, std::span<const Point>(places.zones[i].polygon));
  }
  for (size_t i = 0; i < places.lines.size(); ++i) {
    const std::array points{places.lines[i].from, places.lines[i].to};
    check(PlaceKind::kLine, i, places.lines[i].name, std::span<const Point>(points));
  }
  for (size_t i = 0; i < places.masks.size(); ++i) {
    check(PlaceKind::kMask, i, places.masks[i].name, std::span<const Point>(places.masks[i].polygon));
  }
}

template <class Check>
void for_each_who(const PlacesConfig& places, Check check) {
  for (size_t i = 0; i < places.zones.size(); ++i) {
    check(PlaceKind::kZone, i, places.zones[i].name, places.zones[i].who);
  }
  for (size_t i = 0; i < places.lines.size(); ++i) {
    check(PlaceKind::kLine, i, places.lines[i].name, places.lines[i].who);
  }
  for (size_t i = 0; i < places.masks.size(); ++i) {
    check(PlaceKind::kMask, i, places.masks[i].name, places.masks[i].who);
  }
}

}  // namespace

std::string_view to_string(CountingPoint point) {
  switch (point) {
    case CountingPoint::kBottom:
      return "bottom";
    case CountingPoint::kCentre:
      return "centre";
    case CountingPoint::kOverlap:
      return "overlap";
  }
  return "";
}

std::string_view to_string(PlaceKind kind) {
  switch (kind) {
    case PlaceKind::kZone:
      return "zone";
    case PlaceKind::kLine:
      return "line";
    case PlaceKind::kMask:
      return "mask";
  }
  return "";
}

bool is_normalised(std::span<const Point> points) {
  const bool has_part =
      std::ranges::any_of(points, [](const Point& p) { return is_part(p.x) || is_part(p.y); });
  return has_part || std::ranges::all_of(points, [](const Point& p) { return p.x <= 1 && p.y <= 1; });
}

std::vector<PlaceMistake> find_mistakes(const PlacesConfig& places) {
  Finder finder;
  check_all(PlaceKind::kZone, places.zones, finder, wrong_with_zone);
  check_all(PlaceKind::kLine, places.lines, finder, wrong_with_line);
  check_all(PlaceKind::kMask, places.masks, finder,
            [](const MaskConfig& mask) { return wrong_with_polygon(mask.polygon); });
  return finder.take();
}

std::vector<PlaceMistake> find_mistakes_in_picture(const PlacesConfig& places, int width_px, int height_px) {
  Finder finder;
  for_each_shape(
      places, [&](PlaceKind kind, size_t index, std::string_view name, std::span<const Point> points) {
        if (is_normalised(points)) return;
        const auto outside =
            std::ranges::find_if(points, [&](const Point& p) { return p.x > width_px || p.y > height_px; });
        if (outside == points.end()) return;
        finder.add(
            kind, index, name,
            fmt::format("{} is outside the picture, which is {}x{}", shown(*outside), width_px, height_px));
      });
  return finder.take();
}

std::vector<PlaceMistake> find_mistakes_in_labels(const PlacesConfig& places,
                                                  std::span<const std::string> labels) {
  Finder finder;
  const std::vector<std::string_view> known(labels.begin(), labels.end());
  for_each_who(places, [&](PlaceKind kind, size_t index, std::string_view name, const WhoCounts& who) {
    for (const auto* list : {&who.labels, &who.without}) {
      for (const std::string& label : *list) {
        if (std::ranges::find(known, label) != known.end()) continue;
        const std::string_view meant = nearest(label, known);
        finder.add(kind, index, name,
                   fmt::format("the model has no class '{}'{}", label,
                               meant.empty() ? "" : fmt::format("; did you mean '{}'?", meant)));
      }
    }
  });
  return finder.take();
}

}  // namespace weir::track
