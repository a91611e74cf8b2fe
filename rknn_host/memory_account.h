// SPDX-License-Identifier: Apache-2.0
// The memory that models, contexts and tensors take, as rknn_mem_size tells it, and the limit that is
// simulated.
#pragma once

#include <atomic>
#include <cstdint>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "backends/rknn/abi/rknn_api.h"
#include "rknn_host/failure.h"

namespace weir::rknn_host {

/// Thread-safe; outlives its charges.
class MemoryAccount {
 public:
  /// `limit_bytes` 0: none.
  explicit MemoryAccount(int64_t limit_bytes) : limit_bytes_(limit_bytes) {}

  /// Bytes on the account for as long as this lives.
  class Charge {
   public:
    Charge() = default;
    Charge(MemoryAccount& account, int64_t bytes) : account_(&account), bytes_(bytes) {}
    Charge(Charge&& other) noexcept
        : account_(std::exchange(other.account_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}
    Charge& operator=(Charge&& other) noexcept {
      std::swap(account_, other.account_);
      std::swap(bytes_, other.bytes_);
      return *this;
    }
    ~Charge() {
      if (account_ != nullptr) account_->used_bytes_ -= bytes_;
    }
    [[nodiscard]] int64_t bytes() const { return bytes_; }

   private:
    MemoryAccount* account_ = nullptr;
    int64_t bytes_ = 0;
  };

  /// Throws Failure RKNN_ERR_MALLOC_FAIL where it would go beyond the limit; `what` is for the message.
  [[nodiscard]] Charge charge(int64_t bytes, std::string_view what) {
    const int64_t used = used_bytes_ += bytes;
    Charge charge(*this, bytes);
    if (limit_bytes_ > 0 && used > limit_bytes_) {
      throw Failure(RKNN_ERR_MALLOC_FAIL,
                    fmt::format("{} bytes of {}: beyond the {} bytes that WEIR_RKNN_HOST gives", bytes, what,
                                limit_bytes_));
    }
    return charge;
  }

  [[nodiscard]] int64_t used_bytes() const { return used_bytes_; }

 private:
  const int64_t limit_bytes_;
  std::atomic<int64_t> used_bytes_{0};
};

}  // namespace weir::rknn_host
