// SPDX-License-Identifier: Apache-2.0
#include "scene/street.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>
#include <vector>

#include "scene/actors/actors.h"
#include "scene/backdrop/background.h"
#include "scene/draw/noise.h"
#include "scene/draw/random.h"
#include "scene/traffic.h"
#include "scene/truth.h"

namespace weir::scene {
namespace {

void copy_plane(const uint8_t* from, int from_stride, uint8_t* to, int to_stride, int width, int height) {
  for (int y = 0; y < height; ++y) {
    std::memcpy(to + static_cast<ptrdiff_t>(y) * to_stride, from + static_cast<ptrdiff_t>(y) * from_stride,
                static_cast<size_t>(width));
  }
}

void copy_picture(const MutableI420& from, const MutableI420& to) {
  copy_plane(from.planes[0], from.strides[0], to.planes[0], to.strides[0], to.width_px, to.height_px);
  for (size_t plane = 1; plane < 3; ++plane) {
    copy_plane(from.planes[plane], from.strides[plane], to.planes[plane], to.strides[plane],
               to.chroma_width_px(), to.chroma_height_px());
  }
}

void draw_body(Painter& painter, const Actor& actor) {
  switch (actor.kind) {
    case ActorKind::kCar:
    case ActorKind::kBus:
      return draw_vehicle(painter, actor);
    case ActorKind::kBicycle:
      return draw_bicycle(painter, actor);
    case ActorKind::kPerson:
      return draw_person(painter, actor);
    case ActorKind::kLamp:
      return draw_lamp(painter, actor);
    case ActorKind::kSignal:
      return draw_signal(painter, actor);
  }
}

/// Of the ball around an actor.
double radius_m(const Actor& actor) {
  return actor.kind == ActorKind::kLamp ? 5.0 : std::max(actor.half_length, 1.0) + 0.6;
}

Vec3 middle_of(const Actor& actor) {
  return actor.pose.origin + Vec3{0, 0, actor.kind == ActorKind::kLamp ? 4.0 : 1.0};
}

}  // namespace

struct Street::State {
  StreetConfig config;
  ColorMatrix matrix;
  Site site;
  Camera camera;
  Canvas background;
  Noise noise;

  [[nodiscard]] double time_s(int64_t frame) const {
    // Traffic has been flowing for a while, for how long differs from seed to seed.
    return 4000.0 + static_cast<double>(key(config.seed, 6) % 600) + static_cast<double>(frame) / config.fps;
  }
  [[nodiscard]] DrawList draw(int64_t frame) const;
};

DrawList Street::State::draw(int64_t frame) const {
  // Shadows and head lights reach further than what they belong to.
  const double reach = site.light.has_sun() ? 8.0 : site.light.lamps_on ? 9.0 : 0.5;
  std::vector<Actor> actors = actors_at(site, time_s(frame));
  std::erase_if(
      actors, [&](const Actor& actor) { return !camera.may_see(middle_of(actor), radius_m(actor) + reach); });
  order_for_painting(actors, site.camera_place);
  DrawList list;
  Painter painter(camera, site.light, matrix, list);
  std::vector<double> sunlit;
  for (const Actor& actor : actors) {
    sunlit.push_back(site.sunlit({actor.pose.origin.x, actor.pose.origin.y}));
    painter.stand_at(actor.pose.origin, sunlit.back());
    draw_on_ground(painter, actor);
  }
  for (size_t i = 0; i < actors.size(); ++i) {
    if (!camera.may_see(middle_of(actors[i]), radius_m(actors[i]))) continue;
    painter.stand_at(actors[i].pose.origin, sunlit[i]);
    draw_body(painter, actors[i]);
  }
  return list;
}

Result<Street> Street::create(const StreetConfig& config) {
  WEIR_RETURN_IF_ERROR(config.validate());
  const ColorMatrix matrix = config.height_px >= 720 ? ColorMatrix::kBt709 : ColorMatrix::kBt601;
  Site site = make_site(config.seed);
  const Camera camera(site.camera, config.width_px, config.height_px);
  Canvas background = make_background(site, camera, matrix);
  Noise noise(key(config.seed, 7), site.noise, config.width_px);
  return Street(std::make_shared<const State>(
      State{config, matrix, std::move(site), camera, std::move(background), std::move(noise)}));
}

void Street::render(int64_t frame, const MutableI420& out) const {
  copy_picture(state_->background.view(), out);
  paint(state_->draw(frame), out);
  const double drift = 2.4 * sine(state_->time_s(frame) / 13.0);
  state_->noise.add(frame, static_cast<int>(std::floor(drift + 0.5)), out);
}

void Street::render_object(int64_t frame, int64_t object_id, const MutableI420& out) const {
  paint(only_object(state_->draw(frame), object_id), out);
}

std::vector<SceneObject> Street::truth(int64_t frame) const {
  return objects_of(state_->draw(frame), state_->config.width_px, state_->config.height_px);
}

const StreetConfig& Street::config() const {
  return state_->config;
}

PictureView Street::picture(const MutableI420& pixels) const {
  return {.format = PixelFormat::kI420,
          .width_px = pixels.width_px,
          .height_px = pixels.height_px,
          .planes = {pixels.planes[0], pixels.planes[1], pixels.planes[2]},
          .strides = pixels.strides,
          .matrix = state_->matrix,
          .range = ColorRange::kLimited};
}

int64_t Street::memory_bytes() const {
  return static_cast<int64_t>(state_->background.size_bytes() + state_->noise.size_bytes());
}

}  // namespace weir::scene
