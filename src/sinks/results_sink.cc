// SPDX-License-Identifier: Apache-2.0
#include "sinks/results_sink.h"

#include <utility>

#include <fmt/format.h>

namespace weir {

ResultsSink::ResultsSink(std::string name, std::shared_ptr<Interrupt> interrupt,
                         std::unique_ptr<OutputFile> file)
    : name_(std::move(name)), interrupt_(std::move(interrupt)), file_(std::move(file)) {}

Result<std::unique_ptr<ResultsSink>> ResultsSink::create(const std::string& path) {
  const std::string name = path == "-" ? "standard output" : fmt::format("'{}'", path);
  auto interrupt = std::make_shared<Interrupt>();
  auto file = OutputFile::create(path, interrupt);
  if (!file) return file.error().in(fmt::format("can't write results to {}", name));
  return std::unique_ptr<ResultsSink>(new ResultsSink(name, std::move(interrupt), *std::move(file)));
}

Status ResultsSink::open_stream(const StreamInfo& stream) {
  formats_.emplace(stream.id, JsonlFormat(stream.name, stream.labels));
  return {};
}

Status ResultsSink::write(StreamId stream, const FrameResult& result, const Picture* /*picture*/) {
  return explained(file_->append(formats_.at(stream).line(result)));
}

Status ResultsSink::close_stream(StreamId stream) {
  formats_.erase(stream);
  return {};
}

Status ResultsSink::finish() {
  return explained(file_->close());
}

Status ResultsSink::explained(const Status& status) const {
  if (status) return {};
  return Error{status.error().code,
               fmt::format("writing results to {} stopped: {}", name_, status.error().message)};
}

}  // namespace weir
