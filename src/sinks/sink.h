// SPDX-License-Identifier: Apache-2.0
// Where results go.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "types/detection.h"
#include "types/picture.h"

namespace weir {

/// The number of a stream. Never used again within one engine.
using StreamId = int64_t;

/// What a sink knows of a stream before its first frame.
struct StreamInfo {
  StreamId id = 0;
  std::string name;
  std::vector<std::string> labels;  ///< labels[class_id]
  double frame_rate = 0;            ///< frames a second; 0: unknown
  bool still = false;               ///< a picture, not a video
};

/// Gets every frame of each of its streams once, in frame order. Called by its output's thread only, except
/// interrupt(). It may wait for somebody outside the process as long as it has to: nobody else waits.
/// States: open -> finished. A stream: unknown -> open_stream() -> write() ... -> close_stream(). After its
/// first error only finish() is called.
class Sink {
 public:
  virtual ~Sink() = default;
  /// Whether write() needs the decoded picture. The engine keeps pictures only for sinks that do.
  [[nodiscard]] virtual bool wants_picture() const { return false; }
  [[nodiscard]] virtual Status open_stream(const StreamInfo& stream) = 0;
  /// `picture` is null for dropped frames, and for sinks that don't want it.
  [[nodiscard]] virtual Status write(StreamId stream, const FrameResult& result, const Picture* picture) = 0;
  /// The stream has ended; no more of it comes.
  [[nodiscard]] virtual Status close_stream(StreamId stream) = 0;
  /// The end. Called once, after the last stream was closed, or after an error.
  [[nodiscard]] virtual Status finish() = 0;
  /// From now on calls don't wait for anybody outside the process: what can't be written at once fails with
  /// kCancelled, also the call that waits now. Any thread, any number of times.
  virtual void interrupt() {}
};

}  // namespace weir
