// SPDX-License-Identifier: Apache-2.0
// Which of the many kinds of TIFF libav reads rightly.
#pragma once

#include <cstdint>
#include <span>

#include "sources/pictures/bytes.h"
#include "sources/pictures/picture_header.h"

namespace weir {

/// As read_picture_header().
[[nodiscard]] PictureHeader read_tiff_header(Bytes file);

/// Removes from the first directory what doesn't say where and how pixels are stored, and the way to further
/// directories.
void keep_tags_of_pixels(std::span<uint8_t> file);

}  // namespace weir
