// SPDX-License-Identifier: Apache-2.0
#include "sinks/video_writer.h"

#include <algorithm>

#include <fmt/format.h>

extern "C" {
#include <libavutil/mathematics.h>
#include <libavutil/opt.h>
}

#include "base/file.h"

namespace weir {
namespace {

constexpr AVRational kTimeBase{1, 90'000};  // whole numbers for all usual frame rates
constexpr AVRational kNanosecond{1, 1'000'000'000};

#if LIBAVFORMAT_VERSION_MAJOR < 61
using IoBytes = uint8_t*;
#else
using IoBytes = const uint8_t*;
#endif

/// libav's callbacks on an OutputFile, whose failure() keeps the reason.
int write_bytes(void* output, IoBytes bytes, int count) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), static_cast<size_t>(count));
  return static_cast<OutputFile*>(output)->write(text) ? count : AVERROR(EIO);
}

int64_t seek(void* output, int64_t offset_bytes, int whence) {
  auto& file = *static_cast<OutputFile*>(output);
  if (whence == AVSEEK_SIZE) return file.size_bytes();
  if (whence != SEEK_SET) return AVERROR(ENOSYS);
  return file.seek(offset_bytes) ? offset_bytes : AVERROR(EIO);
}

/// 4:2:0 needs whole pairs.
int even(int side_px) {
  return std::max(2, side_px & ~1);
}

std::string writing_failed(const std::string& path) {
  return fmt::format("writing '{}' failed", path);
}

}  // namespace

Result<std::unique_ptr<VideoWriter>> VideoWriter::create(const std::string& path, const PictureView& first,
                                                         double frame_rate,
                                                         std::shared_ptr<const Interrupt> interrupt) {
  silence_libav();
  std::unique_ptr<VideoWriter> writer(new VideoWriter(path));
  WEIR_RETURN_IF_ERROR(writer->open_encoder(first, frame_rate));
  WEIR_RETURN_IF_ERROR(writer->open_file(std::move(interrupt)));
  WEIR_RETURN_IF_ERROR(writer->write_header());
  return writer;
}

Status VideoWriter::open_encoder(const PictureView& first, double frame_rate) {
  const AVCodec* codec = avcodec_find_encoder_by_name("libx264");
  if (codec == nullptr) {
    return Error{ErrorCode::kUnsupported,
                 fmt::format("can't write '{}': this libavcodec was built without libx264", path_)};
  }
  encoder_.reset(avcodec_alloc_context3(codec));
  if (encoder_ == nullptr) return error(AVERROR(ENOMEM));
  encoder_->width = even(first.width_px);
  encoder_->height = even(first.height_px);
  encoder_->pix_fmt = AV_PIX_FMT_YUV420P;
  encoder_->colorspace = libav_matrix(first.matrix);
  encoder_->color_range = libav_range(first.range);
  encoder_->time_base = kTimeBase;
  if (frame_rate > 0) encoder_->framerate = av_d2q(frame_rate, 1'000'000);
  encoder_->thread_count = 1;  // the cores belong to inference
  encoder_->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
  av_opt_set(encoder_->priv_data, "preset", "veryfast", 0);
  av_opt_set(encoder_->priv_data, "crf", "23", 0);
  // No frames held back: less memory for every stream, and a stopped run ends at once.
  av_opt_set(encoder_->priv_data, "tune", "zerolatency", 0);
  if (const int code = avcodec_open2(encoder_.get(), codec, nullptr); code < 0) return error(code);
  return {};
}

