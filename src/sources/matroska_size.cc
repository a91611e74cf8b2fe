// SPDX-License-Identifier: Apache-2.0
#include "sources/matroska_size.h"

#include <bit>

namespace weir {
namespace {

constexpr uint64_t kEbmlHeader = 0x1A45DFA3;
constexpr uint64_t kSegment = 0x18538067;

/// Reads EBML's numbers of variable length: as many leading zero bits as bytes follow the first.
class EbmlReader {
 public:
  explicit EbmlReader(std::span<const uint8_t> bytes) : bytes_(bytes) {}

  /// An element's identifier, its length marker included.
  std::optional<uint64_t> id() { return number(false); }

  /// An element's size; nothing where it is unknown (all ones).
  std::optional<uint64_t> size() {
    const size_t begin = at_;
    const auto value = number(true);
    const size_t bits = 7 * (at_ - begin);
    if (!value || *value == (uint64_t{1} << bits) - 1) return std::nullopt;
    return value;
  }

  [[nodiscard]] size_t position() const { return at_; }
  void skip(uint64_t bytes) { at_ = bytes < bytes_.size() - at_ ? at_ + bytes : bytes_.size(); }

 private:
  std::optional<uint64_t> number(bool without_marker) {
    if (at_ >= bytes_.size()) return std::nullopt;
    const auto length = static_cast<size_t>(std::countl_zero(bytes_[at_])) + 1;
    if (length > 8 || length > bytes_.size() - at_) return std::nullopt;
    uint64_t value = without_marker ? bytes_[at_] & (0xFFU >> length) : bytes_[at_];
    for (size_t i = 1; i < length; ++i) value = value << 8 | bytes_[at_ + i];
    at_ += length;
    return value;
  }

  std::span<const uint8_t> bytes_;
  size_t at_ = 0;
};

}  // namespace

std::optional<int64_t> announced_matroska_bytes(std::span<const uint8_t> head) {
  EbmlReader reader(head);
  if (reader.id() != kEbmlHeader) return std::nullopt;
  const auto header_bytes = reader.size();
  if (!header_bytes) return std::nullopt;
  reader.skip(*header_bytes);
  if (reader.id() != kSegment) return std::nullopt;
  const auto segment_bytes = reader.size();
  if (!segment_bytes) return std::nullopt;
  return static_cast<int64_t>(*segment_bytes + reader.position());
}

}  // namespace weir
