// SPDX-License-Identifier: Apache-2.0
// The directory of a TIFF file, which Exif data are too. Source of the format: TIFF revision 6.0.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "sources/pictures/bytes.h"
#include "types/orientation.h"

namespace weir {

/// The first directory of a TIFF file, or of Exif data behind its "Exif" mark. Refers to the file's bytes.
class TiffDirectory {
 public:
  /// Nothing if this is not a TIFF file (BigTIFF isn't), or if its directory is cut off.
  [[nodiscard]] static std::optional<TiffDirectory> first(Bytes file);

  [[nodiscard]] bool has(uint16_t tag) const { return find(tag).has_value(); }

  /// How many values the tag has; 0 if it is absent.
  [[nodiscard]] uint32_t count(uint16_t tag) const;

  /// One of the tag's values, if it is there and a whole number without sign.
  [[nodiscard]] std::optional<uint32_t> value(uint16_t tag, uint32_t index = 0) const;

  /// Removes all other entries from `file`, the same as first() got, and the way to the next directory. What
  /// this object says is not true any more.
  void keep(bool (*is_kept)(uint32_t tag), std::span<uint8_t> file) const;

  /// What the orientation tag says; upright if there is none.
  [[nodiscard]] Orientation orientation() const;

 private:
  TiffDirectory(Bytes file, bool big_endian) : file_(file), big_endian_(big_endian) {}
  [[nodiscard]] std::optional<uint64_t> number(size_t at, size_t length) const {
    return big_endian_ ? file_.big(at, length) : file_.little(at, length);
  }
  [[nodiscard]] std::optional<size_t> find(uint16_t tag) const;  // where its entry begins

  Bytes file_;
  bool big_endian_ = false;
  size_t entries_at_ = 0;
  size_t entries_ = 0;
};

}  // namespace weir
