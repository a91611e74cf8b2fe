// SPDX-License-Identifier: Apache-2.0
// An annotated still as a JPEG file.
#pragma once

#include <string>

#include "base/result.h"
#include "types/picture.h"

namespace weir {

/// Writes an upright I420 picture, of any matrix and range, with little loss. A file that can't be
/// written to its end is removed. Errors name the file: kResourceExhausted, kUnavailable.
[[nodiscard]] Status write_jpeg(const std::string& path, const PictureView& i420);

}  // namespace weir
