// SPDX-License-Identifier: Apache-2.0
// Which files an ONNX file keeps tensors in besides itself.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"

namespace weir {

/// A file as the graph names it.
struct ExternalFile {
  std::string location;      ///< as written: should be a path relative to the folder of the ONNX file
  uint64_t least_bytes = 0;  ///< how long the file must be for all tensors that lie in it
};

/// Every file that a tensor of `onnx` lies in, once, in the order of the file: of the graph, of the graphs
/// within its nodes, of sparse tensors and of functions (ONNX's "external data", onnx.proto:
/// TensorProto.external_data). kInvalidArgument: not ONNX, damaged, or messages in more than 100 levels,
/// which protobuf doesn't read either.
[[nodiscard]] Result<std::vector<ExternalFile>> find_external_files(std::span<const uint8_t> onnx);

}  // namespace weir
