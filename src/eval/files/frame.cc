// SPDX-License-Identifier: Apache-2.0
#include "eval/files/frame.h"

#include <fmt/format.h>

namespace weir::eval {

Result<FrameKey> read_frame_key(const Json& line, Names& streams) {
  WEIR_ASSIGN_OR_RETURN(const std::string stream, read_text(line, "stream"));
  WEIR_ASSIGN_OR_RETURN(const int64_t frame, read_whole(line, "frame"));
  return FrameKey{streams.add(stream), frame};
}

Result<FrameSize> read_frame_size(const Json& line) {
  FrameSize size;
  if (has(line, "width")) {
    WEIR_ASSIGN_OR_RETURN(size.width, read_whole(line, "width"));
  }
  if (has(line, "height")) {
    WEIR_ASSIGN_OR_RETURN(size.height, read_whole(line, "height"));
  }
  return size;
}

Error frame_comes_again(const std::string& stream, int64_t frame) {
  return {ErrorCode::kInvalidArgument,
          fmt::format("frame {} of stream '{}' comes a second time", frame, stream)};
}

}  // namespace weir::eval
