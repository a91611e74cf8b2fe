// SPDX-License-Identifier: Apache-2.0
#include "scene/backdrop/background.h"

#include <algorithm>
#include <cmath>

#include "scene/draw/random.h"

namespace weir::scene {
namespace {

/// What houses, trees and lamps leave of the sun, as luma: 16 none taken, 235 all of it.
Canvas make_shade(const Site& site, const Camera& camera, ColorMatrix matrix) {
  Canvas shade(camera.width_px(), camera.height_px());
  if (!site.light.has_sun()) return shade;
  DrawList list;
  Painter painter(camera, site.light, matrix, list);
  const Paint full{Yuv{235, 128, 128}};
  const Paint dappled{Yuv{195, 128, 128}};
  for (const Tree& tree : site.trees) draw_tree_shade(painter, tree, dappled);
  for (const auto& polygon : site.shades) {
    std::vector<Vec3> ground;
    for (const Vec2 p : polygon) ground.push_back({p.x, p.y, 0});
    painter.face(ground, full);
  }
  for (const Lamp& lamp : site.lamps) {
    const Vec3 top{lamp.foot.x, lamp.foot.y, lamp.head.z};
    painter.stroke(lamp.foot, site.light.shadow_of(top), 0.07, full);
  }
  paint(list, shade.view());
  return shade;
}

Rgb from_lamps(const Site& site, Vec2 ground) {
  Rgb sum;
  if (!site.light.lamps_on) return sum;
  for (const Lamp& lamp : site.lamps) {
    const Vec2 away = ground - Vec2{lamp.head.x, lamp.head.y};
    const double q = (away.x * away.x + away.y * away.y) / (4.5 * 4.5);
    if (q < 30) sum = sum + Rgb{0.52, 0.42, 0.26} * (1.0 / ((1.0 + q) * (1.0 + q)));
  }
  return sum;
}

/// Fills the picture row by row with sky and ground.
class Backdrop {
 public:
  Backdrop(const Site& site, const Camera& camera, ColorMatrix matrix, const MutableI420& out)
      : site_(site), camera_(camera), matrix_(matrix), out_(out), shade_(make_shade(site, camera, matrix)) {}

  void fill() {
    const auto width = static_cast<size_t>(out_.width_px);
    std::vector<Rgb> upper(width);
    std::vector<Rgb> lower(width);
    for (int y = 0; y < out_.height_px; y += 2) {
      fill_row(y, upper);
      if (y + 1 < out_.height_px) {
        fill_row(y + 1, lower);
      } else {
        lower = upper;
      }
      fill_chroma(y / 2, upper, lower);
    }
  }

 private:
  struct Hit {
    bool is_ground = false;
    GroundSpot spot;
  };

  [[nodiscard]] Hit look(double x, double y) const {
    const Vec3 ray = camera_.ray({x, y});
    if (ray.z > -1e-3) return {};
    const Vec3 at = camera_.eye() + ray * (camera_.eye().z / -ray.z);
    const Vec2 ground{at.x, at.y};
    return {true, {ground, site_.course.nearest(ground), 0, 0}};
  }

  [[nodiscard]] Rgb colour_at(int x, int y) const {
    const double cx = x + 0.5;
    const double cy = y + 0.5;
    Hit hit = look(cx, cy);
    const Hit beside = look(cx + 1, cy);
    const Hit above = look(cx, cy - 1);
    if (!hit.is_ground || !beside.is_ground || !above.is_ground) {
      return sky_colour(site_, camera_.ray({cx, cy}));
    }
    const auto spread = [](double a, double b, double c) {
      return std::max(std::abs(a - b), std::abs(a - c));
    };
    hit.spot.size_s = spread(hit.spot.place.s, beside.spot.place.s, above.spot.place.s);
    hit.spot.size_d = spread(hit.spot.place.d, beside.spot.place.d, above.spot.place.d);
    const Rgb albedo = ground_albedo(site_, hit.spot);
    const uint8_t shade = shade_.view().planes[0][static_cast<ptrdiff_t>(y) * shade_.view().strides[0] + x];
    const Vec3 up{0, 0, 1};
    const Rgb lit =
        site_.light.on(albedo, up, 1.0 - (shade - 16) / 219.0) + albedo * from_lamps(site_, hit.spot.ground);
    const Vec3 at{hit.spot.ground.x, hit.spot.ground.y, 0};
    return site_.light.through_haze(lit, length(at - camera_.eye()));
  }

  void fill_row(int y, std::vector<Rgb>& row) {
    uint8_t* luma = out_.planes[0] + static_cast<ptrdiff_t>(y) * out_.strides[0];
    for (int x = 0; x < out_.width_px; ++x) {
      const Rgb colour = colour_at(x, y);
      row[static_cast<size_t>(x)] = colour;
      luma[x] = to_yuv(colour, matrix_).y;
    }
  }

  void fill_chroma(int y, const std::vector<Rgb>& upper, const std::vector<Rgb>& lower) {
    uint8_t* u = out_.planes[1] + static_cast<ptrdiff_t>(y) * out_.strides[1];
    uint8_t* v = out_.planes[2] + static_cast<ptrdiff_t>(y) * out_.strides[2];
    for (int x = 0; x < out_.chroma_width_px(); ++x) {
      const auto left = static_cast<size_t>(2 * x);
      const size_t right = std::min(left + 1, upper.size() - 1);
      const Yuv mean = to_yuv((upper[left] + upper[right] + lower[left] + lower[right]) * 0.25, matrix_);
      u[x] = mean.u;
      v[x] = mean.v;
    }
  }

  const Site& site_;
  const Camera& camera_;
  ColorMatrix matrix_;
  const MutableI420& out_;
  Canvas shade_;
};

/// A house or a tree, with its distance.
struct Standing3d {
  double distance = 0;
  const House* house = nullptr;
  const Tree* tree = nullptr;
};

std::vector<Standing3d> far_to_near(const Site& site, Vec3 eye) {
  std::vector<Standing3d> things;
  for (const House& house : site.houses) {
    const auto corners = corners_of(house, site.course, 0);
    things.push_back({length(between(corners[0], corners[2], 0.5) - eye), &house, nullptr});
  }
  for (const Tree& tree : site.trees) things.push_back({length(tree.foot - eye), nullptr, &tree});
  std::stable_sort(things.begin(), things.end(),
                   [](const Standing3d& a, const Standing3d& b) { return a.distance > b.distance; });
  return things;
}

}  // namespace

Canvas make_background(const Site& site, const Camera& camera, ColorMatrix matrix) {
  Canvas canvas(camera.width_px(), camera.height_px());
  Backdrop(site, camera, matrix, canvas.view()).fill();
  DrawList list;
  Painter painter(camera, site.light, matrix, list);
  draw_skyline(painter, site);
  for (const Standing3d& thing : far_to_near(site, camera.eye())) {
    if (thing.house != nullptr) {
      draw_house(painter, site, *thing.house);
    } else {
      draw_tree(painter, site, *thing.tree);
    }
  }
  paint(list, canvas.view());
  return canvas;
}

}  // namespace weir::scene
