// SPDX-License-Identifier: Apache-2.0
// What was found, drawn where it was found: a video for each video, a picture for each picture.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "image/i420_picture.h"
#include "sinks/sink.h"
#include "sinks/video_writer.h"

namespace weir {

/// `stream` as a file name: what isn't a letter, a digit or one of "._-" becomes "_". A name that had to
/// change gets a hash of the original, so that two streams never share a file.
[[nodiscard]] std::string safe_file_name(std::string_view stream);

/// Of one stream. A failed frame is shown with a mark, a dropped one is left out. Encodes on the calling
/// thread. Without any frame no file is made.
class AnnotateSink final : public Sink {
 public:
  /// `folder` is made if it doesn't exist; the file is FOLDER/<stream>.mp4, or .jpg for a still.
  /// Errors name the folder: kInvalidArgument (can't be made, isn't a folder, can't be written).
  [[nodiscard]] static Result<std::unique_ptr<AnnotateSink>> create(const std::string& folder);

  [[nodiscard]] bool wants_picture() const override { return true; }
  [[nodiscard]] Status open_stream(const StreamInfo& stream) override;
  [[nodiscard]] Status write(StreamId stream, const FrameResult& result, const Picture* picture) override;
  [[nodiscard]] Status close_stream(StreamId stream) override;
  [[nodiscard]] Status finish() override;
  void interrupt() override { interrupt_->request(); }

 private:
  explicit AnnotateSink(std::string folder) : folder_(std::move(folder)) {}
  void draw(const FrameResult& result, const PictureView& picture);

  const std::string folder_;
  const std::shared_ptr<Interrupt> interrupt_ = std::make_shared<Interrupt>();
  StreamInfo stream_;
  std::string path_;
  I420Picture drawing_;
  std::unique_ptr<VideoWriter> video_;  // from the first frame on, whose size it takes; until it is finished
};

}  // namespace weir
