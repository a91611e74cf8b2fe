// SPDX-License-Identifier: Apache-2.0
#include "sources/container/file_bytes.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace weir {

Result<LibavPtr<AVIOContext>> FileBytes::open(const std::string& path, const ByteRange& range) {
  constexpr int kBufferBytes = 1 << 15;
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    const bool exhausted = errno == EMFILE || errno == ENFILE || errno == ENOMEM;
    return Error{exhausted ? ErrorCode::kResourceExhausted : ErrorCode::kInvalidArgument,
                 std::strerror(errno)};
  }
  std::unique_ptr<FileBytes> bytes(new FileBytes(descriptor, range));
  auto* buffer = static_cast<uint8_t*>(av_malloc(kBufferBytes));
  AVIOContext* io =
      avio_alloc_context(buffer, kBufferBytes, 0, bytes.get(), &FileBytes::read, nullptr, &FileBytes::seek);
  if (buffer == nullptr || io == nullptr) {
    av_free(buffer);
    return Error{ErrorCode::kResourceExhausted, "out of memory"};
  }
  static_cast<void>(bytes.release());  // io owns it
  return LibavPtr<AVIOContext>(io);
}

void LibavDelete::operator()(AVIOContext* io) const {
  if (io == nullptr) return;
  const std::unique_ptr<FileBytes> bytes(&FileBytes::of(*io));
  av_freep(static_cast<void*>(&io->buffer));
  avio_context_free(&io);
}

FileBytes::~FileBytes() {
  ::close(descriptor_);
}

int64_t FileBytes::size() const {
  struct stat about {};
  const int64_t end = fstat(descriptor_, &about) == 0 ? about.st_size : 0;
  return std::max<int64_t>(0, std::min(range_.end.value_or(end), end) - range_.begin);
}

/// pread() within the range: what it returns.
ssize_t FileBytes::read_range(int64_t offset, std::span<uint8_t> into) const {
  const int64_t at = range_.begin + offset;
  const int64_t left = range_.end.value_or(INT64_MAX) - at;
  const auto bytes = std::min(into.size(), static_cast<size_t>(std::max<int64_t>(0, left)));
  return bytes == 0 ? 0 : pread(descriptor_, into.data(), bytes, at);
}

std::span<const uint8_t> FileBytes::read_at(int64_t offset, std::span<uint8_t> into) const {
  return into.first(static_cast<size_t>(std::max<ssize_t>(0, read_range(offset, into))));
}

int FileBytes::read(void* self, uint8_t* into, int bytes) {
  auto& file = *static_cast<FileBytes*>(self);
  const std::span<uint8_t> all(into, static_cast<size_t>(bytes));
  const ssize_t got = file.read_range(file.position_, all);
  if (got < 0) return AVERROR(errno);
  const size_t used = file.before_joint(all.first(static_cast<size_t>(got)));
  file.position_ += static_cast<int64_t>(used);
  return used == 0 ? AVERROR_EOF : static_cast<int>(used);
}

/// How many of the bytes at the position are before a joint. What was looked at is not looked at again, and
/// what comes after a leap forward waits until all before it was read.
size_t FileBytes::before_joint(std::span<const uint8_t> bytes) {
  if (!finder_ || finder_->joint()) return bytes.size();
  const int64_t known = finder_->position() - position_;
  if (known < 0 || known >= static_cast<int64_t>(bytes.size())) return bytes.size();
  finder_->read(bytes.subspan(static_cast<size_t>(known)));
  if (!finder_->joint()) return bytes.size();
  const int64_t ends_at = finder_->joint()->ends_at;
  range_.end = range_.begin + ends_at;
  return static_cast<size_t>(std::max<int64_t>(0, ends_at - position_));
}

int64_t FileBytes::seek(void* self, int64_t offset, int whence) {
  auto& file = *static_cast<FileBytes*>(self);
  if ((whence & AVSEEK_SIZE) != 0) return file.size();
  switch (whence & ~AVSEEK_FORCE) {
    case SEEK_SET:
      break;
    case SEEK_CUR:
      offset += file.position_;
      break;
    case SEEK_END:
      offset += file.size();
      break;
    default:
      return AVERROR(EINVAL);
  }
  if (offset < 0) return AVERROR(EINVAL);
  return file.position_ = offset;
}

std::optional<MpegtsJoint> FileBytes::joint() const {
  return finder_ ? finder_->joint() : std::nullopt;
}

}  // namespace weir