Status VideoWriter::open_file(std::shared_ptr<const Interrupt> interrupt) {
  auto output = OutputFile::create(path_, std::move(interrupt));
  if (!output) return Error{ErrorCode::kInvalidArgument, output.error().in(writing_failed(path_)).message};
  output_ = *std::move(output);
  AVFormatContext* file = nullptr;
  if (const int code = avformat_alloc_output_context2(&file, nullptr, "mp4", nullptr); code < 0)
    return error(code);
  file_.reset(file);
  AVStream* track = avformat_new_stream(file, nullptr);
  if (track == nullptr) return error(AVERROR(ENOMEM));
  track->time_base = kTimeBase;
  track->avg_frame_rate = encoder_->framerate;
  const int code = avcodec_parameters_from_context(track->codecpar, encoder_.get());
  if (code < 0) return error(code);

  constexpr int kBufferBytes = 32 << 10;
  auto* buffer = static_cast<uint8_t*>(av_malloc(kBufferBytes));
  io_.reset(avio_alloc_context(buffer, kBufferBytes, /*write_flag=*/1, output_.get(), nullptr, write_bytes,
                               output_->can_seek() ? seek : nullptr));
  if (buffer == nullptr || io_ == nullptr) return error(AVERROR(ENOMEM));
  file->pb = io_.get();
  return {};
}

Status VideoWriter::write_header() {
  AVDictionary* options = nullptr;
  if (!output_->can_seek()) {  // nothing can be filled in later: a piece that stands for itself every half
                               // second
    av_dict_set(&options, "movflags", "empty_moov+default_base_moof", 0);
    av_dict_set(&options, "frag_duration", "500000", 0);
  }
  const int code = avformat_write_header(file_.get(), &options);
  av_dict_free(&options);
  if (code >= 0) return {};
  remove_file(path_);
  return error(code);
}

Status VideoWriter::write(const PictureView& i420, std::chrono::nanoseconds pts) {
  const LibavOutputPtr<AVFrame> frame = fitted(i420);
  int code = AVERROR(ENOMEM);
  if (frame != nullptr) {
    last_pts_ = std::max(last_pts_ + 1, av_rescale_q(pts.count(), kNanosecond, kTimeBase));
    frame->pts = last_pts_;
    code = encode_and_mux(frame.get());
  }
  failed_ = code < 0;
  if (failed_) return error(code);
  return {};
}

Status VideoWriter::finish() {
  int code = encode_and_mux(nullptr);
  const int trailer = av_write_trailer(file_.get());
  if (code >= 0) code = trailer;
  if (code >= 0) code = output_->close() ? 0 : AVERROR(EIO);
  if (code < 0 && !failed_) return error(code);
  return {};
}

/// A frame of the video's size: a view where cropping one row or column is enough.
LibavOutputPtr<AVFrame> VideoWriter::fitted(const PictureView& i420) {
  LibavOutputPtr<AVFrame> frame = frame_on(i420);
  if (frame == nullptr) return nullptr;
  if (even(i420.width_px) == encoder_->width && even(i420.height_px) == encoder_->height &&
      i420.width_px > 1 && i420.height_px > 1) {
    frame->width = encoder_->width;
    frame->height = encoder_->height;
    return frame;
  }
  scaler_.reset(sws_getCachedContext(scaler_.release(), i420.width_px, i420.height_px, AV_PIX_FMT_YUV420P,
                                     encoder_->width, encoder_->height, AV_PIX_FMT_YUV420P, SWS_BILINEAR,
                                     nullptr, nullptr, nullptr));
  LibavOutputPtr<AVFrame> scaled(av_frame_alloc());
  if (scaler_ == nullptr || scaled == nullptr ||
      sws_scale_frame(scaler_.get(), scaled.get(), frame.get()) < 0) {
    return nullptr;
  }
  return scaled;
}

int VideoWriter::encode_and_mux(const AVFrame* frame) {
  return encode(*encoder_, frame, [&](AVPacket& packet) {
    av_packet_rescale_ts(&packet, kTimeBase, file_->streams[0]->time_base);
    return av_interleaved_write_frame(file_.get(), &packet);
  });
}

Error VideoWriter::error(int code) const {
  if (output_ != nullptr && output_->failure()) return output_->failure()->in(writing_failed(path_));
  return libav_output_error(writing_failed(path_), code);
}

}  // namespace weir
