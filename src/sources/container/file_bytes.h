// SPDX-License-Identifier: Apache-2.0
// A file, or a part of it, as libav reads it: no name of a file is given to libav, so that none can mean
// anything.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "base/result.h"
#include "sources/container/mpegts_joint.h"
#include "sources/libav.h"

namespace weir {

/// Which part of a file, in bytes from its beginning.
struct ByteRange {
  int64_t begin = 0;
  std::optional<int64_t> end;  ///< nothing: that of the file
};

/// The bytes of one part; position 0 is the part's first byte. Thread-bound: source thread.
class FileBytes {
 public:
  /// Errors say why, without the file's name: kInvalidArgument, kResourceExhausted.
  [[nodiscard]] static Result<LibavPtr<AVIOContext>> open(const std::string& path, const ByteRange& range);
  [[nodiscard]] static FileBytes& of(AVIOContext& io) { return *static_cast<FileBytes*>(io.opaque); }

  FileBytes(const FileBytes&) = delete;
  FileBytes& operator=(const FileBytes&) = delete;
  ~FileBytes();

  /// As many bytes from `offset` on as there are, beside what libav reads.
  [[nodiscard]] std::span<const uint8_t> read_at(int64_t offset, std::span<uint8_t> into) const;
  [[nodiscard]] int64_t size() const;
  [[nodiscard]] int64_t position() const { return position_; }  ///< behind what libav has read last

  /// Gives the finder, which has read as far as libav or farther, all that libav reads from there on. At a
  /// joint the bytes end.
  void watch(MpegtsJointFinder finder) { finder_ = std::move(finder); }
  [[nodiscard]] std::optional<MpegtsJoint> joint() const;

 private:
  FileBytes(int descriptor, const ByteRange& range) : descriptor_(descriptor), range_(range) {}
  [[nodiscard]] ssize_t read_range(int64_t offset, std::span<uint8_t> into) const;
  [[nodiscard]] size_t before_joint(std::span<const uint8_t> bytes);
  [[nodiscard]] static int read(void* self, uint8_t* into, int bytes);
  [[nodiscard]] static int64_t seek(void* self, int64_t offset, int whence);

  int descriptor_;
  ByteRange range_;
  int64_t position_ = 0;
  std::optional<MpegtsJointFinder> finder_;
};

}  // namespace weir
