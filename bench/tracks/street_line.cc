// SPDX-License-Identifier: Apache-2.0
#include "tracks/street_line.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

#include "scene/draw/camera.h"
#include "scene/site.h"
#include "track/geometry.h"

namespace weir::bench {
namespace {

using track::Point;

constexpr double kPerson_m = 1.75;
constexpr double kPersonTall_px = 130;
/// Cars wait before a crossing, up to four of them.
constexpr double kFromCrossing_m = 4;

struct Ends {
  Point left;
  Point right;
};

/// The line in the picture, which reaches beyond its border.
Ends ends_at(double s, const scene::Site& site, const scene::Camera& camera) {
  const auto point = [&](double d) {
    const scene::Vec2 p = camera.to_picture(camera.to_camera(site.course.at({s, d})));
    return Point{p.x, p.y};
  };
  return {point(site.left.houses), point(-site.right.houses)};
}

/// Where the way from a to b is at x.
Point at_x(Point a, Point b, double x) {
  return {x, a.y + (b.y - a.y) * (x - a.x) / (b.x - a.x)};
}

/// An object's way in the truth.
struct Way {
  std::string label;
  int side = 0;
  Point there;
};

}  // namespace

track::LineConfig line_across(const scene::StreetConfig& street) {
  const scene::Site site = scene::make_site(street.seed);
  const scene::Camera camera(site.camera, street.width_px, street.height_px);
  double s = camera.focal_px() * kPerson_m / kPersonTall_px;
  if (site.crossing) {
    // Cars wait where they come from: on both sides, but for the crossing itself.
    const double away = s - site.crossing->s;
    const double least = site.crossing->half_width + kFromCrossing_m;
    if (std::abs(away) < least) s = site.crossing->s + (away < 0 ? -least : least);
  }
  auto [left, right] = ends_at(s, site, camera);
  // Away from the picture's border, which cuts boxes.
  const double first = 0.05 * street.width_px;
  const Point from = at_x(left, right, std::clamp(left.x, first, street.width_px - first));
  const Point to = at_x(left, right, std::clamp(right.x, first, street.width_px - first));
  track::LineConfig line;
  line.name = "across";
  line.from = {from.x / street.width_px, from.y / street.height_px};
  line.to = {to.x / street.width_px, to.y / street.height_px};
  return line;
}

std::map<std::string, int64_t> true_crossings(const eval::Truth& truth, const track::LineConfig& line,
                                              const scene::StreetConfig& street) {
  const Point from{line.from.x * street.width_px, line.from.y * street.height_px};
  const Point to{line.to.x * street.width_px, line.to.y * street.height_px};
  std::map<int64_t, Way> ways;
  std::map<std::string, int64_t> crossings;
  for (const auto& [key, frame] : truth.frames) {
    for (const eval::LabelledObject& one : frame.objects) {
      const eval::Rect& box = one.object.box;
      const Point here{box.x + box.width / 2, box.y + box.height};
      const double distance = track::distance_right_of(from, to, here);
      Way& way = ways[*one.id];
      const int side = distance > 0 ? 1 : -1;
      if (way.side != 0 && side != way.side) {
        if (std::abs(distance) < 0.1 * std::max(box.width, box.height)) continue;
        const std::string& label = truth.labels[one.label];
        const bool is_tall = label != "person" || box.height >= kLeastPerson_px;
        if (is_tall && one.object.visible >= 0.25 && track::segments_meet(way.there, here, from, to))
          ++crossings[label];
      }
      way.side = side;
      way.there = here;
    }
  }
  return crossings;
}

}  // namespace weir::bench
