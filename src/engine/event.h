// SPDX-License-Identifier: Apache-2.0
// What an engine tells while it runs.
#pragma once

#include <functional>
#include <string>

#include "base/result.h"

namespace weir {

struct Event {
  enum class Kind {
    kInfo,     ///< something that is good to know
    kWarning,  ///< not as asked for, but it goes on
    kProblem,  ///< a part of the run failed; its stream, if it is one's, reports it, too
  };
  Kind kind = Kind::kInfo;
  std::string stream;                     ///< name; "" for what is no single stream's
  ErrorCode code = ErrorCode::kInternal;  ///< kProblem
  std::string message;
};

/// Called by the thread that it happened on; any thread, also several at the same time. Must not call the
/// engine.
using EventListener = std::function<void(const Event&)>;

}  // namespace weir
