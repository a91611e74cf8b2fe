// SPDX-License-Identifier: Apache-2.0
// The boxes that MP4, AVIF, HEIC and JP2 files are made of.
#pragma once

#include <algorithm>
#include <optional>
#include <string_view>

#include "sources/pictures/bytes.h"

namespace weir {

struct FileBox {
  std::string_view type;  ///< four bytes
  Bytes content;
};

/// Goes through boxes that follow each other. Source of the format: ISO/IEC 14496-12, 4.2.
class BoxReader {
 public:
  explicit BoxReader(Bytes boxes) : boxes_(boxes) {}

  /// The next box, of which the last may be cut off; nothing at the end.
  [[nodiscard]] std::optional<FileBox> next() {
    const auto length = boxes_.big(at_, 4);
    if (!length || boxes_.size() - at_ < kHead) return std::nullopt;
    const bool is_long = *length == 1;
    const size_t head = is_long ? kHead + 8 : kHead;
    const uint64_t to_the_end = boxes_.size() - at_;
    const uint64_t whole = is_long        ? boxes_.big(at_ + kHead, 8).value_or(0)
                           : *length == 0 ? to_the_end
                                          : *length;
    if (whole < head) return std::nullopt;
    const FileBox box{boxes_.text(at_ + 4, 4), boxes_.part(at_ + head, whole - head)};
    at_ += std::min(whole, to_the_end);
    return box;
  }

  /// The content of the next box of this type.
  [[nodiscard]] std::optional<Bytes> find(std::string_view type) {
    while (const auto box = next()) {
      if (box->type == type) return box->content;
    }
    return std::nullopt;
  }

 private:
  static constexpr size_t kHead = 8;  // length and type
  Bytes boxes_;
  size_t at_ = 0;
};

}  // namespace weir
