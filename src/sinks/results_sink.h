// SPDX-License-Identifier: Apache-2.0
// The results of all streams as lines of JSON in one file.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "sinks/jsonl_format.h"
#include "sinks/output_file.h"
#include "sinks/sink.h"

namespace weir {

/// A line for every frame, written at once: a program that reads along sees it, and nothing is left to write
/// at the end. A file on disk always ends with a whole line.
class ResultsSink final : public Sink {
 public:
  /// Creates or empties the file; "-" is standard output. Errors name it: kNotFound (no such folder),
  /// kInvalidArgument.
  [[nodiscard]] static Result<std::unique_ptr<ResultsSink>> create(const std::string& path);

  [[nodiscard]] Status open_stream(const StreamInfo& stream) override;
  [[nodiscard]] Status write(StreamId stream, const FrameResult& result, const Picture* picture) override;
  [[nodiscard]] Status close_stream(StreamId stream) override;
  [[nodiscard]] Status finish() override;
  void interrupt() override { interrupt_->request(); }

 private:
  ResultsSink(std::string name, std::shared_ptr<Interrupt> interrupt, std::unique_ptr<OutputFile> file);
  [[nodiscard]] Status explained(const Status& status) const;

  const std::string name_;  // as messages show it
  const std::shared_ptr<Interrupt> interrupt_;
  const std::unique_ptr<OutputFile> file_;
  std::map<StreamId, JsonlFormat> formats_;  // of the streams that are open
};

}  // namespace weir
