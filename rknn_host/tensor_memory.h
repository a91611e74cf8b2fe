// SPDX-License-Identifier: Apache-2.0
// Memory for tensors, as rknn_create_mem and rknn_create_mem_from_fd give it: mapped files without a name, in
// the place of a board's dma-buf.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "backends/rknn/abi/rknn_api.h"

namespace weir::rknn_host {

/// Thread-safe: immutable but for the bytes, which are the program's to guard.
class TensorMemory {
 public:
  /// New memory, zeroed, page-aligned, with a file descriptor that other processes can map. Its last page is
  /// followed by one that nobody may touch. Throws Failure RKNN_ERR_MALLOC_FAIL, RKNN_ERR_PARAM_INVALID (size
  /// 0).
  [[nodiscard]] static std::shared_ptr<TensorMemory> allocate(uint32_t size);

  /// `size` bytes at `offset` of the caller's file, mapped; `virt_addr` (may be null) is what the program
  /// calls them. The descriptor stays the caller's. Throws Failure RKNN_ERR_PARAM_INVALID.
  [[nodiscard]] static std::shared_ptr<TensorMemory> wrap(int32_t fd, void* virt_addr, uint32_t size,
                                                          int32_t offset);

  ~TensorMemory();
  TensorMemory(const TensorMemory&) = delete;
  TensorMemory& operator=(const TensorMemory&) = delete;

  /// What the program sees; its address names this memory.
  [[nodiscard]] rknn_tensor_mem* handle() { return &handle_; }
  [[nodiscard]] uint8_t* data() const { return data_; }
  [[nodiscard]] uint32_t size() const { return size_; }
  /// How far behind the end of new memory something was written, in bytes up to the end of its last page; 0:
  /// nothing was.
  [[nodiscard]] size_t bytes_written_behind() const;

 private:
  TensorMemory(void* mapping, size_t mapped_bytes, size_t offset, uint32_t size, int owned_fd);

  /// Between the end of new memory and the page that nobody may touch.
  [[nodiscard]] std::span<uint8_t> slack() const { return {data_ + size_, slack_bytes_}; }

  void* mapping_;
  size_t mapped_bytes_;
  uint8_t* data_;
  uint32_t size_;
  size_t slack_bytes_ = 0;
  int owned_fd_;
  rknn_tensor_mem handle_{};
};

}  // namespace weir::rknn_host
