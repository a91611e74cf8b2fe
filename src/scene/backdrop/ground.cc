// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "scene/backdrop/background.h"
#include "scene/draw/random.h"

namespace weir::scene {
namespace {

constexpr Rgb kMarking{0.84, 0.84, 0.81};
constexpr Rgb kKerb{0.60, 0.59, 0.57};

/// How much of low..high lies within a pixel of this size around x: 0..1.
double band(double x, double low, double high, double size) {
  const double half = std::max(size, 1e-3) / 2;
  return std::clamp((std::min(x + half, high) - std::max(x - half, low)) / (2 * half), 0.0, 1.0);
}

/// The same for stripes of this width that repeat; their share of the period where a pixel is larger.
double stripes(double x, double period, double width, double size) {
  if (size > period * 0.7) return width / period;
  const double in = x - std::floor(x / period) * period;
  return std::min(
      1.0, band(in, 0, width, size) + band(in - period, 0, width, size) + band(in + period, 0, width, size));
}

/// 1 where detail of this scale is larger than a pixel, 0 where it vanishes in one.
double seen(double scale, const GroundSpot& spot) {
  return std::clamp(scale / std::max(spot.size_s, spot.size_d) - 0.4, 0.0, 1.0);
}

/// Grain of several scales, by how much of each a pixel can show.
double grain(const Site& site, const GroundSpot& spot, uint64_t which) {
  const auto layer = [&](double scale) {
    const double part = seen(scale, spot);
    return part == 0
               ? 0.0
               : part * smooth_noise(key(site.seed, which), spot.ground.x / scale, spot.ground.y / scale);
  };
  return 0.35 * layer(5.0) + 0.3 * layer(0.9) + 0.4 * layer(0.16) + 0.5 * layer(0.035);
}

/// Rectangles where the asphalt was opened, and closed with other asphalt.
double patch(const Site& site, const GroundSpot& spot) {
  const double cell_s = std::floor(spot.place.s / 9);
  const double cell_d = std::floor(spot.place.d / 3.1);
  Random random(key(site.seed, 40, static_cast<int64_t>(cell_s), static_cast<int64_t>(cell_d)));
  if (!random.chance(0.22)) return 0;
  const double s0 = cell_s * 9 + random.real(0, 4);
  const double s1 = s0 + random.real(1.5, 5);
  const double d0 = cell_d * 3.1 + random.real(0, 1.2);
  const double d1 = d0 + random.real(0.8, 1.8);
  const double shade = random.real(-0.22, 0.10);
  return shade * band(spot.place.s, s0, s1, spot.size_s) * band(spot.place.d, d0, d1, spot.size_d);
}

/// The lid of a shaft, every now and then, in the middle of a lane.
double manhole(const Site& site, const GroundSpot& spot) {
  const double cell = std::floor(spot.place.s / 17);
  Random random(key(site.seed, 41, static_cast<int64_t>(cell)));
  const double s = cell * 17 + random.real(3, 14);
  const double d = random.real(-3.5, 3.5);
  const double away = length(Vec2{spot.place.s - s, spot.place.d - d});
  const double size = std::max(spot.size_s, spot.size_d);
  return 0.4 * band(away, -0.33, 0.33, size) - 0.16 * band(away, -0.26, 0.26, size);
}

double lane_line(const GroundSpot& spot, double d, bool dashed) {
  const double across = band(spot.place.d, d - 0.065, d + 0.065, spot.size_d);
  return across == 0 ? 0 : across * (dashed ? stripes(spot.place.s, 9, 3, spot.size_s) : 1.0);
}

/// How much white paint there is: lines, the crossing, stop lines.
double markings(const Site& site, const GroundSpot& spot) {
  const Side& side = site.side(spot.place.d);
  const bool wide = site.left.lanes > 4 || site.right.lanes > 4;
  const double d = std::abs(spot.place.d);
  const Along place = spot.place;
  double paint =
      wide ? lane_line(spot, 0.13, false) + lane_line(spot, -0.13, false) : lane_line(spot, 0, true);
  if (side.lanes > 4) paint += lane_line(spot, side.sign * side.lanes / 2, true);
  if (side.has_bicycles()) paint += lane_line(spot, side.sign * side.lanes, false);
  if (side.has_parking()) {
    const double inside = band(d, side.bicycles, side.kerb - 0.3, spot.size_d);
    paint += 0.8 * inside * stripes(place.s + 0.04 + 3, 6, 0.1, spot.size_s);
    paint += lane_line(spot, side.sign * side.bicycles, true) * 0.8;
  }
  if (!site.crossing) return std::min(paint, 1.0);
  const double half = site.crossing->half_width;
  const double s = place.s - site.crossing->s;
  const double clear = 1.0 - band(s, -half - 1.4, half + 1.4, spot.size_s);
  const double inside = band(d, -1, side.kerb - 0.25, spot.size_d);
  const double zebra =
      band(s, -half, half, spot.size_s) * stripes(place.d + 40, 1.0, 0.5, spot.size_d) * inside;
  const int direction = site.lanes.front().direction * side.sign;
  const double stop_at = -direction * (half + 1.0);
  const double stop =
      band(s, stop_at - 0.18, stop_at + 0.18, spot.size_s) * band(d, 0.1, side.lanes, spot.size_d);
  return std::min(1.0, paint * clear + zebra + stop);
}

Rgb asphalt(const Site& site, const GroundSpot& spot) {
  const Side& side = site.side(spot.place.d);
  const double d = std::abs(spot.place.d);
  const double lane = side.lanes > 4 ? side.lanes / 2 : side.lanes;
  const double in_lane =
      std::abs(d - (std::floor(std::min(d, side.lanes - 0.01) / lane) + 0.5) * lane) / lane;
  double tone = 1.0 + 0.16 * grain(site, spot, 42) + patch(site, spot);
  if (d < side.lanes)
    tone *= 1.0 - 0.10 * std::max(0.0, 1.0 - 4.5 * in_lane) + 0.03 * (in_lane > 0.18 ? 1 : 0);
  tone *= 1.0 - manhole(site, spot);
  Rgb colour = site.asphalt * tone;
  const bool red_lane = key(site.seed, 43) % 3 == 0;
  if (red_lane && side.has_bicycles()) {
    const double part = band(d, side.lanes, side.bicycles, spot.size_d);
    colour = mixed(colour, Rgb{0.46, 0.24, 0.20} * tone, 0.8 * part);
  }
  const double worn = 0.82 + 0.25 * smooth_noise(key(site.seed, 44), spot.ground.x * 3, spot.ground.y * 3);
  const double paint = markings(site, spot);
  if (paint > 0) colour = mixed(colour, kMarking, paint * std::clamp(worn, 0.0, 0.95));
  return colour;
}

/// Slabs with joints, each a little different.
Rgb paving(const Site& site, const GroundSpot& spot) {
  const double slab = key(site.seed, 45) % 2 == 0 ? 0.6 : 0.9;
  const double joints = std::max(stripes(spot.place.s, slab, 0.02, spot.size_s),
                                 stripes(spot.place.d + 60, slab, 0.02, spot.size_d));
  const uint64_t which = key(site.seed, 46, static_cast<int64_t>(std::floor(spot.place.s / slab)),
                             static_cast<int64_t>(std::floor((spot.place.d + 60) / slab)));
  const double own = (unit(which) - 0.5) * 0.14 * seen(slab, spot);
  return site.paving * ((1.0 + own + 0.13 * grain(site, spot, 47)) * (1.0 - 0.35 * joints));
}

Rgb grass(const Site& site, const GroundSpot& spot) {
  const double tone = 1.0 + 0.5 * grain(site, spot, 48);
  const double dry = 0.5 + 0.5 * smooth_noise(key(site.seed, 49), spot.ground.x / 7, spot.ground.y / 7);
  return mixed(site.foliage * 0.95, Rgb{0.48, 0.46, 0.26}, 0.25 * dry) * tone;
}

}  // namespace

double smooth_noise(uint64_t seed, double x, double y) {
  const double fx = std::floor(x);
  const double fy = std::floor(y);
  const auto corner = [&](int dx, int dy) {
    const uint64_t cell = static_cast<uint64_t>(static_cast<int64_t>(fx) + dx) * 0x9e3779b97f4a7c15U ^
                          static_cast<uint64_t>(static_cast<int64_t>(fy) + dy) * 0xc2b2ae3d27d4eb4fU;
    return 2 * unit(mix(seed ^ cell)) - 1;
  };
  const double u = x - fx;
  const double v = y - fy;
  const double su = u * u * (3 - 2 * u);
  const double sv = v * v * (3 - 2 * v);
  const double low = corner(0, 0) + (corner(1, 0) - corner(0, 0)) * su;
  const double high = corner(0, 1) + (corner(1, 1) - corner(0, 1)) * su;
  return low + (high - low) * sv;
}

Rgb ground_albedo(const Site& site, const GroundSpot& spot) {
  const Side& side = site.side(spot.place.d);
  const double d = std::abs(spot.place.d);
  if (d < side.kerb - 0.3) return asphalt(site, spot);
  if (d < side.kerb) return site.asphalt * (0.88 + 0.1 * grain(site, spot, 50));  // the gutter
  const double joint = stripes(spot.place.s, 1.0, 0.025, spot.size_s);
  const Rgb kerb = kKerb * ((1.0 - 0.4 * joint) * (1.0 + 0.1 * grain(site, spot, 51)));
  if (d < side.kerb + 0.05) return kerb * 0.55;  // its side towards the road
  if (d < side.kerb + 0.20) return kerb;
  if (d < side.pavement) return paving(site, spot);
  const bool green = side.is_park || side.houses - side.pavement > 3;
  if (d < side.pavement + 0.1) return kKerb * 0.8;
  if (green && (side.is_park || d < side.houses)) return grass(site, spot);
  return site.paving * (0.7 + 0.1 * grain(site, spot, 52));
}

Rgb sky_colour(const Site& site, Vec3 direction) {
  const Light& light = site.light;
  const Vec3 to = normalized(direction);
  const double up = std::max(to.z, 0.0);
  const double climb = std::min(1.0, up * 2.4);
  Rgb sky = mixed(light.horizon, light.zenith, climb * (1.6 - 0.6 * climb));
  const double x = to.x / (up + 0.12);
  const double y = to.y / (up + 0.12);
  double cloud = 0;
  double part = 0.55;
  for (int octave = 0; octave < 4; ++octave, part *= 0.5) {
    const double scale = 0.9 * (1 << octave);
    cloud += part * smooth_noise(key(site.seed, 60, octave), x * scale, y * scale * 1.4);
  }
  const double cover = std::clamp((cloud + light.clouds - 0.5) * 1.8, 0.0, 0.85);
  const Rgb white = mixed(light.horizon, light.ambient + light.sun * 0.6, 0.6);
  sky = mixed(sky, white, cover * (0.3 + 0.7 * climb));
  const double glare = std::max(0.0, dot(to, light.to_sun) - 0.8) * 5;
  return sky + light.sun * (0.35 * glare * glare);
}

}  // namespace weir::scene
