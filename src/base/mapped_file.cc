// SPDX-License-Identifier: Apache-2.0
#include "base/mapped_file.h"

#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace weir {
namespace {

std::string named(std::string_view what, const std::string& path) {
  return std::string(what) + " '" + path + "'";
}

Result<std::span<const uint8_t>> map(int descriptor, const std::string& name) {
  const auto unreadable = [&] {
    return Error{ErrorCode::kInvalidArgument, name + " can't be read: " + std::strerror(errno)};
  };
  struct stat info {};
  if (fstat(descriptor, &info) != 0) return unreadable();
  if (!S_ISREG(info.st_mode)) return Error{ErrorCode::kInvalidArgument, name + " is not a file"};
  if (info.st_size == 0) return std::span<const uint8_t>();
  const auto size = static_cast<size_t>(info.st_size);
  const void* address = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor, 0);
  if (address == MAP_FAILED) return unreadable();
  return std::span(static_cast<const uint8_t*>(address), size);
}

}  // namespace

Result<MappedFile> MappedFile::open(const std::string& path, std::string_view what) {
  // Does not wait for a writer where the path is a pipe.
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0 && errno == ENOENT) {
    return Error{ErrorCode::kNotFound, "no such " + std::string(what) + " file: '" + path + "'"};
  }
  if (descriptor < 0) {
    return Error{ErrorCode::kInvalidArgument, named(what, path) + " can't be read: " + std::strerror(errno)};
  }
  const Result<std::span<const uint8_t>> bytes = map(descriptor, named(what, path));
  close(descriptor);
  if (!bytes) return bytes.error();
  return MappedFile(*bytes);
}

MappedFile::MappedFile(MappedFile&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}

MappedFile::~MappedFile() {
  if (!bytes_.empty()) munmap(const_cast<uint8_t*>(bytes_.data()), bytes_.size());
}

}  // namespace weir
