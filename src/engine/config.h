// SPDX-License-Identifier: Apache-2.0
// What a run is told to do. The defaults here are the defaults of the command line.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "infer/backend.h"
#include "types/size.h"

namespace weir {

/// Who shares one copy of a model's weights.
enum class Sharing {
  kNone,    ///< nobody: each context loads its own
  kStream,  ///< the contexts of one stream
  kAll,     ///< all contexts whose model is identical
};

enum class Pace {
  kMax,       ///< as fast as frames can be inferred
  kRealtime,  ///< each frame when its time has come, as from a camera
};

/// What a stream does with a new frame when all its buffers are in use.
enum class WhenFull {
  kBlock,       ///< waits: every frame, slower
  kDropOldest,  ///< gives up the frame that has waited longest
};

[[nodiscard]] std::string_view to_string(Sharing sharing);
[[nodiscard]] std::string_view to_string(Pace pace);
[[nodiscard]] std::string_view to_string(WhenFull when_full);

/// The size at which the model runs.
struct InputSizeChoice {
  enum class Kind { kAuto, kModel, kExact };  ///< the streams' aspect ratio, the model's own, `exact`
  Kind kind = Kind::kAuto;
  InputSize exact;
};

struct StreamConfig {
  std::string name;    ///< unique within a run
  std::string input;   ///< what open_source() takes
  std::string model;   ///< path
  std::string labels;  ///< path; "" for the model's own
};

struct EngineConfig {
  std::vector<StreamConfig> streams;
  std::string backend = "auto";
  std::string rknn_library;  ///< path of librknnrt.so; "": what WEIR_RKNN_LIBRARY names, else the system's
  Precision precision = Precision::kAuto;
  InputSizeChoice input_size;

  Sharing sharing = Sharing::kAll;
  std::optional<int> contexts;  ///< pooled, per distinct model; default: cores
  std::optional<int>
      contexts_per_stream;   ///< dedicated; default: pooled, with Sharing::kStream cores / streams
  std::optional<int> cores;  ///< default: what the backend's device has

  Pace pace = Pace::kMax;
  std::optional<WhenFull> when_full;  ///< default: kBlock at kMax, kDropOldest at kRealtime
  std::optional<int64_t> frames;      ///< per stream
  std::optional<std::chrono::nanoseconds> duration;
  std::chrono::nanoseconds warmup{
      0};             ///< from the start of the streams: left out of rate, latency, CPU, memory
  bool loop = false;  ///< start inputs again at their end; needs frames or duration, or somebody who stops it
  int queue_frames = 4;  ///< frames of a stream that may wait, beside those being inferred

  float score_threshold = 0.25F;
  float nms_threshold = 0.45F;

  std::string results;   ///< JSON lines file; "-": standard output; "": none
  std::string annotate;  ///< folder for annotated videos and pictures; "": none

  [[nodiscard]] WhenFull effective_when_full() const;
  /// One line on the first thing that can't be.
  [[nodiscard]] Status validate() const;
};

}  // namespace weir
