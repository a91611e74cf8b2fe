// SPDX-License-Identifier: Apache-2.0
// What libav's formats of pictures are, and what it doesn't see in their files.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "sources/libav.h"
#include "sources/pictures/picture_header.h"

namespace weir {

/// "png", "jpeg", ... for a format that holds one picture; nothing for the others.
[[nodiscard]] std::optional<std::string_view> picture_kind(const AVInputFormat& format);

/// Whether libav gives the pixels of this kind of picture as other programs do.
[[nodiscard]] bool is_read_rightly(std::string_view picture_kind);

/// An icon file holds the same picture in several sizes.
[[nodiscard]] bool is_icon(const AVInputFormat& format);

/// The stream with the most pixels; -1 if there is none.
[[nodiscard]] int largest_picture(const AVFormatContext& context);

/// The header of a single AVIF or HEIC picture, from the beginning of the file, where `io` is and stays.
[[nodiscard]] std::optional<PictureHeader> read_heif_header(AVIOContext& io);

/// The kind of picture that the file is if libav doesn't recognise it: "BigTIFF pictures". `io` is and stays
/// at the beginning.
[[nodiscard]] std::optional<std::string_view> unrecognised_kind(AVIOContext& io);

/// Whether a frame of an animated picture begins at `at`. If the file is cut off in that frame, libav ends
/// before it as if nothing were missing. Moves `io`.
[[nodiscard]] bool begins_animation_frame(AVIOContext& io, int64_t at, const AVInputFormat& format);

}  // namespace weir
