// SPDX-License-Identifier: Apache-2.0
// Protobuf's wire format (protobuf.dev/programming-guides/encoding): the fields of a message, without its
// schema.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace weir {

enum class WireType : uint8_t { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

struct WireField {
  uint32_t number = 0;  ///< at least 1
  WireType type = WireType::kVarint;
  uint64_t value = 0;              ///< of every type but kBytes, as stored
  std::span<const uint8_t> bytes;  ///< of kBytes: a text, a message or packed numbers; part of the message

  [[nodiscard]] bool is(uint32_t wanted_number, WireType wanted_type) const {
    return number == wanted_number && type == wanted_type;
  }
  [[nodiscard]] std::string_view text() const {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }
};

/// Reads the fields of one message, in their order. It takes any bytes: what is not the wire format ends the
/// reading, and is_damaged() says so. A message within the message is a field of kBytes, for a reader of its
/// own. Groups, which protobuf gave up in 2008, count as damage.
class WireReader {
 public:
  /// `message` must outlive the reader.
  explicit WireReader(std::span<const uint8_t> message) : rest_(message) {}

  /// Nothing at the end of the message, and where it is damaged.
  [[nodiscard]] std::optional<WireField> next();
  [[nodiscard]] bool is_damaged() const { return is_damaged_; }

 private:
  std::optional<uint64_t> take_varint();
  std::optional<uint64_t> take_fixed(size_t bytes);
  std::optional<std::span<const uint8_t>> take_bytes();
  bool take_payload(WireField& field);

  std::span<const uint8_t> rest_;
  bool is_damaged_ = false;
};

}  // namespace weir
