// SPDX-License-Identifier: Apache-2.0
#include "engine/street_video.h"

#include <chrono>
#include <memory>

#include "sinks/video_writer.h"

namespace weir {
namespace {

using Written = std::function<Status(const scene::Street&, int64_t)>;

Result<int64_t> write_frames(const scene::Street& street, const scene::Canvas& canvas, VideoWriter& video,
                             const std::stop_token& stop, const Written& written) {
  const scene::StreetConfig& config = street.config();
  int64_t frame = 0;
  for (; frame < config.frames && !stop.stop_requested(); ++frame) {
    street.render(frame, canvas.view());
    WEIR_RETURN_IF_ERROR(video.write(street.picture(canvas.view()), config.pts(frame)));
    WEIR_RETURN_IF_ERROR(written(street, frame));
  }
  return frame;
}

}  // namespace

Result<int64_t> write_street_video(const std::string& path, const scene::StreetConfig& config,
                                   const std::stop_token& stop, const Written& written) {
  WEIR_ASSIGN_OR_RETURN(const scene::Street street, scene::Street::create(config));
  const scene::Canvas canvas(config.width_px, config.height_px);
  WEIR_ASSIGN_OR_RETURN(const std::unique_ptr<VideoWriter> video,
                        VideoWriter::create(path, street.picture(canvas.view()), config.fps));
  const Result<int64_t> frames = write_frames(street, canvas, *video, stop, written);
  WEIR_RETURN_IF_ERROR(video->finish());
  return frames;
}

}  // namespace weir
