// SPDX-License-Identifier: Apache-2.0
// Where the results of one stream go.
#pragma once

#include "base/result.h"
#include "types/detection.h"
#include "types/picture.h"

namespace weir {

/// Gets every frame of one stream exactly once, in frame order, one call at a time (from changing
/// threads). After its first error it is not called again.
class Sink {
 public:
  virtual ~Sink() = default;
  /// Whether write() needs the decoded picture: the engine keeps it for the frame's way only then.
  [[nodiscard]] virtual bool wants_picture() const { return false; }
  /// `picture` is null for dropped frames and for sinks that don't want it. kCancelled: what it shares with
  /// other streams' sinks has failed, and one of them has said so.
  [[nodiscard]] virtual Status write(const FrameResult& result, const Picture* picture) = 0;
  /// Nothing more comes. Called once, also after an error of another part.
  [[nodiscard]] virtual Status finish() = 0;
};

}  // namespace weir
