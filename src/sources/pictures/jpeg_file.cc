// SPDX-License-Identifier: Apache-2.0
#include "sources/pictures/jpeg_file.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "sources/pictures/tiff_directory.h"

namespace weir {
namespace {

constexpr uint8_t kStartOfImage = 0xD8;
constexpr uint8_t kEndOfImage = 0xD9;
constexpr uint8_t kStartOfScan = 0xDA;
constexpr uint8_t kExif = 0xE1;

bool is_restart(uint8_t marker) {
  return marker >= 0xD0 && marker <= 0xD7;
}

bool is_frame(uint8_t marker) {
  return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

class JpegSegments {
 public:
  explicit JpegSegments(Bytes file) : file_(file) {}

  PictureHeader read() {
    while (const auto marker = next_marker()) {
      if (*marker == kEndOfImage) {
        has_end_ = true;
        break;
      }
      if (*marker == kStartOfImage || *marker == 0x01 || is_restart(*marker)) continue;
      const auto length = file_.big(at_, 2);
      if (!length || *length < 2) break;
      read_segment(*marker, file_.part(at_ + 2, *length - 2));
      at_ = std::min<size_t>(at_ + *length, file_.size());
      if (*marker == kStartOfScan) skip_scan();
    }
    header_.cut_off = !has_end_ && std::ranges::any_of(components_, [](const Component& component) {
      return component.coefficients != kAllCoefficients;
    });
    return header_;
  }

 private:
  static constexpr uint64_t kAllCoefficients = ~uint64_t{0};

  struct Component {
    uint64_t id;
    uint64_t coefficients;  ///< bit i: coefficient i is there in full precision
  };

  /// Moves behind the next marker.
  std::optional<uint8_t> next_marker() {
    while (at_ < file_.size()) {
      const void* mark = std::memchr(file_.data() + at_, 0xFF, file_.size() - at_);
      if (mark == nullptr) break;
      at_ = static_cast<size_t>(static_cast<const uint8_t*>(mark) - file_.data()) + 1;
      const auto marker = file_.big(at_, 1);
      if (!marker) break;
      if (*marker != 0 && *marker != 0xFF) {
        ++at_;
        return static_cast<uint8_t>(*marker);
      }
    }
    at_ = file_.size();
    return std::nullopt;
  }

  /// Moves to the marker that ends the scan's data.
  void skip_scan() {
    while (const auto marker = next_marker()) {
      if (is_restart(*marker)) continue;
      at_ -= 2;
      return;
    }
  }

  void read_segment(uint8_t marker, Bytes segment) {
    if (is_frame(marker) && components_.empty()) {
      read_frame(marker, segment);
    } else if (marker == kStartOfScan) {
      read_scan(segment);
    } else if (marker == kExif && !has_exif_ && segment.has(0, std::string_view("Exif\0\0", 6))) {
      has_exif_ = true;
      if (const auto directory = TiffDirectory::first(segment.part(6))) {
        header_.orientation = directory->orientation();
      }
    }
  }

  void read_frame(uint8_t marker, Bytes segment) {
    constexpr uint8_t kProgressive = 0xC2;
    constexpr uint8_t kLossless = 0xC3;
    progressive_ = marker == kProgressive;
    header_.height_px = static_cast<int64_t>(segment.big(1, 2).value_or(0));
    header_.width_px = static_cast<int64_t>(segment.big(3, 2).value_or(0));
    for (uint64_t i = 0; i < segment.big(5, 1).value_or(0); ++i) {
      if (const auto id = segment.big(6 + 3 * i, 1)) components_.push_back({*id, 0});
    }
    if (marker > 0xC8) {
      header_.unsupported = "JPEG pictures with arithmetic coding";
    } else if (marker > kLossless) {
      header_.unsupported = "hierarchical JPEG pictures";
    } else if (marker != kLossless && segment.big(0, 1).value_or(8) != 8) {
      header_.unsupported = "JPEG pictures of more than 8 bits";
    }
  }

  /// T.81 B.2.3: components, each with its tables; first and last coefficient; bits known before, bits left.
  void read_scan(Bytes segment) {
    const uint64_t count = segment.big(0, 1).value_or(0);
    const size_t behind = 1 + 2 * count;
    const uint64_t first = segment.big(behind, 1).value_or(0) & 63;
    const uint64_t last = std::max(segment.big(behind + 1, 1).value_or(0) & 63, first);
    const bool all_bits = (segment.big(behind + 2, 1).value_or(0) & 15) == 0;
    const uint64_t of_scan = (kAllCoefficients >> (63 - last)) & (kAllCoefficients << first);
    for (uint64_t i = 0; i < count; ++i) {
      for (Component& component : components_) {
        if (segment.big(1 + 2 * i, 1) != component.id) continue;
        if (!progressive_) component.coefficients = kAllCoefficients;
        if (progressive_ && all_bits) component.coefficients |= of_scan;
      }
    }
  }

  Bytes file_;
  size_t at_ = 0;
  PictureHeader header_;
  bool has_exif_ = false;
  bool has_end_ = false;
  bool progressive_ = false;
  std::vector<Component> components_;
};

}  // namespace

PictureHeader read_jpeg_header(Bytes file) {
  return JpegSegments(file).read();
}

}  // namespace weir
