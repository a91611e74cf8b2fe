// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <pthread.h>

namespace weir {

/// Names the calling thread for debuggers and top. Linux keeps the first 15 bytes.
inline void name_this_thread(const std::string& name) {
  pthread_setname_np(pthread_self(), name.substr(0, 15).c_str());
}

}  // namespace weir
