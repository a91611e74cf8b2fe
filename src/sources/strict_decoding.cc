// SPDX-License-Identifier: Apache-2.0
#include "sources/strict_decoding.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

extern "C" {
#include <libavutil/imgutils.h>
}

#include "sources/pictures/tiff_file.h"

namespace weir {
namespace {

/// Appends ones to a JPEG without an end mark. No Huffman code consists of ones only: a decoder that reads on
/// because data are missing can't take them for data.
int end_with_ones(AVPacket& jpeg) {
  constexpr std::string_view kEndOfImage = "\xFF\xD9";
  constexpr int kBytes = 32;
  const int size = jpeg.size;
  const std::string_view data(reinterpret_cast<const char*>(jpeg.data), static_cast<size_t>(size));
  if (data.ends_with(kEndOfImage)) return 0;
  if (const int code = av_grow_packet(&jpeg, 2 * kBytes); code < 0) return code;
  for (int i = 0; i < kBytes; ++i) {  // in the data of a JPEG, a zero follows each byte of ones
    jpeg.data[size + 2 * i] = 0xFF;
    jpeg.data[size + 2 * i + 1] = 0;
  }
  return 0;
}

/// libav's strict decoder takes each tag that it doesn't know for an error.
int keep_known_tags(AVPacket& tiff) {
  if (const int code = av_packet_make_writable(&tiff); code < 0) return code;
  keep_tags_of_pixels({tiff.data, static_cast<size_t>(tiff.size)});
  return 0;
}

/// Kinds whose pixels are stored as they are or in runs, without an end or a sum: what a decoder gives
/// depends on the bytes that follow where some are missing.
bool has_only_pixels(const AVPacket& packet, AVCodecID codec) {
  constexpr std::array<AVCodecID, 12> kCodecs = {AV_CODEC_ID_BMP, AV_CODEC_ID_DPX,     AV_CODEC_ID_PAM,
                                                 AV_CODEC_ID_PBM, AV_CODEC_ID_PCX,     AV_CODEC_ID_PGM,
                                                 AV_CODEC_ID_PPM, AV_CODEC_ID_PSD,     AV_CODEC_ID_QOI,
                                                 AV_CODEC_ID_SGI, AV_CODEC_ID_SUNRAST, AV_CODEC_ID_XWD};
  // A PCX file with a palette has it at its end, from where libav finds it.
  constexpr int kPlanes = 65;
  const bool has_end = codec == AV_CODEC_ID_PCX && packet.size > kPlanes && packet.data[kPlanes] == 1;
  return std::ranges::count(kCodecs, codec) > 0 && !has_end;
}

/// Appends bytes of `value`. Returns 0 or libav's error code.
int append_bytes(uint8_t value, AVPacket& packet) {
  constexpr int kBytes = 1 << 16;  // more than the padding of all rows
  const int size = packet.size;
  if (const int code = av_grow_packet(&packet, kBytes); code < 0) return code;
  std::memset(packet.data + size, value, kBytes);
  return 0;
}

/// The pixels of `packet` if it is followed by bytes of `value`; nothing if it can't be decoded.
std::vector<uint8_t> pixels_before(uint8_t value, AVCodecContext& decoder, const AVPacket& packet) {
  const LibavPtr<AVPacket> longer(av_packet_clone(&packet));
  const LibavPtr<AVFrame> frame(av_frame_alloc());
  if (longer == nullptr || frame == nullptr || append_bytes(value, *longer) < 0 ||
      avcodec_send_packet(&decoder, longer.get()) < 0 || avcodec_receive_frame(&decoder, frame.get()) < 0) {
    return {};
  }
  const auto format = static_cast<AVPixelFormat>(frame->format);
  const int bytes = av_image_get_buffer_size(format, frame->width, frame->height, 1);
  std::vector<uint8_t> pixels(static_cast<size_t>(std::max(bytes, 0)));
  const int copied = av_image_copy_to_buffer(pixels.data(), bytes, frame->data, frame->linesize, format,
                                             frame->width, frame->height, 1);
  return copied < 0 ? std::vector<uint8_t>() : pixels;
}

}  // namespace

int prepare_for_strict_decoding(AVPacket& packet, AVCodecID codec) {
  if (codec == AV_CODEC_ID_MJPEG) return end_with_ones(packet);
  if (codec == AV_CODEC_ID_TIFF) return keep_known_tags(packet);
  // If no more than the padding of the last row is missing, libav takes all rows for unpadded ones.
  return has_only_pixels(packet, codec) ? append_bytes(0, packet) : 0;
}

bool is_cut_off(AVCodecContext& decoder, const AVPacket& packet) {
  if (!has_only_pixels(packet, decoder.codec_id)) return false;
  decoder.err_recognition = 0;
  return pixels_before(0x00, decoder, packet) != pixels_before(0xFF, decoder, packet);
}

}  // namespace weir
