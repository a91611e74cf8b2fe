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

struct AnnotateConfig {
  std::string folder;               ///< made where it doesn't exist
  std::string stream;               ///< names the file: FOLDER/<stream>.mp4, for stills .jpg
  std::vector<std::string> labels;  ///< labels[class_id]; a class without one is its number
  double frame_rate = 0;            ///< frames a second; 0: unknown
  bool still = false;
};

/// `stream` as a file name: what isn't a letter, a digit or one of "._-" becomes "_". A name that had to
/// change gets a hash of the original, so that two streams never share a file.
[[nodiscard]] std::string safe_file_name(std::string_view stream);

/// A failed frame is shown with a mark, a dropped one is left out. Encodes on the calling thread.
/// Without any frame no file is made.
class AnnotateSink final : public Sink {
 public:
  /// Errors name the folder: kInvalidArgument (can't be made, isn't a folder, can't be written).
  [[nodiscard]] static Result<std::unique_ptr<AnnotateSink>> create(AnnotateConfig config);

  [[nodiscard]] bool wants_picture() const override { return true; }
  [[nodiscard]] Status write(const FrameResult& result, const Picture* picture) override;
  [[nodiscard]] Status finish() override;

 private:
  AnnotateSink(AnnotateConfig config, std::string path)
      : config_(std::move(config)), path_(std::move(path)) {}
  void draw(const FrameResult& result, const PictureView& picture);

  AnnotateConfig config_;
  std::string path_;
  I420Picture drawing_;
  std::unique_ptr<VideoWriter> video_;  // from the first frame on, whose size it takes
};

}  // namespace weir
