// SPDX-License-Identifier: Apache-2.0
#include "sinks/video_writer.h"

#include <algorithm>

#include <fmt/format.h>

extern "C" {
#include <libavutil/mathematics.h>
#include <libavutil/opt.h>
}

namespace weir {
namespace {

constexpr AVRational kNanosecond{1, 1'000'000'000};

/// 4:2:0 needs whole pairs.
int even(int side_px) {
  return std::max(2, side_px & ~1);
}

}  // namespace

Result<std::unique_ptr<VideoWriter>> VideoWriter::create(const std::string& path, const PictureView& first,
                                                         double frame_rate,
                                                         std::shared_ptr<const Interrupt> interrupt) {
  silence_libav();
  std::unique_ptr<VideoWriter> writer(new VideoWriter(path, std::move(interrupt)));
  WEIR_RETURN_IF_ERROR(writer->open_encoder(first, frame_rate));
  if (const int code = writer->file_.open(*writer->encoder_); code < 0) {
    Error error = writer->error(code);
    if (error.code == ErrorCode::kNotFound) error.code = ErrorCode::kInvalidArgument;
    return error;
  }
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
  encoder_->time_base = Mp4File::kTick;
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

Status VideoWriter::write(const PictureView& i420, std::chrono::nanoseconds pts) {
  const LibavOutputPtr<AVFrame> frame = fitted(i420);
  int code = AVERROR(ENOMEM);
  if (frame != nullptr) {
    last_pts_ = std::max(last_pts_ + 1, av_rescale_q(pts.count(), kNanosecond, Mp4File::kTick));
    frame->pts = last_pts_;
    code = encode_and_mux(frame.get());
  }
  failed_ = code < 0;
  if (failed_) return error(code);
  return {};
}

Status VideoWriter::finish() {
  int code = encode_and_mux(nullptr);
  const int closed = file_.close();
  if (code >= 0) code = closed;
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
  return encode(*encoder_, frame, [&](AVPacket& packet) { return file_.write(packet); });
}

Error VideoWriter::error(int code) const {
  const std::string what = fmt::format("writing '{}' failed", path_);
  return file_.failure() ? file_.failure()->in(what) : libav_output_error(what, code);
}

}  // namespace weir
