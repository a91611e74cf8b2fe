// SPDX-License-Identifier: Apache-2.0
#include "backends/rknn/rknn_error.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "backends/rknn/abi/rknn_api.h"
#include "backends/rknn/rknn_codes.h"

namespace weir {
namespace {

struct Meaning {
  int code;
  ErrorCode error;
  std::string_view advice;
};

constexpr std::array kMeanings{
    Meaning{RKNN_ERR_FAIL, ErrorCode::kInternal,
            "the runtime's own lines say why; the vendor's says more with RKNN_LOG_LEVEL=4"},
    Meaning{RKNN_ERR_TIMEOUT, ErrorCode::kUnavailable, "the NPU did not answer in time"},
    Meaning{RKNN_ERR_DEVICE_UNAVAILABLE, ErrorCode::kUnavailable,
            "the NPU can't be opened; weir doctor tells what is missing"},
    Meaning{RKNN_ERR_MALLOC_FAIL, ErrorCode::kResourceExhausted, "no memory left for the NPU"},
    Meaning{RKNN_ERR_PARAM_INVALID, ErrorCode::kInternal, "the runtime doesn't take what weir asks of it"},
    Meaning{RKNN_ERR_MODEL_INVALID, ErrorCode::kInvalidArgument,
            "damaged, not a model that this runtime reads, or made by a newer toolkit than it"},
    Meaning{RKNN_ERR_CTX_INVALID, ErrorCode::kInternal, "the context is unusable"},
    Meaning{RKNN_ERR_INPUT_INVALID, ErrorCode::kInternal, "the runtime doesn't take the input"},
    Meaning{RKNN_ERR_OUTPUT_INVALID, ErrorCode::kInternal, "the runtime doesn't take the outputs' memory"},
    Meaning{RKNN_ERR_DEVICE_UNMATCH, ErrorCode::kUnsupported,
            "runtime and NPU driver don't fit together: update the older one"},
    Meaning{RKNN_ERR_INCOMPATILE_PRE_COMPILE_MODEL, ErrorCode::kUnsupported,
            "convert the model again, with the toolkit of this runtime's version"},
    Meaning{RKNN_ERR_INCOMPATILE_OPTIMIZATION_LEVEL_VERSION, ErrorCode::kUnsupported,
            "convert the model again, with the toolkit of this runtime's version"},
    Meaning{RKNN_ERR_TARGET_PLATFORM_UNMATCH, ErrorCode::kUnsupported,
            "made for another chip: convert it again with this chip as target_platform"},
};

}  // namespace

std::string rknn_code_name(int code) {
  const std::string_view name = name_of_rknn_code(code);
  return name.empty() ? fmt::format("code {}", code) : std::string(name);
}

Error rknn_error(std::string_view call, int code) {
  const auto* meaning = std::ranges::find(kMeanings, code, &Meaning::code);
  const std::string what = fmt::format("{} failed with {}", call, rknn_code_name(code));
  if (meaning == kMeanings.end()) return {ErrorCode::kInternal, what};
  return {meaning->error, fmt::format("{}: {}", what, meaning->advice)};
}

Status rknn_status(std::string_view call, int code) {
  if (code == RKNN_SUCC) return {};
  return rknn_error(call, code);
}

}  // namespace weir
