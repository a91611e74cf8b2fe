// SPDX-License-Identifier: Apache-2.0
// A request to give up waiting for a descriptor.
#pragma once

namespace weir {

/// Goes from "not requested" to "requested" once and stays there. Whoever waits in poll() adds descriptor().
/// Any thread.
class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  /// Idempotent.
  void request();
  [[nodiscard]] bool requested() const;
  /// Is readable as soon as the interrupt was requested. Owned by this object. -1 if the process had no
  /// descriptor left: then waiting can't be interrupted.
  [[nodiscard]] int descriptor() const { return descriptor_; }

 private:
  const int descriptor_;
};

}  // namespace weir
