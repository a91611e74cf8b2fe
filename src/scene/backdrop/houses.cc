// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cmath>

#include "scene/backdrop/background.h"
#include "scene/draw/random.h"
#include "scene/draw/solids.h"

namespace weir::scene {
namespace {

constexpr double kStorey_m = 3.1;
constexpr std::array<Rgb, 14> kWalls{{{0.56, 0.33, 0.26},
                                      {0.62, 0.40, 0.30},
                                      {0.48, 0.30, 0.26},
                                      {0.80, 0.74, 0.62},
                                      {0.84, 0.80, 0.72},
                                      {0.74, 0.70, 0.64},
                                      {0.66, 0.66, 0.66},
                                      {0.82, 0.82, 0.80},
                                      {0.80, 0.68, 0.46},
                                      {0.70, 0.58, 0.46},
                                      {0.62, 0.68, 0.70},
                                      {0.72, 0.56, 0.50},
                                      {0.52, 0.52, 0.54},
                                      {0.76, 0.76, 0.66}}};
constexpr std::array<Rgb, 8> kShopColours{{{0.62, 0.14, 0.12},
                                           {0.14, 0.30, 0.24},
                                           {0.12, 0.20, 0.38},
                                           {0.16, 0.16, 0.17},
                                           {0.80, 0.76, 0.66},
                                           {0.72, 0.50, 0.14},
                                           {0.42, 0.18, 0.34},
                                           {0.20, 0.44, 0.56}}};
constexpr std::array<Rgb, 4> kRoofs{
    {{0.42, 0.22, 0.17}, {0.30, 0.28, 0.28}, {0.24, 0.25, 0.28}, {0.48, 0.30, 0.22}}};

/// How a house is dressed; one key gives all of it.
struct Facade {
  Rgb wall;
  Rgb frame;
  Rgb glass{0.10, 0.12, 0.14};
  double window_width = 1.2;
  double window_height = 1.7;
  double spacing = 2.7;
  bool has_shop = false;
  bool has_balconies = false;
  bool has_bands = false;
  bool is_pitched = false;
  Rgb roof;
};

Facade facade_of(uint64_t look) {
  Random random(key(look, 1));
  Facade f;
  const Rgb wall = random.pick(kWalls);
  f.wall = wall * random.real(0.92, 1.06);
  f.frame = random.chance(0.7) ? Rgb{0.86, 0.86, 0.84} : Rgb{0.20, 0.20, 0.21};
  f.window_width = random.real(0.95, 1.7);
  f.window_height = random.real(1.4, 2.0);
  f.spacing = f.window_width + random.real(0.9, 1.8);
  f.has_shop = random.chance(0.45);
  f.has_balconies = random.chance(0.25);
  f.has_bands = random.chance(0.5);
  f.is_pitched = random.chance(0.5);
  f.roof = random.pick(kRoofs);
  return f;
}

/// A wall in metres: u from its left end, v from the ground.
class Wall {
 public:
  Wall(Painter& painter, const Panel& panel)
      : painter_(painter),
        panel_(panel),
        width_(length(panel.corners[1] - panel.corners[0])),
        height_(length(panel.corners[3] - panel.corners[0])) {}

  void draw(double u0, double v0, double u1, double v1, const Paint& paint) const {
    draw_part(painter_, panel_, u0 / width_, v0 / height_, u1 / width_, v1 / height_, paint);
  }
  [[nodiscard]] Paint lit(Rgb albedo, double fall = 0) const {
    return painter_.lit(albedo, panel_.normal, fall);
  }
  [[nodiscard]] Vec3 at(double u, double v, double out) const {
    return panel_.at(u / width_, v / height_) + panel_.normal * out;
  }
  [[nodiscard]] Painter& painter() const { return painter_; }
  [[nodiscard]] double width() const { return width_; }
  [[nodiscard]] double height() const { return height_; }
  [[nodiscard]] bool shows(double size_m) const { return size_m * painter_.px_per_m() > 1.2; }

