// SPDX-License-Identifier: Apache-2.0
// What an engine is told to do. The defaults here are the defaults of the command line.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
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

/// What a stream does with a new frame when all its slots are in use.
enum class WhenFull {
  kBlock,       ///< waits: every frame, slower
  kDropOldest,  ///< gives up the frame that has waited longest
};

/// What an output does when records come faster than they can be written.
enum class WhenBehind {
  kBlock,       ///< loses none: the streams that feed it wait
  kDropOldest,  ///< gives up the record that has waited longest
};

[[nodiscard]] std::string_view to_string(Sharing sharing);
[[nodiscard]] std::string_view to_string(Pace pace);
[[nodiscard]] std::string_view to_string(WhenFull when_full);
[[nodiscard]] std::string_view to_string(WhenBehind when_behind);

/// The size at which a model runs.
struct InputSizeChoice {
  enum class Kind { kAuto, kModel, kExact };  ///< the streams' aspect ratio, the model's own, `exact`
  Kind kind = Kind::kAuto;
  InputSize exact;
};

struct ModelConfig {
  std::string name;    ///< unique
  std::string path;    ///< ONNX, OpenVINO IR (.xml), .rknn
  std::string labels;  ///< path of a file with class names; "" for the model's own
  std::string backend = "auto";
  Precision precision = Precision::kAuto;
  InputSizeChoice input_size;
  float score = 0.25F;  ///< 0..1: least score of a detection
  float nms = 0.45F;    ///< 0..1: IoU above which two boxes of a class are one object
};

struct StreamConfig {
  std::string name;            ///< unique
  std::string input;           ///< what open_source() takes
  std::string model;           ///< name of a ModelConfig
  std::optional<float> score;  ///< instead of the model's
  std::optional<float> nms;    ///< instead of the model's
  Pace pace = Pace::kMax;
  std::optional<WhenFull> when_full;  ///< default: kBlock at kMax, kDropOldest at kRealtime
  bool loop = false;                  ///< start again at the end of the input
  std::optional<int64_t> frames;      ///< stop after so many

  [[nodiscard]] WhenFull effective_when_full() const;
};

enum class OutputKind {
  kResults,   ///< one file of JSON lines for all its streams
  kAnnotate,  ///< a folder; a video or picture for each stream
  kCustom,    ///< what EngineParts::open_sink makes of it: one sink for all its streams
};

struct OutputConfig {
  OutputKind kind = OutputKind::kResults;
  std::string path;                  ///< kResults: "-" is standard output
  std::vector<std::string> streams;  ///< names; empty: all
  WhenBehind when_behind = WhenBehind::kBlock;

  [[nodiscard]] bool takes(std::string_view stream) const;
};

/// What is wrong with one setting.
struct FieldError {
  std::string field;  ///< "contexts", "models[0].score", "streams[2].name"
  std::string
      message;  ///< goes on where the field's name ends: "must be 0 to 1, not 1.5"; {other_field} in braces

  /// In one line, with fields called as whoever set them knows them.
  [[nodiscard]] std::string text(const std::function<std::string(std::string_view field)>& name_of) const;
};

struct EngineConfig {
  std::vector<ModelConfig> models;
  /// Not started by Engine::create(). It plans by them: the sizes and contexts of models, the slots of
  /// streams.
  std::vector<StreamConfig> streams;
  std::vector<OutputConfig> outputs;

  Sharing sharing = Sharing::kAll;
  std::optional<int> contexts;  ///< pooled, per distinct model; default: cores
  std::optional<int>
      contexts_per_stream;   ///< dedicated; default: pooled, with Sharing::kStream cores / streams
  std::optional<int> cores;  ///< default: what the backend's device has
  int queue_frames = 4;      ///< frames of a stream that may wait, in addition to those in contexts
  std::string rknn_library;  ///< path of librknnrt.so; "": what WEIR_RKNN_LIBRARY names, else the system's

  /// The ModelConfig of that name, or null.
  [[nodiscard]] const ModelConfig* find_model(std::string_view name) const;
  /// All that can't be. Empty: valid.
  [[nodiscard]] std::vector<FieldError> validate() const;
};

/// Where one run ends and what of it is measured.
struct RunLimits {
  std::optional<std::chrono::nanoseconds> duration;  ///< from the start of the streams
  /// From the start of the streams: left out of rate, latency, CPU, memory.
  std::chrono::nanoseconds warmup{0};

  [[nodiscard]] std::vector<FieldError> validate() const;
};

/// Of one stream alone; those of its model are not looked at. `field` is the prefix of the fields' names.
[[nodiscard]] std::vector<FieldError> validate(const StreamConfig& stream, const std::string& field);

}  // namespace weir
