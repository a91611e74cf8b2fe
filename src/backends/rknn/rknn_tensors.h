// SPDX-License-Identifier: Apache-2.0
// What a model takes and gives, from the runtime's words into weir's.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "backends/rknn/abi/rknn_api.h"
#include "backends/rknn/rknn_error.h"
#include "backends/rknn/rknn_library.h"
#include "base/result.h"
#include "infer/backend.h"

namespace weir {

struct RknnTensors {
  ModelInfo info;                         ///< but for path and backend, which are the caller's
  std::optional<rknn_tensor_attr> shape;  ///< for rknn_set_input_shapes, where it is not the model's own
  rknn_tensor_attr input{};  ///< for rknn_set_io_mem: [1,H,W,3] u8 NHWC, converted by the runtime
  uint32_t input_bytes = 0;  ///< to allocate; the runtime may want more than weir fills
  std::vector<rknn_tensor_attr> outputs;  ///< for rknn_set_io_mem: in the model's own types

  [[nodiscard]] uint32_t output_bytes(size_t i) const;  ///< to allocate
};

/// Asks a context. Leaves it at the shape of `size`, where the model has several.
/// Errors: kUnsupported ("can't take an input of WxH"; an output of a type that weir has no name for),
/// kInvalidArgument (not one picture of three channels), those of rknn_query.
[[nodiscard]] Result<RknnTensors> read_tensors(const RknnLibrary& library, rknn_context context,
                                               const std::optional<InputSize>& size);

/// rknn_query() for one answer; `what` names the command where it fails.
template <class Answer>
[[nodiscard]] Status query(const RknnLibrary& library, rknn_context context, rknn_query_cmd command,
                           std::string_view what, Answer& answer) {
  return rknn_status(what, library.query(context, command, &answer, sizeof(answer)));
}
#define WEIR_RKNN_QUERY(library, context, command, answer) \
  weir::query(library, context, command, "rknn_query(" #command ")", answer)

}  // namespace weir
