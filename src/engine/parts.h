// SPDX-License-Identifier: Apache-2.0
// What an engine is made of: a program that embeds weir, and the tests, hand in their own.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "engine/config.h"
#include "engine/event.h"
#include "infer/backend.h"
#include "sinks/sink.h"
#include "sources/source.h"

namespace weir {

struct EngineParts {
  /// Thread: the stream's, or whoever prepares it.
  std::function<Result<std::unique_ptr<Source>>(const StreamConfig&)> open_source;
  /// Called once for each name, "auto" included, one call at a time. Never null.
  std::function<Result<std::unique_ptr<Backend>>(const EngineConfig&, const ModelConfig&)> open_backend;
  /// For kAnnotate once for each stream, else once; one call at a time. Never null.
  std::function<Result<std::unique_ptr<Sink>>(const OutputConfig&)> open_sink;
  EventListener on_event;
  /// How long a stopped stream waits for outputs that still have records of it.
  std::chrono::nanoseconds output_grace = std::chrono::seconds(1);
};

/// weir's own sources, backends and sinks; a listener that does nothing.
[[nodiscard]] EngineParts default_parts();

}  // namespace weir
