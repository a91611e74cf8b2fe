// SPDX-License-Identifier: Apache-2.0
// The truth of a frame, measured on its draw list.
#pragma once

#include <cstdint>
#include <vector>

#include "scene/draw/draw_list.h"
#include "scene/scene.h"

namespace weir::scene {

/// Every object of which at least a hundredth shows.
[[nodiscard]] std::vector<SceneObject> objects_of(const DrawList& list, int width_px, int height_px);

/// The shapes of one object, without its shadow and its lamps' glow.
[[nodiscard]] DrawList only_object(const DrawList& list, int64_t id);

}  // namespace weir::scene
