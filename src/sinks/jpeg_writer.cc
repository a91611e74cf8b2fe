// SPDX-License-Identifier: Apache-2.0
#include "sinks/jpeg_writer.h"

#include <memory>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/file.h"
#include "sinks/libav_output.h"
#include "sinks/output_file.h"

namespace weir {
namespace {

/// `frame` in another pixel format, both with the given matrix; null where memory is out.
LibavOutputPtr<AVFrame> converted(const AVFrame& frame, AVPixelFormat format, AVColorSpace matrix,
                                  bool full_range) {
  const LibavOutputPtr<SwsContext> converter(
      sws_getContext(frame.width, frame.height, static_cast<AVPixelFormat>(frame.format), frame.width,
                     frame.height, format, SWS_BILINEAR | SWS_ACCURATE_RND, nullptr, nullptr, nullptr));
  LibavOutputPtr<AVFrame> result(av_frame_alloc());
  if (converter == nullptr || result == nullptr) return nullptr;
  constexpr int kUnchanged = 1 << 16;  // contrast and saturation, 16.16
  const int* coefficients = sws_getCoefficients(matrix);
  const int range = full_range ? 1 : 0;
  sws_setColorspaceDetails(converter.get(), coefficients, range, coefficients, range, 0, kUnchanged,
                           kUnchanged);
  return sws_scale_frame(converter.get(), result.get(), &frame) < 0 ? nullptr : std::move(result);
}

/// JPEG is BT.601, full range, whatever the video was. By way of RGB: libswscale doesn't convert from
/// one matrix to another.
LibavOutputPtr<AVFrame> in_jpeg_colors(const PictureView& i420) {
  LibavOutputPtr<AVFrame> frame = frame_on(i420);
  const bool full_range = i420.range == ColorRange::kFull;
  if (frame == nullptr || (i420.matrix == ColorMatrix::kBt601 && full_range)) return frame;
  const LibavOutputPtr<AVFrame> rgb = converted(*frame, AV_PIX_FMT_RGB24, frame->colorspace, full_range);
  return rgb == nullptr ? nullptr : converted(*rgb, AV_PIX_FMT_YUV420P, AVCOL_SPC_SMPTE170M, true);
}

Status write_file(const std::string& path, std::string_view bytes,
                  std::shared_ptr<const Interrupt> interrupt) {
  WEIR_ASSIGN_OR_RETURN(const std::unique_ptr<OutputFile> file,
                        OutputFile::create(path, std::move(interrupt)));
  Status status = file->write(bytes);
  if (status) status = file->close();
  if (!status) remove_file(path);
  return status;
}

LibavOutputPtr<AVCodecContext> jpeg_encoder(int width_px, int height_px) {
  const AVCodec* codec = avcodec_find_encoder(AV_CODEC_ID_MJPEG);
  LibavOutputPtr<AVCodecContext> encoder(avcodec_alloc_context3(codec));
  if (codec == nullptr || encoder == nullptr) return nullptr;
  constexpr int kQuality = 2;  // 1 is best, 31 worst
  encoder->width = width_px;
  encoder->height = height_px;
  encoder->pix_fmt = AV_PIX_FMT_YUVJ420P;
  encoder->color_range = AVCOL_RANGE_JPEG;
  encoder->time_base = {1, 1};
  encoder->thread_count = 1;
  encoder->flags |= AV_CODEC_FLAG_QSCALE;
  encoder->global_quality = FF_QP2LAMBDA * kQuality;
  return avcodec_open2(encoder.get(), codec, nullptr) < 0 ? nullptr : std::move(encoder);
}

}  // namespace

Status write_jpeg(const std::string& path, const PictureView& i420,
                  std::shared_ptr<const Interrupt> interrupt) {
  const std::string failed = fmt::format("writing '{}' failed", path);
  const LibavOutputPtr<AVCodecContext> encoder = jpeg_encoder(i420.width_px, i420.height_px);
  const LibavOutputPtr<AVFrame> frame = in_jpeg_colors(i420);
  int code = AVERROR(ENOMEM);
  std::string bytes;
  if (encoder != nullptr && frame != nullptr) {
    frame->format = AV_PIX_FMT_YUVJ420P;
    frame->color_range = AVCOL_RANGE_JPEG;
    frame->quality = encoder->global_quality;
    const auto keep = [&](const AVPacket& packet) {
      bytes.append(reinterpret_cast<const char*>(packet.data), static_cast<size_t>(packet.size));
      return 0;
    };
    code = encode(*encoder, frame.get(), keep);
    if (code >= 0) code = encode(*encoder, nullptr, keep);
  }
  if (code < 0) return libav_output_error(failed, code);
  const Status status = write_file(path, bytes, std::move(interrupt));
  if (!status) return status.error().in(failed);
  return {};
}

}  // namespace weir
