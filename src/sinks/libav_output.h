// SPDX-License-Identifier: Apache-2.0
// What the writers of videos and pictures need of libav: ownership, errors, weir's planes as its frames.
#pragma once

#include <memory>
#include <string_view>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/frame.h>
#include <libswscale/swscale.h>
}

#include "base/result.h"
#include "types/picture.h"

namespace weir {

struct LibavOutputDelete {
  void operator()(AVFormatContext* context) const { avformat_free_context(context); }
  void operator()(AVIOContext* io) const;
  void operator()(AVCodecParameters* parameters) const { avcodec_parameters_free(&parameters); }
  void operator()(AVCodecContext* context) const { avcodec_free_context(&context); }
  void operator()(AVFrame* frame) const { av_frame_free(&frame); }
  void operator()(AVPacket* packet) const { av_packet_free(&packet); }
  void operator()(SwsContext* context) const { sws_freeContext(context); }
};

template <class T>
using LibavOutputPtr = std::unique_ptr<T, LibavOutputDelete>;

/// Keeps libav's and x264's own lines off the terminal, unless somebody routes them elsewhere. Any thread.
void silence_libav();

/// "what: why", kResourceExhausted for a full disk or memory, else kUnavailable.
[[nodiscard]] Error libav_output_error(std::string_view what, int code);

[[nodiscard]] AVColorSpace libav_matrix(ColorMatrix matrix);
[[nodiscard]] AVColorRange libav_range(ColorRange range);

/// A frame that shows the planes of an upright I420 picture, which have to live as long; null where
/// memory is out.
[[nodiscard]] LibavOutputPtr<AVFrame> frame_on(const PictureView& i420);

/// Gives `frame`, or null for "no more", to the encoder and calls `take(AVPacket&)`, which returns 0 or
/// libav's error code, for each packet that comes out. Returns 0 or the first error code.
template <class Take>
[[nodiscard]] int encode(AVCodecContext& encoder, const AVFrame* frame, Take take) {
  const LibavOutputPtr<AVPacket> packet(av_packet_alloc());
  if (packet == nullptr) return AVERROR(ENOMEM);
  int code = avcodec_send_frame(&encoder, frame);
  while (code >= 0) {
    code = avcodec_receive_packet(&encoder, packet.get());
    if (code == AVERROR(EAGAIN) || code == AVERROR_EOF) return 0;
    if (code >= 0) code = take(*packet);
    av_packet_unref(packet.get());
  }
  return code;
}

}  // namespace weir
