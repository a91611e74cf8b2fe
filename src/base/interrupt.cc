// SPDX-License-Identifier: Apache-2.0
#include "base/interrupt.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace weir {

Interrupt::Interrupt() : descriptor_(eventfd(0, EFD_CLOEXEC)) {}

Interrupt::~Interrupt() {
  if (descriptor_ >= 0) close(descriptor_);
}

void Interrupt::request() {
  // Only fails when the counter is at its end, and then the descriptor is readable as well.
  (void)eventfd_write(descriptor_, 1);
}

bool Interrupt::requested() const {
  pollfd waiting{.fd = descriptor_, .events = POLLIN, .revents = 0};
  return poll(&waiting, 1, 0) == 1;
}

}  // namespace weir
