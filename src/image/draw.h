// SPDX-License-Identifier: Apache-2.0
// Detections made visible: outlines and labels drawn straight into YUV planes.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "image/i420_picture.h"
#include "types/detection.h"

namespace weir {

/// One outline in the colour of its class with a tag "label 0.83" above it, or inside the picture
/// where there is no room above. Parts outside the picture are left out; nothing is drawn for a box
/// that is empty, not finite or wholly outside. One thread a canvas.
void draw_detection(const I420Canvas& canvas, const Detection& detection, std::string_view label);

/// All of them, the highest score on top. `labels[class_id]` names a class; a class without a name
/// shows as its number.
void draw_detections(const I420Canvas& canvas, std::span<const Detection> by_falling_score,
                     std::span<const std::string> labels);

}  // namespace weir
