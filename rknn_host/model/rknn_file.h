// SPDX-License-Identifier: Apache-2.0
// What a .rknn file says in plain text. Its code for the NPU is not looked into.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace weir::rknn_host {

/// The bytes begin as a .rknn file does, also an encrypted one.
[[nodiscard]] bool is_rknn(std::span<const uint8_t> bytes);

/// One input or output as the file names it.
struct PlainTensor {
  std::string name;
  bool is_input = true;
  std::string type;  ///< "int8", "float16", ...; "" where the file does not say it
};

/// The inputs and outputs in the JSON behind the NPU's code, in its order; none where there is no such JSON.
/// The file is: "RKNN" and four zeros, version, n (each 8 bytes, little-endian), 40 bytes if version > 1, n
/// bytes of code, m (8 bytes), m bytes of JSON.
[[nodiscard]] std::vector<PlainTensor> plain_tensors(std::span<const uint8_t> bytes);

}  // namespace weir::rknn_host
