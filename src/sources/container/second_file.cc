// SPDX-License-Identifier: Apache-2.0
#include "sources/container/second_file.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "sources/matroska_size.h"

namespace weir {
namespace {

uint64_t big_endian(std::span<const uint8_t> bytes) {
  uint64_t number = 0;
  for (const uint8_t byte : bytes) number = number << 8 | byte;
  return number;
}

uint64_t little_endian(std::span<const uint8_t> bytes) {
  uint64_t number = 0;
  for (size_t i = bytes.size(); i > 0; --i) number = number << 8 | bytes[i - 1];
  return number;
}

bool is_at(std::span<const uint8_t> bytes, size_t at, std::string_view word) {
  return bytes.size() >= at + word.size() && std::memcmp(bytes.data() + at, word.data(), word.size()) == 0;
}

/// A file type behind a movie.
std::optional<int64_t> second_mp4_at(const ReadAt& read_at) {
  std::array<uint8_t, 16> buffer{};
  bool has_movie = false;
  for (int64_t at = 0;;) {
    const auto head = read_at(at, buffer);
    if (head.size() < 8) return std::nullopt;
    if (has_movie && is_at(head, 4, "ftyp")) return at;
    has_movie = has_movie || is_at(head, 4, "moov");
    uint64_t bytes = big_endian(head.first(4));
    if (bytes == 1 && head.size() == 16) bytes = big_endian(head.last(8));
    if (bytes < 8 || bytes > static_cast<uint64_t>(INT64_MAX - at)) return std::nullopt;  // 0: up to the end
    at += static_cast<int64_t>(bytes);
  }
}

/// A long AVI is a list of RIFF chunks, of which only the first is called AVI.
std::optional<int64_t> second_avi_at(const ReadAt& read_at) {
  std::array<uint8_t, 12> buffer{};
  for (int64_t at = 0;;) {
    const auto head = read_at(at, buffer);
    if (!is_at(head, 0, "RIFF") || head.size() < buffer.size()) return std::nullopt;
    if (at > 0 && is_at(head, 8, "AVI ")) return at;
    const auto bytes = static_cast<int64_t>(little_endian(head.subspan(4, 4)));
    at += 8 + bytes + bytes % 2;
  }
}

std::optional<int64_t> second_asf_at(const ReadAt& read_at) {
  constexpr std::string_view kHeader("\x30\x26\xB2\x75\x8E\x66\xCF\x11\xA6\xD9\x00\xAA\x00\x62\xCE\x6C", 16);
  std::array<uint8_t, 24> buffer{};
  for (int64_t at = 0;;) {
    const auto object = read_at(at, buffer);
    if (object.size() < buffer.size() || (at == 0 && !is_at(object, 0, kHeader))) return std::nullopt;
    if (at > 0 && is_at(object, 0, kHeader)) return at;
    const uint64_t bytes = little_endian(object.last(8));
    if (bytes < buffer.size() || bytes > static_cast<uint64_t>(INT64_MAX - at)) return std::nullopt;
    at += static_cast<int64_t>(bytes);
  }
}

std::optional<int64_t> second_matroska_at(const ReadAt& read_at) {
  std::array<uint8_t, 64> buffer{};
  const auto bytes = announced_matroska_bytes(read_at(0, buffer));
  return bytes && is_at(read_at(*bytes, buffer), 0, "\x1A\x45\xDF\xA3") ? bytes : std::nullopt;
}

}  // namespace

std::optional<int64_t> second_file_at(std::string_view format, const ReadAt& read_at) {
  if (format.find("mp4") != std::string_view::npos) return second_mp4_at(read_at);
  if (format.find("matroska") != std::string_view::npos) return second_matroska_at(read_at);
  if (format == "avi") return second_avi_at(read_at);
  if (format == "asf") return second_asf_at(read_at);
  return std::nullopt;
}

std::optional<int64_t> second_flv_at(const ReadAt& read_at) {
  constexpr int64_t kHeaderBytes = 9;
  constexpr int64_t kSizeOfLastTag = 4;
  constexpr std::array<uint8_t, 3> kTagTypes{8, 9, 18};  // audio, video, script
  std::array<uint8_t, 11> buffer{};
  for (int64_t at = kHeaderBytes + kSizeOfLastTag;;) {
    const auto tag = read_at(at, buffer);
    if (is_at(tag, 0, "FLV")) return at;
    if (tag.size() < buffer.size() || std::ranges::find(kTagTypes, tag[0]) == kTagTypes.end())
      return std::nullopt;
    at += static_cast<int64_t>(tag.size() + big_endian(tag.subspan(1, 3))) + kSizeOfLastTag;
  }
}

}  // namespace weir
