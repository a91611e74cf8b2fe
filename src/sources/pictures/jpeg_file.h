// SPDX-License-Identifier: Apache-2.0
// The segments of a JPEG file: how it is displayed, how it is coded, whether all of it is there.
#pragma once

#include "sources/pictures/bytes.h"
#include "sources/pictures/picture_header.h"

namespace weir {

/// As read_picture_header(). Cut off is a file that has no end mark and lacks whole scans; whether the last
/// scan is all there, only decoding shows. Source of the format: ITU-T T.81.
[[nodiscard]] PictureHeader read_jpeg_header(Bytes file);

}  // namespace weir
