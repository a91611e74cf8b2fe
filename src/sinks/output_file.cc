// SPDX-License-Identifier: Apache-2.0
#include "sinks/output_file.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <utility>

namespace weir {
namespace {

const Error kInterrupted{ErrorCode::kCancelled, "nobody took it in time"};

Error error_of(int code) {
  const bool is_full = code == ENOSPC || code == EDQUOT || code == EFBIG;
  return {is_full ? ErrorCode::kResourceExhausted : ErrorCode::kUnavailable, std::strerror(code)};
}

Error opening_error(int code) {
  return {code == ENOENT ? ErrorCode::kNotFound : ErrorCode::kInvalidArgument, std::strerror(code)};
}

}  // namespace

OutputFile::OutputFile(std::string path, int descriptor, bool is_regular,
                       std::shared_ptr<const Interrupt> interrupt)
    : path_(std::move(path)),
      descriptor_(descriptor),
      is_regular_(is_regular),
      interrupt_(std::move(interrupt)) {}

Result<std::unique_ptr<OutputFile>> OutputFile::create(const std::string& path,
                                                       std::shared_ptr<const Interrupt> interrupt) {
  struct stat about {};
  int descriptor = -1;
  if (path == "-") {
    descriptor = STDOUT_FILENO;
  } else if (stat(path.c_str(), &about) == 0 && S_ISFIFO(about.st_mode)) {
    if (access(path.c_str(), W_OK) != 0) return opening_error(errno);
  } else {
    descriptor = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (descriptor < 0) return opening_error(errno);
  }
  const bool is_regular = descriptor >= 0 && fstat(descriptor, &about) == 0 && S_ISREG(about.st_mode);
  return std::unique_ptr<OutputFile>(new OutputFile(path, descriptor, is_regular, std::move(interrupt)));
}

OutputFile::~OutputFile() {
  (void)close();
}

Status OutputFile::close() {
  const int descriptor = std::exchange(descriptor_, -1);
  if (descriptor < 0 || descriptor == STDOUT_FILENO || ::close(descriptor) == 0 || errno == EINTR) return {};
  return fail(error_of(errno));
}

Status OutputFile::write(std::string_view bytes) {
  if (failure_) return *failure_;
  if (descriptor_ < 0) WEIR_RETURN_IF_ERROR(wait_for_reader());
  while (!bytes.empty()) WEIR_RETURN_IF_ERROR(write_some(bytes));
  return {};
}

Status OutputFile::append(std::string_view line) {
  const bool was_whole = !failure_;
  std::string_view rest = line;
  Status status = failure_ ? Status(*failure_) : Status();
  if (status && descriptor_ < 0) status = wait_for_reader();
  while (status && !rest.empty()) status = write_some(rest);
  const auto written = static_cast<off_t>(line.size() - rest.size());
  if (status || !was_whole || written == 0) return status;
  const off_t end = lseek(descriptor_, 0, SEEK_CUR);
  if (!is_regular_ || ftruncate(descriptor_, end - written) != 0)
    failure_->message += "; its last line is cut off";
  return *failure_;
}

/// Writes the beginning of `bytes` and cuts it off there.
Status OutputFile::write_some(std::string_view& bytes) {
  // As much as a pipe that is ready for writing takes without waiting; a disk is given all at once.
  size_t size = bytes.size();
  if (!is_regular_) {
    if (const Status ready = wait_for_room(); !ready) return fail(ready.error());
    size = std::min<size_t>(size, PIPE_BUF);
  }
  const ssize_t written = ::write(descriptor_, bytes.data(), size);
  if (written >= 0) {
    bytes.remove_prefix(static_cast<size_t>(written));
  } else if (errno != EINTR && errno != EAGAIN) {
    return fail(error_of(errno));
  }
  return {};
}

Status OutputFile::wait_for_room() const {
  pollfd waiting[2]{
      {.fd = descriptor_, .events = POLLOUT, .revents = 0},
      {.fd = interrupt_ == nullptr ? -1 : interrupt_->descriptor(), .events = POLLIN, .revents = 0}};
  while (true) {
    const int ready = poll(waiting, 2, -1);
    if (ready < 0 && errno != EINTR) return error_of(errno);
    if (ready <= 0) continue;
    if (waiting[0].revents != 0) return {};  // also when the reader has gone: write() says so
    return kInterrupted;
  }
}

/// Opening a named pipe for writing would wait for a reader where nothing can interrupt it, so it is tried
/// again and again.
Status OutputFile::wait_for_reader() {
  constexpr int kRetryMs = 20;
  while (true) {
    descriptor_ = open(path_.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC);
    if (descriptor_ >= 0) return {};
    if (errno != ENXIO && errno != EINTR) return fail(error_of(errno));
    pollfd waiting{
        .fd = interrupt_ == nullptr ? -1 : interrupt_->descriptor(), .events = POLLIN, .revents = 0};
    if (poll(&waiting, 1, kRetryMs) == 1) return fail(kInterrupted);
  }
}

Status OutputFile::seek(int64_t offset_bytes) {
  if (failure_) return *failure_;
  return lseek(descriptor_, offset_bytes, SEEK_SET) < 0 ? fail(error_of(errno)) : Status();
}

int64_t OutputFile::size_bytes() const {
  struct stat about {};
  return fstat(descriptor_, &about) == 0 ? about.st_size : 0;
}

Status OutputFile::fail(Error error) {
  if (!failure_) failure_ = std::move(error);
  return *failure_;
}

}  // namespace weir
