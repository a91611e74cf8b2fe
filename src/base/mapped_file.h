// SPDX-License-Identifier: Apache-2.0
// A file's bytes where they are, without a copy: models are larger than what should be in memory twice.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace weir {

/// Move-only.
class MappedFile {
 public:
  /// `what` is what messages call the file: "model". An empty file has no bytes.
  /// Errors: kNotFound, kInvalidArgument (not a file, unreadable).
  [[nodiscard]] static Result<MappedFile> open(const std::string& path, std::string_view what);

  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&&) = delete;
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  ~MappedFile();

  [[nodiscard]] std::span<const uint8_t> bytes() const { return bytes_; }

 private:
  explicit MappedFile(std::span<const uint8_t> bytes) : bytes_(bytes) {}

  std::span<const uint8_t> bytes_;
};

}  // namespace weir
