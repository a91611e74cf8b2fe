// SPDX-License-Identifier: Apache-2.0
// Which frame a line is about: what results and truth have in common.
#pragma once

#include <compare>
#include <cstdint>

#include "base/result.h"
#include "eval/files/json_fields.h"
#include "eval/files/names.h"

namespace weir::eval {

struct FrameKey {
  size_t stream = 0;  ///< its number among the streams of the results, or of the truth
  int64_t frame = 0;  ///< 0, 1, 2, ...
  friend auto operator<=>(const FrameKey&, const FrameKey&) = default;
};

/// In pixels; 0: not told.
struct FrameSize {
  int64_t width = 0;
  int64_t height = 0;
  friend bool operator==(const FrameSize&, const FrameSize&) = default;
};

/// `stream` and `frame` of a line; the stream is added to `streams`.
[[nodiscard]] Result<FrameKey> read_frame_key(const Json& line, Names& streams);

/// `width` and `height`, which may be absent.
[[nodiscard]] Result<FrameSize> read_frame_size(const Json& line);

/// What there is to say when a file has two lines on a frame.
[[nodiscard]] Error frame_comes_again(const std::string& stream, int64_t frame);

}  // namespace weir::eval
