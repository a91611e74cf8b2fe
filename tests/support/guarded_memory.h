// SPDX-License-Identifier: Apache-2.0
// Memory that ends where an unreadable page begins: also code that no sanitizer sees, such as a
// library's assembly, dies on the first byte outside.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <span>
#include <utility>

namespace weir::testing {

/// Which end of the memory touches an unreadable page. There is one on the other side as well, but up
/// to a page away.
enum class Guard { kBefore, kBehind };

class GuardedMemory {
 public:
  explicit GuardedMemory(size_t bytes, Guard guard = Guard::kBehind, uint8_t fill = 0) : size_(bytes) {
    const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
    const size_t inner = (bytes + page - 1) / page * page;
    mapped_ = inner + 2 * page;
    void* mapping = mmap(nullptr, mapped_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapping == MAP_FAILED) std::abort();
    mapping_ = static_cast<uint8_t*>(mapping);
    if (inner > 0 && mprotect(mapping_ + page, inner, PROT_READ | PROT_WRITE) != 0) std::abort();
    data_ = mapping_ + page + (guard == Guard::kBehind ? inner - bytes : 0);
    std::memset(data_, fill, bytes);
  }
  GuardedMemory(GuardedMemory&& other) noexcept
      : size_(other.size_),
        mapped_(other.mapped_),
        mapping_(std::exchange(other.mapping_, nullptr)),
        data_(other.data_) {}
  GuardedMemory& operator=(GuardedMemory&&) = delete;
  ~GuardedMemory() {
    if (mapping_ != nullptr) munmap(mapping_, mapped_);
  }

  [[nodiscard]] uint8_t* data() { return data_; }
  [[nodiscard]] std::span<uint8_t> bytes() { return {data_, size_}; }

 private:
  size_t size_ = 0;
  size_t mapped_ = 0;
  uint8_t* mapping_ = nullptr;
  uint8_t* data_ = nullptr;
};

}  // namespace weir::testing
