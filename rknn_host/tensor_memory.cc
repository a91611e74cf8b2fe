// SPDX-License-Identifier: Apache-2.0
#include "rknn_host/tensor_memory.h"

#include <cerrno>
#include <cstring>

#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rknn_host/failure.h"

namespace weir::rknn_host {

TensorMemory::TensorMemory(void* mapping, size_t mapped_bytes, size_t offset, uint32_t size, int owned_fd)
    : mapping_(mapping),
      mapped_bytes_(mapped_bytes),
      data_(static_cast<uint8_t*>(mapping) + offset),
      size_(size),
      owned_fd_(owned_fd) {}

TensorMemory::~TensorMemory() {
  munmap(mapping_, mapped_bytes_);
  if (owned_fd_ >= 0) close(owned_fd_);
}

std::shared_ptr<TensorMemory> TensorMemory::allocate(uint32_t size) {
  if (size == 0) throw Failure(RKNN_ERR_PARAM_INVALID, "memory of 0 bytes");
  const int fd = memfd_create("rknn_tensor_mem", MFD_CLOEXEC);
  if (fd < 0) throw Failure(RKNN_ERR_MALLOC_FAIL, fmt::format("memfd_create: {}", std::strerror(errno)));
  void* mapping = MAP_FAILED;
  if (ftruncate(fd, size) == 0) mapping = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (mapping == MAP_FAILED) {
    const int reason = errno;
    close(fd);
    throw Failure(RKNN_ERR_MALLOC_FAIL, fmt::format("{} bytes of memory: {}", size, std::strerror(reason)));
  }
  std::shared_ptr<TensorMemory> memory(new TensorMemory(mapping, size, 0, size, fd));
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

}  // namespace weir::rknn_host
