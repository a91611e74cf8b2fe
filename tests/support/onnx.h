// SPDX-License-Identifier: Apache-2.0
// ONNX files made by hand, message by message (the numbers are those of onnx.proto).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/wire.h"

namespace weir::testing {

using Pairs = std::vector<std::pair<std::string, std::string>>;

/// TensorProto of floats. Without `external` it has no bytes of its own; with it, they are said to lie
/// outside.
inline std::string onnx_tensor(std::string_view name, const std::vector<uint64_t>& dims,
                               const Pairs& external) {
  std::string tensor;
  for (const uint64_t dim : dims) tensor += number_field(1, dim);
  tensor += number_field(2, 1) + bytes_field(8, name);
  for (const auto& [key, value] : external)
    tensor += bytes_field(13, bytes_field(1, key) + bytes_field(2, value));
  return external.empty() ? tensor : tensor + number_field(14, 1);
}

inline std::string external_tensor(std::string_view location) {
  return onnx_tensor("w", {1}, {{"location", std::string(location)}});
}

/// ModelProto: `graph` is a GraphProto.
inline std::string onnx_model(const std::string& graph) {
  return number_field(1, 8) + bytes_field(8, bytes_field(1, "") + number_field(2, 13)) +
         bytes_field(7, graph);
}

/// A model of one tensor that lies in `location`.
inline std::string model_with_weights_in(std::string_view location) {
  return onnx_model(bytes_field(5, external_tensor(location)));
}

}  // namespace weir::testing
