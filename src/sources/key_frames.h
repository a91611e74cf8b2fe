// SPDX-License-Identifier: Apache-2.0
// Finds the frames that can't be shown because the frame that they are predicted from is not in the file.
#pragma once

#include <cstdint>

#include "sources/libav.h"

namespace weir {

/// Follows what goes into a decoder and what comes out. Where a key frame is missing, libav gives grey frames
/// as if they were fine, marks them or drops them, each decoder in its own way.
class KeyFrames {
 public:
  /// Has the decoder give the frames that it would drop. Before avcodec_open2().
  static void prepare(AVCodecContext& decoder);

  /// Each packet, before it is decoded.
  void note(const AVPacket& packet, AVCodecContext& decoder);

  /// Each frame as it comes: whether it was predicted from one that is not there, and so shows nothing of
  /// use.
  [[nodiscard]] bool lacks_key(const AVFrame& frame, const AVCodecContext& decoder);

  /// How many frames lacked their key frame, without those at the start of a recording that began in between.
  [[nodiscard]] int64_t lacking() const { return lacking_; }

  /// At the end: how many frames the decoder dropped without a word, of which `failed_packets` and
  /// `shown_frames` are known.
  [[nodiscard]] int64_t dropped(const AVCodecContext& decoder, int64_t failed_packets,
                                int64_t shown_frames) const;

 private:
  int64_t packets_ = 0;
  int64_t shown_packets_ = 0;     // of these, not hidden by the container
  bool begins_with_key_ = false;  // the first packet
  bool found_key_ = false;        // among the frames
  bool has_shown_ = false;        // a frame that didn't lack its key frame
  int64_t lacking_ = 0;
  int64_t leading_ = 0;  // frames of H.264 that lacked it at the start, where that is usual
};

}  // namespace weir
