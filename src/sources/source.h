// SPDX-License-Identifier: Apache-2.0
// Where pictures come from.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "base/result.h"
#include "types/picture.h"

namespace weir {

struct SourceInfo {
  int width_px = 0;  ///< as displayed
  int height_px = 0;
  double frame_rate = 0;          ///< frames a second; 0 where unknown
  std::optional<int64_t> frames;  ///< as far as the container tells
  bool still = false;             ///< a picture, not a video
  std::string description;        ///< "h264 High 1920x1080 yuv420p 30 fps"
};

/// How long a frame is shown; 1/25 s where the rate is unknown.
[[nodiscard]] std::chrono::nanoseconds frame_duration(const SourceInfo& info);

/// Thread-bound: one thread at a time calls it.
class Source {
 public:
  virtual ~Source() = default;
  [[nodiscard]] virtual const SourceInfo& info() const = 0;
  /// The next picture; nothing at the end. An error ends the source: what was read stays valid.
  /// kInvalidArgument: what it reads is damaged. kCancelled: `stop` was requested; read() returns within a
  /// second of that, and may be called again with another.
  [[nodiscard]] virtual Result<std::optional<Picture>> read(const std::stop_token& stop = {}) = 0;
  /// Back to the first frame; the next picture's pts starts at 0 again.
  [[nodiscard]] virtual Status rewind() = 0;
  /// Bytes of the picture memory it holds now. Any thread.
  [[nodiscard]] virtual int64_t surface_bytes() const = 0;
};

/// What read() gives after a stop request.
[[nodiscard]] inline Error cancelled_read() {
  return {ErrorCode::kCancelled, "reading was stopped"};
}

/// The file that an INPUT of the command line names: a path that exists, whatever colons are in it; the PATH
/// of "file:PATH"; or what has no scheme, whether it exists or not. Nothing for other schemes.
[[nodiscard]] std::optional<std::string> file_of(const std::string& location);

/// Opens what an INPUT of the command line names: a file (video or picture), or "scene:street?..." (a
/// rendered street).
/// Errors: kNotFound, kInvalidArgument (a folder, unreadable, not a video, no video track).
[[nodiscard]] Result<std::unique_ptr<Source>> open_source(const std::string& location);

}  // namespace weir
