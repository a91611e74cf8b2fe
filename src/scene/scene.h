// SPDX-License-Identifier: Apache-2.0
// What the truth of a scene says about a frame.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "types/detection.h"

namespace weir::scene {

enum class SceneClass { kPerson, kBicycle, kCar, kBus };
/// By class id.
inline constexpr std::array<std::string_view, 4> kSceneClassNames{"person", "bicycle", "car", "bus"};

/// A thing in a frame, as far as any of it shows.
struct SceneObject {
  int class_id = 0;    ///< index into kSceneClassNames
  int64_t id = 0;      ///< the same in every frame of the scene
  Box box;             ///< around all of it, also what others hide, cut at the picture's border
  double visible = 1;  ///< 0 < visible <= 1: the part of its area that neither others nor the border hide
};

/// One line of a truth file, with its newline:
/// {"stream":"a","frame":17,"width":64,"height":48,"objects":[{"label":"car","class_id":2,"box":[..],
/// "visible":0.83,"id":12}]}; boxes in pixels, all fractions with two decimals.
[[nodiscard]] std::string write_truth_line(std::string_view stream, int64_t frame, int width_px,
                                           int height_px, std::span<const SceneObject> objects);

}  // namespace weir::scene
