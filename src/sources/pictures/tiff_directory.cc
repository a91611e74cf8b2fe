// SPDX-License-Identifier: Apache-2.0
#include "sources/pictures/tiff_directory.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace weir {
namespace {

constexpr size_t kEntryBytes = 12;

/// Of the types that hold whole numbers without sign: BYTE, SHORT, LONG.
std::optional<size_t> value_bytes(uint64_t type) {
  switch (type) {
    case 1:
      return 1;
    case 3:
      return 2;
    case 4:
      return 4;
    default:
      return std::nullopt;
  }
}

}  // namespace

std::optional<TiffDirectory> TiffDirectory::first(Bytes file) {
  constexpr std::string_view kLittle("II*\0", 4);
  constexpr std::string_view kBig("MM\0*", 4);
  if (!file.has(0, kLittle) && !file.has(0, kBig)) return std::nullopt;
  TiffDirectory directory(file, file.has(0, kBig));
  const auto at = directory.number(4, 4);
  const auto entries = at ? directory.number(*at, 2) : std::nullopt;
  if (!entries || *entries > (file.size() - *at - 2) / kEntryBytes) return std::nullopt;
  directory.entries_at_ = *at + 2;
  directory.entries_ = *entries;
  return directory;
}

std::optional<size_t> TiffDirectory::find(uint16_t tag) const {
  for (size_t i = 0; i < entries_; ++i) {
    const size_t at = entries_at_ + i * kEntryBytes;
    if (number(at, 2) == tag) return at;
  }
  return std::nullopt;
}

uint32_t TiffDirectory::count(uint16_t tag) const {
  const auto entry = find(tag);
  return entry ? static_cast<uint32_t>(number(*entry + 4, 4).value_or(0)) : 0;
}

std::optional<uint32_t> TiffDirectory::value(uint16_t tag, uint32_t index) const {
  const auto entry = find(tag);
  if (!entry || index >= count(tag)) return std::nullopt;
  const auto bytes = value_bytes(number(*entry + 2, 2).value_or(0));
  if (!bytes) return std::nullopt;
  // Values of up to 4 bytes stand in the entry itself.
  const size_t field = *entry + 8;
  const auto values_at = *bytes * count(tag) <= 4 ? field : number(field, 4);
  const auto value = values_at ? number(*values_at + index * *bytes, *bytes) : std::nullopt;
  return value ? std::optional(static_cast<uint32_t>(*value)) : std::nullopt;
}

void TiffDirectory::keep(bool (*is_kept)(uint32_t tag), std::span<uint8_t> file) const {
  size_t to = entries_at_;
  for (size_t i = 0; i < entries_; ++i) {
    const size_t from = entries_at_ + i * kEntryBytes;
    if (!is_kept(static_cast<uint32_t>(*number(from, 2)))) continue;
    std::ranges::copy(file.subspan(from, kEntryBytes), file.begin() + static_cast<ptrdiff_t>(to));
    to += kEntryBytes;
  }
  const size_t kept = (to - entries_at_) / kEntryBytes;
  const auto high = static_cast<uint8_t>(kept >> 8);
  const auto low = static_cast<uint8_t>(kept);
  file[entries_at_ - 2] = big_endian_ ? high : low;
  file[entries_at_ - 1] = big_endian_ ? low : high;
  std::ranges::fill(file.subspan(to, std::min<size_t>(4, file.size() - to)), uint8_t{0});
}

Orientation TiffDirectory::orientation() const {
  constexpr uint16_t kOrientation = 274;
  constexpr std::array<Orientation, 8> kFromOne = {Orientation{false, Rotation::k0},
                                                   {true, Rotation::k0},
                                                   {false, Rotation::k180},
                                                   {true, Rotation::k180},
                                                   {true, Rotation::k270},
                                                   {false, Rotation::k90},
                                                   {true, Rotation::k90},
                                                   {false, Rotation::k270}};
  const uint32_t number = value(kOrientation).value_or(1);
  return number >= 1 && number <= kFromOne.size() ? kFromOne[number - 1] : kUpright;
}

}  // namespace weir
