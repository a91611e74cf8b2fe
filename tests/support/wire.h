// SPDX-License-Identifier: Apache-2.0
// Writes protobuf's wire format, for tests of what reads it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace weir::testing {

inline std::string varint(uint64_t value) {
  std::string bytes;
  for (; value > 0x7F; value >>= 7U) bytes += static_cast<char>(0x80U | (value & 0x7FU));
  return bytes + static_cast<char>(value);
}

/// A number as field `number` of a message.
inline std::string number_field(uint32_t number, uint64_t value) {
  return varint(number << 3U) + varint(value);
}

/// A text or a message as field `number` of a message.
inline std::string bytes_field(uint32_t number, std::string_view bytes) {
  return varint(number << 3U | 2U) + varint(bytes.size()) + std::string(bytes);
}

}  // namespace weir::testing
