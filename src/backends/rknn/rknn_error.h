// SPDX-License-Identifier: Apache-2.0
// What the RKNN runtime's return codes mean for a caller and for a user.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace weir {

/// "RKNN_ERR_MODEL_INVALID"; "code -99" for one that the interface doesn't know.
[[nodiscard]] std::string rknn_code_name(int code);

/// "rknn_init failed with RKNN_ERR_MODEL_INVALID: what the user can do". `code`: not RKNN_SUCC.
[[nodiscard]] Error rknn_error(std::string_view call, int code);

/// What `call` returned, as a Status.
[[nodiscard]] Status rknn_status(std::string_view call, int code);

}  // namespace weir
