// SPDX-License-Identifier: Apache-2.0
#include "sources/scene_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace weir {
namespace {

constexpr std::string_view kScheme = "scene:";

std::string describe(const scene::StreetConfig& config) {
  return fmt::format("scene street {}x{} {} fps seed {}", config.width_px, config.height_px, config.fps,
                     config.seed);
}

}  // namespace

Result<std::unique_ptr<Source>> SceneSource::create(std::string_view location) {
  std::string_view rest = location;
  if (rest.substr(0, kScheme.size()) == kScheme) rest.remove_prefix(kScheme.size());
  const std::string_view name = rest.substr(0, rest.find('?'));
  if (name != "street") {
    return Error{ErrorCode::kInvalidArgument,
                 fmt::format("scene: unknown scene '{}'; there is 'street', as in "
                             "scene:street?size=1920x1080&fps=30&seed=7&frames=900",
                             name)};
  }
  rest.remove_prefix(std::min(rest.size(), name.size() + 1));
  WEIR_ASSIGN_OR_RETURN(const scene::StreetConfig config, scene::StreetConfig::parse(rest));
  WEIR_ASSIGN_OR_RETURN(scene::Street street, scene::Street::create(config));
  return std::unique_ptr<Source>(new SceneSource(std::move(street)));
}

SceneSource::SceneSource(scene::Street street) : street_(std::move(street)) {
  const scene::StreetConfig& config = street_.config();
  info_ = {config.width_px, config.height_px, static_cast<double>(config.fps), config.frames,
           false,           describe(config)};
  pool_ = std::make_shared<Pool>(config.width_px, config.height_px);
}

Result<std::optional<Picture>> SceneSource::read(const std::stop_token& stop) {
  if (stop.stop_requested()) return cancelled_read();
  const scene::StreetConfig& config = street_.config();
  if (next_ >= config.frames) return std::nullopt;
  Picture picture;
  picture.demuxed_at = std::chrono::steady_clock::now();
  const std::shared_ptr<scene::Canvas> canvas = pool_->take();
  const scene::MutableI420& pixels = canvas->view();
  street_.render(next_, pixels);
  picture.view = street_.picture(pixels);
  picture.owner = canvas;
  picture.pts = config.pts(next_);
  ++next_;
  return picture;
}

Status SceneSource::rewind() {
  next_ = 0;
  return {};
}

int64_t SceneSource::surface_bytes() const {
  return pool_->bytes() + street_.memory_bytes();
}

std::shared_ptr<scene::Canvas> SceneSource::Pool::take() {
  std::unique_ptr<scene::Canvas> canvas;
  {
    const std::lock_guard lock(mutex_);
    if (!free_.empty()) {
      canvas = std::move(free_.back());
      free_.pop_back();
    }
  }
  if (!canvas) {
    canvas = std::make_unique<scene::Canvas>(width_px_, height_px_);
    bytes_ += static_cast<int64_t>(canvas->size_bytes());
  }
  const auto give_back = [pool = shared_from_this()](scene::Canvas* used) {
    const std::lock_guard lock(pool->mutex_);
    pool->free_.emplace_back(used);
  };
  return {canvas.release(), give_back};
}

}  // namespace weir
