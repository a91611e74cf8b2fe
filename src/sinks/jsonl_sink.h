// SPDX-License-Identifier: Apache-2.0
// The results of one stream as lines of JSON.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "sinks/jsonl_file.h"
#include "sinks/jsonl_format.h"
#include "sinks/sink.h"

namespace weir {

/// A line for every frame, written at once: a program that reads along sees it, and nothing is left to
/// write at the end.
class JsonlSink final : public Sink {
 public:
  JsonlSink(std::string_view stream, std::span<const std::string> labels, std::shared_ptr<JsonlFile> file)
      : format_(stream, labels), file_(std::move(file)) {}

  [[nodiscard]] Status write(const FrameResult& result, const Picture* /*picture*/) override {
    return file_->write(format_.line(result));
  }
  [[nodiscard]] Status finish() override { return {}; }

 private:
  JsonlFormat format_;
  std::shared_ptr<JsonlFile> file_;
};

}  // namespace weir
