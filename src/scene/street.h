// SPDX-License-Identifier: Apache-2.0
// A street as a camera sees it, with the truth about what is in it: pictures that weir can make for itself
// where no video is at hand. A seed gives the same pixels and the same truth on every machine.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "scene/draw/raster.h"
#include "scene/scene.h"
#include "types/picture.h"

namespace weir::scene {

struct StreetConfig {
  int width_px = 1920;   ///< 32..7680
  int height_px = 1080;  ///< 32..4320
  int fps = 30;          ///< 1..240
  uint64_t seed = 1;     ///< each one another street, camera, weather and traffic
  int64_t frames = 900;  ///< 1..10,000,000

  /// From "size=1920x1080&fps=30&seed=7&frames=900"; all parts optional, in any order.
  /// Errors: kInvalidArgument (unknown key, not a number, out of range).
  [[nodiscard]] static Result<StreetConfig> parse(std::string_view query);
  /// Errors: kInvalidArgument (out of range).
  [[nodiscard]] Status validate() const;

  /// When a frame is shown, to the nearest nanosecond.
  [[nodiscard]] std::chrono::nanoseconds pts(int64_t frame) const {
    constexpr int64_t kSecond = 1'000'000'000;
    return std::chrono::nanoseconds((frame * kSecond + fps / 2) / fps);
  }
};

/// Immutable once created; any thread, several at once. Copies share everything.
class Street {
 public:
  /// Paints what stands still: at 1920x1080 that takes half a second to a second.
  /// Errors: kInvalidArgument.
  [[nodiscard]] static Result<Street> create(const StreetConfig& config);

  /// Paints frame 0, 1, 2, ... (any, in any order) into planes of the configured size.
  void render(int64_t frame, const MutableI420& out) const;
  /// Paints one object of the truth alone, without its shadow, over what `out` holds.
  void render_object(int64_t frame, int64_t object_id, const MutableI420& out) const;
  /// What shows in a frame, in no order. Costs about three times as much as render().
  [[nodiscard]] std::vector<SceneObject> truth(int64_t frame) const;

  [[nodiscard]] const StreetConfig& config() const;
  /// `pixels`, once rendered, as those who read pictures take them: BT.709 from 720 rows on, BT.601 below;
  /// always limited range. Valid as long as `pixels` is.
  [[nodiscard]] PictureView picture(const MutableI420& pixels) const;
  /// Of the background and the noise.
  [[nodiscard]] int64_t memory_bytes() const;

 private:
  struct State;
  explicit Street(std::shared_ptr<const State> state) : state_(std::move(state)) {}
  std::shared_ptr<const State> state_;
};

}  // namespace weir::scene
