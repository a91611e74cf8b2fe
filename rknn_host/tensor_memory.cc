// SPDX-License-Identifier: Apache-2.0
#include "rknn_host/tensor_memory.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rknn_host/failure.h"

// The address sanitizer, where the program has it: it then stops at the first byte behind the end.
extern "C" {
void __asan_poison_memory_region(const volatile void* address, size_t bytes) __attribute__((weak));
void __asan_unpoison_memory_region(const volatile void* address, size_t bytes) __attribute__((weak));
}

namespace weir::rknn_host {
namespace {

constexpr uint8_t kUntouched = 0xA5;

void allow_access(std::span<const uint8_t> bytes, bool allowed) {
  const auto change = allowed ? &__asan_unpoison_memory_region : &__asan_poison_memory_region;
  if (change != nullptr) change(bytes.data(), bytes.size());
}

size_t round_up_to_pages(size_t bytes) {
  const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  return (bytes + page - 1) / page * page;
}

/// `bytes` of the file, mapped, and a page behind them that can't be touched; MAP_FAILED with errno.
void* map_with_guard(int fd, size_t bytes) {
  const size_t inside = round_up_to_pages(bytes);
  const size_t all = inside + round_up_to_pages(1);
  void* const place = mmap(nullptr, all, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (place == MAP_FAILED) return MAP_FAILED;
  if (mmap(place, inside, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0) != MAP_FAILED) return place;
  const int reason = errno;
  munmap(place, all);
  errno = reason;
  return MAP_FAILED;
}

}  // namespace

TensorMemory::TensorMemory(void* mapping, size_t mapped_bytes, size_t offset, uint32_t size, int owned_fd)
    : mapping_(mapping),
      mapped_bytes_(mapped_bytes),
      data_(static_cast<uint8_t*>(mapping) + offset),
      size_(size),
      owned_fd_(owned_fd) {}

TensorMemory::~TensorMemory() {
  allow_access(slack(), true);
  munmap(mapping_, mapped_bytes_);
  if (owned_fd_ >= 0) close(owned_fd_);
}

std::shared_ptr<TensorMemory> TensorMemory::allocate(uint32_t size) {
  if (size == 0) throw Failure(RKNN_ERR_PARAM_INVALID, "memory of 0 bytes");
  const int fd = memfd_create("rknn_tensor_mem", MFD_CLOEXEC);
  if (fd < 0) throw Failure(RKNN_ERR_MALLOC_FAIL, fmt::format("memfd_create: {}", std::strerror(errno)));
  void* mapping = MAP_FAILED;
  if (ftruncate(fd, size) == 0) mapping = map_with_guard(fd, size);
  if (mapping == MAP_FAILED) {
    const int reason = errno;
    close(fd);
    throw Failure(RKNN_ERR_MALLOC_FAIL, fmt::format("{} bytes of memory: {}", size, std::strerror(reason)));
  }
  const size_t inside = round_up_to_pages(size);
  std::shared_ptr<TensorMemory> memory(new TensorMemory(mapping, inside + round_up_to_pages(1), 0, size, fd));
  memory->slack_bytes_ = inside - size;
  std::ranges::fill(memory->slack(), kUntouched);
  allow_access(memory->slack(), false);
  memory->handle_ = {.virt_addr = memory->data_,
                     .phys_addr = 0,
                     .fd = fd,
                     .offset = 0,
                     .size = size,
                     .flags = RKNN_TENSOR_MEMORY_FLAGS_ALLOC_INSIDE,
                     .priv_data = nullptr};
  return memory;
}

std::shared_ptr<TensorMemory> TensorMemory::wrap(int32_t fd, void* virt_addr, uint32_t size, int32_t offset) {
  struct stat info {};
  if (size == 0 || offset < 0 || fstat(fd, &info) != 0) {
    throw Failure(RKNN_ERR_PARAM_INVALID,
                  fmt::format("memory from fd {}, {} bytes at {}: no such file descriptor, "
                              "nothing to map, or a negative offset",
                              fd, size, offset));
  }
  const size_t end = static_cast<size_t>(offset) + size;
  if (S_ISREG(info.st_mode) && static_cast<size_t>(info.st_size) < end) {
    throw Failure(RKNN_ERR_PARAM_INVALID,
                  fmt::format("memory from fd {}: it has {} bytes, {} at {} are asked for", fd, info.st_size,
                              size, offset));
  }
  void* mapping = mmap(nullptr, end, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (mapping == MAP_FAILED) {
    throw Failure(RKNN_ERR_PARAM_INVALID,
                  fmt::format("memory from fd {}: mmap: {}", fd, std::strerror(errno)));
  }
  std::shared_ptr<TensorMemory> memory(new TensorMemory(mapping, end, static_cast<size_t>(offset), size, -1));
  memory->handle_ = {.virt_addr = virt_addr != nullptr ? virt_addr : memory->data_,
                     .phys_addr = 0,
                     .fd = fd,
                     .offset = offset,
                     .size = size,
                     .flags = RKNN_TENSOR_MEMORY_FLAGS_FROM_FD,
                     .priv_data = nullptr};
  return memory;
}

size_t TensorMemory::bytes_written_behind() const {
  allow_access(slack(), true);
  const auto is_untouched = [](uint8_t byte) { return byte == kUntouched; };
  const auto last = std::find_if_not(slack().rbegin(), slack().rend(), is_untouched);
  const auto bytes = static_cast<size_t>(slack().rend() - last);
  allow_access(slack(), false);
  return bytes;
}

}  // namespace weir::rknn_host
