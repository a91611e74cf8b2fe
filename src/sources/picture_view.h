// SPDX-License-Identifier: Apache-2.0
// What a libav frame means in weir's words: planes, colour, orientation. Pure functions.
#pragma once

#include <cstdint>
#include <optional>

#include "sources/libav.h"
#include "types/picture.h"

namespace weir {

/// The same pixels in weir's words, or nothing where they have to be converted first.
[[nodiscard]] std::optional<PixelFormat> direct_format(const AVFrame& frame);

/// The 8-bit format to convert to: one that direct_format() knows and that keeps all chroma samples.
[[nodiscard]] AVPixelFormat nearest_8bit_format(AVPixelFormat format);

[[nodiscard]] bool is_rgb(AVPixelFormat format);

/// As tagged; RGB becomes BT.601. Untagged: BT.709 for HD (larger side >= 1280 or smaller side >= 720),
/// else BT.601, as players guess.
[[nodiscard]] ColorMatrix matrix_of(const AVFrame& frame);

/// As tagged; the "yuvj" formats and RGB are full. Untagged: grey is full, as in picture files; the rest
/// is limited.
[[nodiscard]] ColorRange range_of(const AVFrame& frame);

/// What a display matrix (libavutil/display.h) asks for; nothing if it turns by another angle than a multiple
/// of 90 degrees, or shears.
[[nodiscard]] std::optional<Orientation> orientation_of(const int32_t (&matrix)[9]);

/// The planes of `frame`, which owns them, in the given format.
[[nodiscard]] PictureView view_of(const AVFrame& frame, PixelFormat format, Orientation orientation);

}  // namespace weir
