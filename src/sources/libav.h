// SPDX-License-Identifier: Apache-2.0
// libav's objects as C++ owns them, its error codes as words, and its log kept off the terminal. What its
// versions (FFmpeg 5.1 to 7.1) call by different names is here, too.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/frame.h>
#include <libswscale/swscale.h>
}

namespace weir {

struct LibavDelete {
  /// For reading; also closes the bytes that it was opened on.
  void operator()(AVFormatContext* context) const {
    AVIOContext* io = context->pb;
    avformat_close_input(&context);
    operator()(io);
  }
  void operator()(AVIOContext* io) const;  ///< of FileBytes, or null
  void operator()(AVCodecContext* context) const { avcodec_free_context(&context); }
  void operator()(AVBufferPool* pool) const { av_buffer_pool_uninit(&pool); }
  void operator()(AVBufferRef* buffer) const { av_buffer_unref(&buffer); }
  void operator()(AVFrame* frame) const { av_frame_free(&frame); }
  void operator()(AVPacket* packet) const { av_packet_free(&packet); }
  void operator()(SwsContext* context) const { sws_freeContext(context); }
};

template <class T>
using LibavPtr = std::unique_ptr<T, LibavDelete>;

/// What libav says an error code means.
[[nodiscard]] std::string libav_error_text(int code);

/// From now on libav's own log goes to spdlog's debug level. Any thread, any number of times.
void route_libav_log();

/// Makes `decoder` hand the number given with a packet to the frame in it. Before the decoder is opened.
void let_packets_carry_numbers(AVCodecContext& decoder);

/// Gives `packet` a number on its way; it is sent to `decoder` next.
void carry_number(AVCodecContext& decoder, AVPacket& packet, int64_t number);

/// The number that the frame's packet carried.
[[nodiscard]] int64_t carried_number(const AVFrame& frame);

/// The display matrix that the container tells of a track, `bytes` long; null where it tells none.
[[nodiscard]] const uint8_t* display_matrix_of(const AVStream& track, size_t& bytes);

}  // namespace weir
