// SPDX-License-Identifier: Apache-2.0
#include "sources/libav.h"

#include <array>
#include <cstdarg>
#include <string_view>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

namespace weir {
namespace {

void log_line(void* object, int level, const char* format, va_list arguments) {
  if (level > AV_LOG_WARNING || !spdlog::should_log(spdlog::level::debug)) return;
  std::array<char, 512> line{};
  int print_prefix = 1;
  av_log_format_line2(object, level, format, arguments, line.data(), static_cast<int>(line.size()),
                      &print_prefix);
  std::string_view text(line.data());
  while (text.ends_with('\n')) text.remove_suffix(1);
  spdlog::debug(fmt::format("libav: {}", text));
}

}  // namespace

std::string libav_error_text(int code) {
  std::array<char, AV_ERROR_MAX_STRING_SIZE> text{};
  av_strerror(code, text.data(), text.size());
  return text.data();
}

void route_libav_log() {
  av_log_set_callback(log_line);
}

#ifdef AV_CODEC_FLAG_COPY_OPAQUE  // FFmpeg 6.0

static_assert(sizeof(void*) >= sizeof(int64_t), "libav carries no more than a pointer");

void let_packets_carry_numbers(AVCodecContext& decoder) {
  decoder.flags |= AV_CODEC_FLAG_COPY_OPAQUE;
}

void carry_number(AVCodecContext& /*decoder*/, AVPacket& packet, int64_t number) {
  packet.opaque = reinterpret_cast<void*>(number);
}

int64_t carried_number(const AVFrame& frame) {
  return reinterpret_cast<int64_t>(frame.opaque);
}

#else

void let_packets_carry_numbers(AVCodecContext& /*decoder*/) {}

void carry_number(AVCodecContext& decoder, AVPacket& /*packet*/, int64_t number) {
  decoder.reordered_opaque = number;
}

int64_t carried_number(const AVFrame& frame) {
  return frame.reordered_opaque;
}

#endif

#if LIBAVCODEC_VERSION_INT >= AV_VERSION_INT(60, 31, 100)  // FFmpeg 6.1

const uint8_t* display_matrix_of(const AVStream& track, size_t& bytes) {
  const AVPacketSideData* matrix = av_packet_side_data_get(
      track.codecpar->coded_side_data, track.codecpar->nb_coded_side_data, AV_PKT_DATA_DISPLAYMATRIX);
  bytes = matrix == nullptr ? 0 : matrix->size;
  return matrix == nullptr ? nullptr : matrix->data;
}

#else

const uint8_t* display_matrix_of(const AVStream& track, size_t& bytes) {
  return av_stream_get_side_data(&track, AV_PKT_DATA_DISPLAYMATRIX, &bytes);
}

#endif

}  // namespace weir
