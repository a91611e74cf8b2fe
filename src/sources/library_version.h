// SPDX-License-Identifier: Apache-2.0
// Which media libraries read the inputs.
#pragma once

#include <string>

namespace weir {

/// "libavformat 59.27.100, libavcodec 59.37.100"
[[nodiscard]] std::string media_library_version();

}  // namespace weir
