// SPDX-License-Identifier: Apache-2.0
#include "sinks/jsonl_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include <fmt/format.h>

namespace weir {

Result<std::shared_ptr<JsonlFile>> JsonlFile::create(const std::string& path) {
  const bool to_stdout = path == "-";
  const int descriptor =
      to_stdout ? STDOUT_FILENO : open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (descriptor < 0) {
    return Error{errno == ENOENT ? ErrorCode::kNotFound : ErrorCode::kInvalidArgument,
                 fmt::format("can't write results to '{}': {}", path, std::strerror(errno))};
  }
  const std::string name = to_stdout ? "standard output" : fmt::format("'{}'", path);
  return std::shared_ptr<JsonlFile>(new JsonlFile(name, descriptor));
}

JsonlFile::~JsonlFile() {
  if (descriptor_ != STDOUT_FILENO) close(descriptor_);
}

Status JsonlFile::write(std::string_view line) {
  const std::lock_guard lock(mutex_);
  if (failure_) return *failure_;
  size_t written = 0;
  while (written < line.size()) {
    const ssize_t bytes = ::write(descriptor_, line.data() + written, line.size() - written);
    if (bytes >= 0) {
      written += static_cast<size_t>(bytes);
    } else if (errno != EINTR) {
      const Error error = give_up(errno, written);
      failure_ = Error{ErrorCode::kCancelled, error.message};
      return error;
    }
  }
  return {};
}

/// Takes back the part of a line that was written, where that is possible.
Error JsonlFile::give_up(int error, size_t written_bytes) {
  struct stat about {};
  std::string note;
  if (written_bytes > 0 && fstat(descriptor_, &about) == 0 && S_ISREG(about.st_mode)) {
    const off_t end = lseek(descriptor_, 0, SEEK_CUR);
    if (ftruncate(descriptor_, end - static_cast<off_t>(written_bytes)) != 0)
      note = "; its last line is cut off";
  }
  const bool full = error == ENOSPC || error == EDQUOT || error == EFBIG;
  return {full ? ErrorCode::kResourceExhausted : ErrorCode::kUnavailable,
          fmt::format("writing results to {} stopped: {}{}", name_, std::strerror(error), note)};
}

}  // namespace weir
