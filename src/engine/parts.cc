// SPDX-License-Identifier: Apache-2.0
#include "engine/parts.h"

#include "backends/all_backends.h"
#include "sinks/annotate_sink.h"
#include "sinks/results_sink.h"

namespace weir {
namespace {

Result<std::unique_ptr<Sink>> open_sink(const OutputConfig& output) {
  switch (output.kind) {
    case OutputKind::kResults:
      return ResultsSink::create(output.path);
    case OutputKind::kAnnotate:
      return AnnotateSink::create(output.path);
    case OutputKind::kCustom:
      break;
  }
  return Error{ErrorCode::kInvalidArgument, "an output of the program's own, but the program makes none"};
}

}  // namespace

EngineParts default_parts() {
  EngineParts parts;
  parts.open_source = [](const StreamConfig& stream) { return open_source(stream.input); };
  parts.open_backend = [](const EngineConfig& engine, const ModelConfig& model) {
    return open_backend(model.backend, {.rknn_library = engine.rknn_library}, model.path);
  };
  parts.open_sink = open_sink;
  parts.on_event = [](const Event&) {};
  return parts;
}

}  // namespace weir
