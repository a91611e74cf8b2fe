// SPDX-License-Identifier: Apache-2.0
// AVIF and HEIC pictures: their files are MP4 files without a track, which libav knows only in part.
#pragma once

#include <optional>

#include "sources/pictures/bytes.h"
#include "sources/pictures/picture_header.h"

namespace weir {

/// What the first bytes of a file say if it is a single AVIF or HEIC picture, else nothing. `head` has to
/// hold all of the "meta" box, which comes second in the file; a megabyte is plenty. Source of the format:
/// ISO/IEC 14496-12 and 23008-12.
[[nodiscard]] std::optional<PictureHeader> read_heif_header(Bytes head);

}  // namespace weir
