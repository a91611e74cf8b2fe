// SPDX-License-Identifier: Apache-2.0
// Numbers and words in a file's bytes, with every bound checked.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace weir {

/// Bytes that somebody else owns. Nothing is read beyond their end: what isn't there is nothing.
class Bytes {
 public:
  Bytes() = default;
  explicit Bytes(std::span<const uint8_t> bytes) : bytes_(bytes) {}

  [[nodiscard]] size_t size() const { return bytes_.size(); }
  [[nodiscard]] const uint8_t* data() const { return bytes_.data(); }

  /// The `length` bytes at `at`, or fewer where they end.
  [[nodiscard]] Bytes part(size_t at, size_t length = SIZE_MAX) const {
    at = std::min(at, size());
    return Bytes(bytes_.subspan(at, std::min(length, size() - at)));
  }

  /// The same, to be compared with words.
  [[nodiscard]] std::string_view text(size_t at, size_t length) const {
    const Bytes found = part(at, length);
    return {reinterpret_cast<const char*>(found.data()), found.size()};
  }

  [[nodiscard]] bool has(size_t at, std::string_view word) const { return text(at, word.size()) == word; }

  /// The number in `length` bytes, 1 to 8, most significant first.
  [[nodiscard]] std::optional<uint64_t> big(size_t at, size_t length) const {
    return number(at, length, [&](size_t i) { return i; });
  }

  /// The same, least significant first.
  [[nodiscard]] std::optional<uint64_t> little(size_t at, size_t length) const {
    return number(at, length, [&](size_t i) { return length - 1 - i; });
  }

 private:
  template <class Order>
  [[nodiscard]] std::optional<uint64_t> number(size_t at, size_t length, Order order) const {
    if (at > size() || length > size() - at) return std::nullopt;
    uint64_t value = 0;
    for (size_t i = 0; i < length; ++i) value = value << 8 | bytes_[at + order(i)];
    return value;
  }

  std::span<const uint8_t> bytes_;
};

}  // namespace weir