 private:
  Painter& painter_;
  const Panel& panel_;
  double width_;
  double height_;
};

/// What is behind a pane: the sky's reflection, or a lit room.
Paint pane(const Wall& wall, const Facade& facade, Random& random) {
  const Light& light = wall.painter().light();
  const double dice = random.real(0, 1);
  const double warm = random.real(0.7, 1.0);
  if (light.lamps_on && dice < 0.42) {
    Paint paint = wall.painter().shining(Rgb{0.95, 0.76, 0.44} * warm);
    paint.luma_fall = -25;
    return paint;
  }
  const Rgb sky = mixed(facade.glass, mixed(light.zenith, light.horizon, 0.55), 0.1 + 0.3 * dice);
  Paint paint = wall.painter().shining(sky * (light.lamps_on ? 0.7 : 1.0));
  paint.luma_fall = -(paint.colour.y - 16) / 3;
  return paint;
}

void draw_window(const Wall& wall, const Facade& facade, double u, double v, Random& random) {
  const double u1 = u + facade.window_width;
  const double v1 = v + facade.window_height;
  const bool has_curtain = random.chance(0.35);
  const double drawn = random.real(0.15, 0.45);
  const Paint glass = pane(wall, facade, random);
  if (wall.shows(0.1)) {
    wall.draw(u - 0.12, v - 0.14, u1 + 0.12, v - 0.02, wall.lit(facade.wall * 1.25));  // sill
    wall.draw(u - 0.08, v1, u1 + 0.08, v1 + 0.14, wall.lit(facade.wall * 0.8));        // lintel
    wall.draw(u - 0.04, v - 0.02, u1 + 0.04, v1 + 0.02, wall.lit(facade.frame));
  }
  wall.draw(u + 0.05, v + 0.05, u1 - 0.05, v1 - 0.05, glass);
  if (has_curtain) {
    const double side = facade.window_width * drawn;
    wall.draw(u + 0.05, v + 0.05, u + side, v1 - 0.05, wall.lit({0.62, 0.60, 0.56}));
    wall.draw(u1 - side, v + 0.05, u1 - 0.05, v1 - 0.05, wall.lit({0.58, 0.56, 0.52}));
  }
  if (!wall.shows(0.05)) return;
  wall.draw((u + u1) / 2 - 0.03, v, (u + u1) / 2 + 0.03, v1, wall.lit(facade.frame * 0.95));
  wall.draw(u, v + facade.window_height * 0.68, u1, v + facade.window_height * 0.68 + 0.05,
            wall.lit(facade.frame * 0.95));
  wall.draw(u + 0.05, v1 - 0.16, u1 - 0.05, v1 - 0.05, wall.lit({0.06, 0.06, 0.07}));  // the reveal's shade
}

void draw_balcony(const Wall& wall, double u0, double u1, double v) {
  constexpr double kOut = 0.9;
  const std::array<Vec3, 8> slab{wall.at(u0, v, 0),           wall.at(u1, v, 0),
                                 wall.at(u1, v, kOut),        wall.at(u0, v, kOut),
                                 wall.at(u0, v - 0.18, 0),    wall.at(u1, v - 0.18, 0),
                                 wall.at(u1, v - 0.18, kOut), wall.at(u0, v - 0.18, kOut)};
  wall.painter().hull(slab, wall.lit({0.62, 0.61, 0.58}, -0.3));
  const Paint rail = wall.lit({0.16, 0.17, 0.18});
  wall.painter().stroke(wall.at(u0, v + 0.95, kOut), wall.at(u1, v + 0.95, kOut), 0.03, rail);
  const int bars = static_cast<int>((u1 - u0) / 0.22);
  for (int i = 0; i <= bars && wall.shows(0.06); ++i) {
    const double u = u0 + (u1 - u0) * i / bars;
    wall.painter().stroke(wall.at(u, v, kOut), wall.at(u, v + 0.95, kOut), 0.012, rail);
  }
}

void draw_door(const Wall& wall, const Facade& facade, double u, Random& random) {
  const Rgb leaf = random.pick(kShopColours);
  wall.draw(u - 0.12, 0, u + 1.22, 2.5, wall.lit(facade.frame * 0.9));
  wall.draw(u, 0, u + 1.1, 2.15, wall.lit(leaf));
  wall.draw(u, 2.2, u + 1.1, 2.42, pane(wall, facade, random));
  wall.draw(u + 0.15, 1.15, u + 0.95, 1.95, pane(wall, facade, random));
}

/// A row of shop windows with a sign above, perhaps an awning.
void draw_shop(const Wall& wall, const Facade& facade, double u0, double u1, Random& random) {
  const Rgb colour = random.pick(kShopColours);
  const bool has_awning = random.chance(0.4);
  wall.draw(u0, 0, u1, 3.0, wall.lit(colour * 0.8));
  const int panes = std::max(1, static_cast<int>((u1 - u0) / 2.2));
  const double wide = (u1 - u0 - 0.2) / panes;
  for (int i = 0; i < panes; ++i) {
    const double u = u0 + 0.1 + i * wide;
    const double foot = random.chance(0.25) ? 0.05 : 0.5;
    const double shelf = random.real(0.2, 0.6) * wide;
    wall.draw(u + 0.1, foot, u + wide - 0.1, 2.3, pane(wall, facade, random));
    wall.draw(u + 0.2, foot, u + 0.2 + shelf, foot + 0.5, wall.lit(random.pick(kShopColours), -0.2));
  }
  wall.draw(u0 + 0.05, 2.42, u1 - 0.05, 2.95, wall.lit(colour * 1.15));
  const Rgb ink = wall.painter().light().lamps_on ? Rgb{1.0, 0.9, 0.7} : Rgb{0.85, 0.84, 0.80};
  double u = u0 + (u1 - u0) * 0.2;
  for (int i = 0; i < 11 && u < u1 - 1.0; ++i) {  // as writing looks from afar
    const double letter = random.real(0.07, 0.20);
    const double high = random.chance(0.3) ? 0.34 : 0.24;
    wall.draw(u, 2.56, u + letter, 2.56 + high, wall.painter().shining(wall.painter().light().ambient * ink));
    u += letter + (random.chance(0.2) ? 0.2 : 0.06);
  }
  if (!has_awning) return;
  const std::array<Vec3, 4> cloth{wall.at(u0, 2.45, 0), wall.at(u1, 2.45, 0), wall.at(u1, 2.05, 1.1),
                                  wall.at(u0, 2.05, 1.1)};
  wall.painter().face(cloth, wall.lit(mixed(colour, {0.9, 0.88, 0.8}, 0.35), -0.2));
}

/// Bricks that differ, stains: what keeps a wall from looking like paper.
void draw_weathering(const Wall& wall, const Facade& facade, Random& random) {
  const double area = wall.width() * wall.height();
  const int bricks = wall.shows(0.05) ? static_cast<int>(std::min(area * 5, 1600.0)) : 0;
  for (int i = 0; i < bricks; ++i) {
    const double u = random.real(0, wall.width() - 0.5);
    const double v = std::floor(random.real(0, wall.height() - 0.1) / 0.09) * 0.09;
    Paint paint = wall.lit(facade.wall * random.real(0.7, 1.2));
    paint.opacity = 80;
    const double wide = random.real(0.2, 0.5);
    wall.draw(u, v, u + wide, v + 0.08, paint);
  }
  for (int i = 0; i < 14; ++i) {
    const double u = random.real(0, wall.width() - 1.2);
    const double v = random.real(0, wall.height() * 0.9);
    const double wide = random.real(0.2, 1.2);
    const double high = random.real(0.5, 3.0);
    Paint paint = wall.lit(facade.wall * random.real(0.6, 1.1));
    paint.opacity = random.integer(14, 34);
    wall.draw(u, v, u + wide, std::min(v + high, wall.height()), paint);
  }
}

void draw_front(const Wall& wall, const Facade& facade, uint64_t look) {
  Random random(key(look, 2));
  draw_weathering(wall, facade, random);
  const int storeys = static_cast<int>(wall.height() / kStorey_m);
  const int columns = std::max(1, static_cast<int>((wall.width() - 0.8) / facade.spacing));
  const double start = (wall.width() - columns * facade.spacing + facade.spacing - facade.window_width) / 2;
  wall.draw(0, 0, wall.width(), 0.6, wall.lit(facade.wall * 0.7));
  const bool shop = facade.has_shop;
  if (shop) draw_shop(wall, facade, 0.4, wall.width() - 2.2, random);
  const int door_column = random.integer(0, columns - 1);
  draw_door(wall, facade, shop ? wall.width() - 1.7 : start + facade.spacing * door_column, random);
  for (int storey = shop ? 1 : 0; storey < storeys; ++storey) {
    const double v = storey * kStorey_m + 0.95;
    if (facade.has_bands && storey > 0) {
      wall.draw(0, v - 0.95, wall.width(), v - 0.75, wall.lit(facade.wall * 1.16));
    }
    for (int column = 0; column < columns; ++column) {
      const double u = start + column * facade.spacing;
      if (storey == 0 && random.chance(0.2)) continue;
      draw_window(wall, facade, u, v, random);
      const bool balcony = facade.has_balconies && storey > 0 && column % 2 == 1;
      if (balcony) draw_balcony(wall, u - 0.5, u + facade.window_width + 0.5, v - 0.6);
    }
  }
  wall.draw(0, wall.height() - 0.35, wall.width(), wall.height(), wall.lit(facade.wall * 1.2));
  wall.draw(0, wall.height() - 0.45, wall.width(), wall.height() - 0.35, wall.lit(facade.wall * 0.55));
  wall.draw(0.15, 0.2, 0.25, wall.height() - 0.4, wall.lit({0.34, 0.35, 0.35}));  // downpipe
}

void draw_roof(Painter& painter, const House& house, const Site& site, const Facade& facade) {
  const auto eaves = corners_of(house, site.course, house.height);
  const double rise = 2.2 + 1.6 * unit(key(house.look, 3));
  const Vec3 inside = between(eaves[0], eaves[2], 0.5);
  const Vec3 ridge0 = between(eaves[0], eaves[3], 0.5) + Vec3{0, 0, rise};
  const Vec3 ridge1 = between(eaves[1], eaves[2], 0.5) + Vec3{0, 0, rise};
  using Triangle = std::array<Vec3, 3>;
  for (const auto& gable : {Triangle{eaves[0], eaves[3], ridge0}, Triangle{eaves[1], eaves[2], ridge1}}) {
    const Vec3 out = normalized(between(gable[0], gable[1], 0.5) - inside);
    painter.face(gable, painter.lit(facade.wall * 0.95, out));
  }
  const Panel slope = make_panel({eaves[0], eaves[1], ridge1, ridge0}, inside);
  if (is_visible(painter, slope)) draw_panel(painter, slope, painter.lit(facade.roof, slope.normal));
}

}  // namespace

void draw_house(Painter& painter, const Site& site, const House& house) {
  const auto ground = corners_of(house, site.course, 0);
  const auto top = corners_of(house, site.course, house.height);
  const Vec3 inside = between(ground[0], top[2], 0.5);
  const double reach = house.height + house.s1 - house.s0;
  if (!painter.camera().may_see(inside, reach)) return;
  const Facade facade = facade_of(house.look);
  painter.stand_at(between(ground[0], ground[1], 0.5), 1.0);
  if (facade.is_pitched) draw_roof(painter, house, site, facade);
  for (const auto& [a, b] : {std::pair<size_t, size_t>{0, 3}, {1, 2}}) {  // the sides
    const Panel panel = make_panel({ground[a], ground[b], top[b], top[a]}, inside);
    if (is_visible(painter, panel))
      draw_panel(painter, panel, painter.lit(facade.wall * 0.94, panel.normal, -0.08));
  }
  const Panel front = make_panel({ground[0], ground[1], top[1], top[0]}, inside);
  if (!is_visible(painter, front)) return;
  draw_panel(painter, front, painter.lit(facade.wall, front.normal, -0.1));
  draw_front(Wall(painter, front), facade, house.look);
}

void draw_skyline(Painter& painter, const Site& site) {
  constexpr double kDistance = 420;
  Random random(key(site.seed, 70));
  const Vec3 eye = painter.camera().eye();
  for (double turns = 0; turns < 1;) {
    const double wide = random.real(0.005, 0.016);
    const double height = random.real(8, 46);
    const Rgb wall = Rgb{0.45, 0.46, 0.48} * random.real(0.7, 1.1);
    const Vec3 a{eye.x + kDistance * cosine(turns), eye.y + kDistance * sine(turns), -3};
    const Vec3 b{eye.x + kDistance * cosine(turns + wide), eye.y + kDistance * sine(turns + wide), -3};
    painter.stand_at(a, 0.3);
    const std::array<Vec3, 4> block{a, b, b + Vec3{0, 0, height}, a + Vec3{0, 0, height}};
    painter.face(block, painter.lit(wall, {0, 0, 0.3}));
    turns += wide * random.real(0.7, 1.0);
  }
}

}  // namespace weir::scene
