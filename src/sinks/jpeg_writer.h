// SPDX-License-Identifier: Apache-2.0
// An annotated still as a JPEG file.
#pragma once

#include <memory>
#include <string>

#include "base/interrupt.h"
#include "base/result.h"
#include "types/picture.h"

namespace weir {

/// Writes an upright I420 picture, of any matrix and range, with little loss. A file that can't be
/// written to its end is removed. `interrupt` ends waiting for the reader of a named pipe.
/// Errors name the file: kResourceExhausted, kUnavailable, kCancelled (interrupted).
[[nodiscard]] Status write_jpeg(const std::string& path, const PictureView& i420,
                                std::shared_ptr<const Interrupt> interrupt = nullptr);

}  // namespace weir
