// SPDX-License-Identifier: Apache-2.0
// What weir finds: boxes with a class and a score, and the record of one frame.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace weir {

/// Box in source-frame pixels as displayed, origin top-left, x1 <= x < x2.
struct Box {
  float x1 = 0;
  float y1 = 0;
  float x2 = 0;
  float y2 = 0;

  [[nodiscard]] float area() const { return (x2 - x1) * (y2 - y1); }
};

struct Detection {
  int class_id = 0;
  float score = 0;  ///< 0..1
  Box box;
  int64_t track_id = 0;  ///< of its track, from 1, never used again in the stream; 0: it has none
};

/// What became of a frame. Every decoded frame has exactly one outcome.
enum class Outcome { kInferred, kFailed, kDropped };

/// The record of one frame: what every sink gets, once per frame, in frame order.
struct FrameResult {
  int64_t frame = 0;  ///< 0, 1, 2, ... in the order the stream was decoded
  std::chrono::nanoseconds pts{0};
  int width_px = 0;  ///< of the source frame, as displayed
  int height_px = 0;
  Outcome outcome = Outcome::kInferred;
  std::vector<Detection> detections;  ///< kInferred: by falling score
  std::string reason;                 ///< kFailed: the error; kDropped: the policy that dropped it
};

}  // namespace weir
