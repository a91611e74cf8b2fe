// SPDX-License-Identifier: Apache-2.0
#include "base/wire_format.h"

#include <algorithm>
#include <limits>

namespace weir {

std::optional<WireField> WireReader::next() {
  if (rest_.empty() || is_damaged_) return std::nullopt;
  constexpr unsigned kTypeBits = 3;
  const std::optional<uint64_t> tag = take_varint();
  if (tag && *tag <= std::numeric_limits<uint32_t>::max() && *tag >> kTypeBits != 0) {
    WireField field{.number = static_cast<uint32_t>(*tag >> kTypeBits),
                    .type = static_cast<WireType>(*tag & ((1U << kTypeBits) - 1))};
    if (take_payload(field)) return field;
  }
  is_damaged_ = true;
  return std::nullopt;
}

bool WireReader::take_payload(WireField& field) {
  const auto keep = [](const auto& taken, auto& target) {
    if (taken) target = *taken;
    return taken.has_value();
  };
  switch (field.type) {
    case WireType::kVarint:
      return keep(take_varint(), field.value);
    case WireType::kFixed64:
      return keep(take_fixed(sizeof(uint64_t)), field.value);
    case WireType::kBytes:
      return keep(take_bytes(), field.bytes);
    case WireType::kFixed32:
      return keep(take_fixed(sizeof(uint32_t)), field.value);
  }
  return false;  // a group, or a type that there is not
}

/// Seven bits a byte, the lowest first; the highest bit says that there are more.
std::optional<uint64_t> WireReader::take_varint() {
  constexpr size_t kMostBytes = 10;
  constexpr unsigned kBits = 7;
  uint64_t value = 0;
  for (size_t i = 0; i < std::min(rest_.size(), kMostBytes); ++i) {
    const uint64_t bits = rest_[i] & ((1U << kBits) - 1);
    if (i == kMostBytes - 1 && bits > 1) return std::nullopt;  // more than 64 bits
    value |= bits << (kBits * i);
    if (rest_[i] >> kBits != 0) continue;
    rest_ = rest_.subspan(i + 1);
    return value;
  }
  return std::nullopt;
}

/// The lowest byte first.
std::optional<uint64_t> WireReader::take_fixed(size_t bytes) {
  if (rest_.size() < bytes) return std::nullopt;
  uint64_t value = 0;
  for (size_t i = 0; i < bytes; ++i) value |= uint64_t{rest_[i]} << (8 * i);
  rest_ = rest_.subspan(bytes);
  return value;
}

std::optional<std::span<const uint8_t>> WireReader::take_bytes() {
  const std::optional<uint64_t> size = take_varint();
  if (!size || *size > rest_.size()) return std::nullopt;
  const std::span<const uint8_t> bytes = rest_.first(static_cast<size_t>(*size));
  rest_ = rest_.subspan(bytes.size());
  return bytes;
}

}  // namespace weir
