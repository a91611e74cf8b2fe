// SPDX-License-Identifier: Apache-2.0
// Picture files put together by hand: TIFF of any layout, and Exif data in JPEG, PNG and WebP files.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::testing {

/// `value` in `bytes` bytes.
inline std::string number(uint64_t value, int bytes, bool big_endian) {
  std::string text;
  for (int i = 0; i < bytes; ++i) {
    const int shift = 8 * (big_endian ? bytes - 1 - i : i);
    text += static_cast<char>(value >> shift & 0xFF);
  }
  return text;
}

/// A TIFF file of one directory. Without pixels it is what Exif data are.
class TiffFile {
 public:
  explicit TiffFile(bool big_endian = false) : big_endian_(big_endian) {}

  /// A tag of type SHORT.
  TiffFile& set(uint16_t tag, std::vector<uint32_t> values) {
    tags_[tag] = {3, std::move(values)};
    return *this;
  }

  /// A tag of type LONG.
  TiffFile& set_long(uint16_t tag, std::vector<uint32_t> values) {
    tags_[tag] = {4, std::move(values)};
    return *this;
  }

  /// Pixels in one strip or tile, or one for each plane.
  TiffFile& set_pixels(std::vector<std::string> strips, uint16_t offsets_tag = 273,
                       uint16_t bytes_tag = 279) {
    strips_ = std::move(strips);
    offsets_tag_ = offsets_tag;
    std::vector<uint32_t> sizes;
    for (const std::string& strip : strips_) sizes.push_back(static_cast<uint32_t>(strip.size()));
    return set_long(offsets_tag, std::vector<uint32_t>(strips_.size())).set_long(bytes_tag, sizes);
  }

  [[nodiscard]] std::string bytes() const {
    std::map<uint16_t, Tag> tags = tags_;
    const uint32_t directory = 8;
    uint32_t at = directory + 2 + static_cast<uint32_t>(tags.size()) * 12 + 4;
    const uint32_t values_at = at;
    for (const auto& [id, tag] : tags) at += outside_bytes(tag);
    for (size_t i = 0; i < strips_.size(); ++i) {
      tags[offsets_tag_].values[i] = at;
      at += static_cast<uint32_t>(strips_[i].size());
    }
    std::string file = (big_endian_ ? "MM" : "II") + n(42, 2) + n(directory, 4) + n(tags.size(), 2);
    std::string values;
    for (const auto& [id, tag] : tags) {
      file += n(id, 2) + n(tag.type, 2) + n(tag.values.size(), 4);
      std::string own;
      for (const uint32_t value : tag.values) own += n(value, tag.type == 3 ? 2 : 4);
      if (outside_bytes(tag) == 0) {
        own.resize(4);
        file += own;
      } else {
        file += n(values_at + values.size(), 4);
        values += own;
      }
    }
    file += n(0, 4) + values;
    for (const std::string& strip : strips_) file += strip;
    return file;
  }

 private:
  struct Tag {
    int type = 0;
    std::vector<uint32_t> values;
  };

  static uint32_t outside_bytes(const Tag& tag) {
    const size_t bytes = tag.values.size() * (tag.type == 3 ? 2 : 4);
    return bytes <= 4 ? 0 : static_cast<uint32_t>(bytes);
  }
  [[nodiscard]] std::string n(uint64_t value, int bytes) const { return number(value, bytes, big_endian_); }

  bool big_endian_;
  std::map<uint16_t, Tag> tags_;
  std::vector<std::string> strips_;
  uint16_t offsets_tag_ = 273;
};

/// Exif data that say nothing but an orientation, 1 to 8.
inline std::string exif(uint32_t orientation, bool big_endian = false) {
  return TiffFile(big_endian).set(274, {orientation}).bytes();
}

inline std::string jpeg_segment(uint8_t marker, const std::string& content) {
  return std::string("\xFF") + static_cast<char>(marker) + number(content.size() + 2, 2, true) + content;
}

inline std::string jpeg_with_exif(const std::string& jpeg, const std::string& exif) {
  return jpeg.substr(0, 2) + jpeg_segment(0xE1, std::string("Exif\0\0", 6) + exif) + jpeg.substr(2);
}

/// Length, type, content and CRC.
inline std::string png_chunk(const std::string& type, const std::string& content) {
  uint32_t crc = 0xFFFFFFFF;
  for (const char c : type + content) {
    crc ^= static_cast<uint8_t>(c);
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (crc % 2 == 1 ? 0xEDB88320 : 0);
  }
  return number(content.size(), 4, true) + type + content + number(~crc, 4, true);
}

inline std::string png_with_exif(const std::string& png, const std::string& exif) {
  constexpr size_t kBehindHeader = 8 + 25;
  return png.substr(0, kBehindHeader) + png_chunk("eXIf", exif) + png.substr(kBehindHeader);
}

inline std::string webp_chunk(const std::string& type, const std::string& content) {
  return type + number(content.size(), 4, false) + content + std::string(content.size() % 2, '\0');
}

/// `chunks` in a WebP file of the extended format; `flags`: 8 Exif, 2 animation.
inline std::string extended_webp(int flags, int width, int height, const std::string& chunks) {
  const std::string size = number(static_cast<uint64_t>(width) - 1, 3, false) +
                           number(static_cast<uint64_t>(height) - 1, 3, false);
  const std::string content =
      "WEBP" + webp_chunk("VP8X", number(static_cast<uint64_t>(flags), 4, false) + size) + chunks;
  return "RIFF" + number(content.size(), 4, false) + content;
}

inline std::string webp_with_exif(const std::string& webp, int width, int height, const std::string& exif) {
  // The ffmpeg tool may or may not have written the extended format.
  const size_t extended = webp.find("VP8X") == 12 ? 18 : 0;
  return extended_webp(8, width, height, webp.substr(12 + extended) + webp_chunk("EXIF", exif));
}

/// Length, type and content of a box of MP4, AVIF, HEIC or JP2 files.
inline std::string box(const std::string& type, const std::string& content) {
  return number(content.size() + 8, 4, true) + type + content;
}

/// With version and flags.
inline std::string full_box(const std::string& type, uint8_t version, const std::string& content) {
  return box(type, number(version, 1, true) + number(0, 3, true) + content);
}

}  // namespace weir::testing
