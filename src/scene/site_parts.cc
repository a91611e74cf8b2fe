// SPDX-License-Identifier: Apache-2.0
#include "scene/site_parts.h"

#include <algorithm>
#include <cmath>

namespace weir::scene {
namespace {

/// Towards a sun at this height (degrees) and bearing (turns).
Vec3 sun_at(double degrees, double bearing) {
  const double level = cosine(degrees / 360);
  return {level * cosine(bearing), level * sine(bearing), sine(degrees / 360)};
}

Light bright_day(Random& random) {
  Light light;
  light.ambient = {0.66, 0.71, 0.78};
  light.sun = {0.80, 0.74, 0.62};
  light.zenith = {0.30, 0.50, 0.82};
  light.horizon = {0.78, 0.85, 0.92};
  light.clouds = random.real(0.1, 0.6);
  const double height = random.real(38, 62);
  light.to_sun = sun_at(height, random.real(0, 1));
  return light;
}

Light late_day(Random& random) {
  Light light;
  light.ambient = {0.64, 0.63, 0.70};
  light.sun = {1.05, 0.80, 0.48};
  light.zenith = {0.38, 0.52, 0.74};
  light.horizon = {0.95, 0.86, 0.72};
  light.clouds = random.real(0.1, 0.5);
  const double height = random.real(17, 27);
  light.to_sun = sun_at(height, random.real(0, 1));
  return light;
}

Light grey_day(Random& random) {
  Light light;
  const double level = random.real(0.85, 1.05);
  light.ambient = Rgb{1.05, 1.07, 1.10} * level;
  light.zenith = Rgb{0.66, 0.69, 0.73} * level;
  light.horizon = Rgb{0.88, 0.89, 0.90} * level;
  light.haze_range_m = random.real(160, 420);
  light.clouds = 0.9;
  return light;
}

Light dusk(Random& random) {
  Light light;
  const double level = random.real(0.9, 1.35);
  light.ambient = Rgb{0.40, 0.42, 0.52} * level;
  light.zenith = Rgb{0.13, 0.18, 0.36} * level;
  light.horizon = Rgb{0.62, 0.44, 0.38} * level;
  light.clouds = random.real(0.2, 0.6);
  light.lamps_on = true;
  return light;
}

/// Whether something at this place would stand between the camera and the street.
bool blocks_view(const Site& site, Along place) {
  const double inwards = std::abs(site.camera_place.d) - std::abs(place.d);
  const bool same_side = site.camera_place.d * place.d > 0;
  const double away = std::abs(place.s - site.camera_place.s);
  return same_side && (inwards > -1.0 || away < 14);
}

double wall_height(Random& random, bool tall) {
  return random.integer(2, tall ? 7 : 4) * 3.1 + 0.6;
}

void add_parking(Random& random, const Side& side, Site& site) {
  if (!side.has_parking()) return;
  const double density = random.real(0.3, 0.75);
  for (double s = -12; s < 62; s += 6.0) {
    const uint64_t look = random.bits();
    const double shift = random.real(-0.4, 0.4);
    const bool taken = random.chance(density);
    const bool before_camera = site.camera_place.d * side.sign > 0 && std::abs(s) < 6;
    const bool kept_clear = before_camera || (site.crossing && std::abs(s - site.crossing->s) < 8);
    if (!taken || kept_clear) continue;
    const double turned = side.sign < 0 ? 0.0 : 0.5;
    site.standing.push_back({StandingKind::kCar, look, {s + shift, side.sign * (side.kerb - 1.1)}, turned});
  }
}

/// Along the walls: racks of bicycles, and people who wait, alone or in twos and threes.
void add_bystanders(Random& random, const Side& side, Site& site) {
  const double d = side.sign * (side.pavement - 0.45);
  for (double s = random.real(2, 8); s < 70; s += random.real(6, 20)) {
    const double dice = random.real(0, 1);
    const int count = dice < 0.35 ? random.integer(1, 4) : random.integer(1, 2);
    for (int i = 0; i < count; ++i) {
      const uint64_t look = random.bits();
      const double turned = random.real(0, 1);
      const double forth = random.real(-0.35, 0.1);
      if (dice < 0.35) {
        const double askew = side.sign * 0.25 + (turned - 0.5) * 0.05;
        site.standing.push_back({StandingKind::kBicycle, look, {s + i * 0.75, d - side.sign * 0.35}, askew});
      } else if (dice < 0.8) {
        site.standing.push_back(
            {StandingKind::kPerson, look, {s + i * 0.65 + forth, d + side.sign * forth}, turned});
      }
    }
  }
}

}  // namespace

void set_weather(Random random, Site& site) {
  const double dice = random.real(0, 1);
  if (dice < 0.32) {
    site.light = bright_day(random);
  } else if (dice < 0.54) {
    site.light = late_day(random);
  } else if (dice < 0.76) {
    site.light = grey_day(random);
  } else {
    site.light = dusk(random);
  }
  site.noise = site.light.lamps_on ? random.real(2.0, 3.2) : random.real(0.8, 2.0);
}

void add_houses(Random random, Site& site) {
  for (const Side* side : {&site.left, &site.right}) {
    if (side->is_park) continue;
    const bool tall = random.chance(0.5);
    double s = kStreetBegin_m;
    while (s < kStreetEnd_m + 40) {
      House house;
      house.look = random.bits();
      house.sign = side->sign;
      house.s0 = s;
      house.s1 = s + random.real(9, 22);
      house.front = side->houses + (random.chance(0.25) ? random.real(0.2, 0.8) : 0.0);
      house.depth = random.real(10, 13);
      house.height = wall_height(random, tall);
      site.houses.push_back(house);
      s = house.s1 + (random.chance(0.25) ? random.real(1.5, 8) : 0.0);
    }
  }
  if (!site.light.has_sun()) return;
  for (const House& house : site.houses) {
    std::vector<Vec2> shade;
    for (const double z : {0.0, house.height + 1.5}) {
      for (const Vec3 corner : corners_of(house, site.course, z)) {
        const Vec3 ground = site.light.shadow_of(corner);
        shade.push_back({ground.x, ground.y});
      }
    }
    reduce_to_hull(shade);
    site.shades.push_back(std::move(shade));
  }
}

void add_greenery(Random random, Site& site) {
  for (const Side* side : {&site.left, &site.right}) {
    const bool has_strip = side->houses - side->pavement > 3;
    if (!has_strip && !side->is_park) continue;
    const double gap = random.real(7, 13);
    const int rows = side->is_park ? 4 : 1;
    for (int row = 0; row < rows; ++row) {
      const double middle =
          side->is_park ? side->pavement + 2.5 + row * 6.5 : (side->pavement + side->houses) / 2;
      for (double s = kStreetBegin_m; s < kStreetEnd_m; s += gap) {
        const uint64_t look = random.bits();
        const double shift = random.real(-1.5, 1.5);
        const double height = random.real(5.5, side->is_park ? 12.0 : 8.5);
        const bool grows = random.chance(0.8);
        const Along place{s + shift, side->sign * (middle + shift * (side->is_park ? 1.2 : 0.1))};
        if (grows && !blocks_view(site, place)) site.trees.push_back({look, site.course.at(place), height});
      }
    }
  }
}

void add_furniture(Random random, Site& site) {
  const double spacing = random.real(24, 32);
  const double height = random.real(6.5, 8.5);
  for (const Side* side : {&site.left, &site.right}) {
    for (double s = -2.0 * spacing + (side->sign > 0 ? 0 : spacing / 2) + 6; s < 150; s += spacing) {
      const bool near_camera = site.camera_place.d * side->sign > 0 && std::abs(s) < 9;
      if (near_camera) continue;
      site.lamps.push_back({site.course.at({s, side->sign * (side->kerb + 0.45)}),
                            site.course.at({s, side->sign * (side->kerb - 1.1)}, height)});
    }
    add_parking(random, *side, site);
    add_bystanders(random, *side, site);
  }
}

}  // namespace weir::scene
