// SPDX-License-Identifier: Apache-2.0
// What weir has to know about a picture file before libav decodes it: libav doesn't tell how most kinds of
// picture are to be displayed, reads some kinds wrongly without an error, and overlooks that some are cut
// off.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "types/orientation.h"

namespace weir {

struct PictureHeader {
  Orientation orientation;
  int64_t width_px = 0;  ///< as stored; 0: not known
  int64_t height_px = 0;
  std::string unsupported;  ///< the kind of picture, if it can't be read rightly: "TIFF pictures with tiles"
  bool cut_off = false;     ///< data are missing, and libav gives a picture nevertheless
};

/// Reads the header of a whole picture file: JPEG, PNG, WebP, TIFF, JPEG 2000 or BMP, recognised by its
/// first bytes. Nothing for other kinds. Never fails: what is damaged is left to the decoder.
[[nodiscard]] std::optional<PictureHeader> read_picture_header(std::span<const uint8_t> file);

/// kUnsupported; names the file and the kind of picture.
[[nodiscard]] Error unsupported_picture(std::string_view path, std::string_view kind);

}  // namespace weir
