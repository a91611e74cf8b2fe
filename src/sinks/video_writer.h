// SPDX-License-Identifier: Apache-2.0
// An H.264 video as MP4, for people to look at: a file, or a named pipe that a player reads.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "base/interrupt.h"
#include "base/result.h"
#include "sinks/libav_output.h"
#include "sinks/mp4_file.h"
#include "types/picture.h"

namespace weir {

/// States: open -> failed at the first error; finish() still closes the file. One thread at a time.
class VideoWriter {
 public:
  /// Creates or empties the file; a named pipe gets a fragmented MP4, which needs no seeking. Size (an odd
  /// side loses its last row or column), matrix and range of the video are those of `first`; `frame_rate` <=
  /// 0: unknown. `interrupt` ends waiting for the reader of a pipe. Errors name the file: kUnsupported (no
  /// H.264 encoder), kInvalidArgument (it can't be made), kResourceExhausted, kUnavailable, kCancelled
  /// (interrupted).
  [[nodiscard]] static Result<std::unique_ptr<VideoWriter>> create(
      const std::string& path, const PictureView& first, double frame_rate,
      std::shared_ptr<const Interrupt> interrupt = nullptr);

  /// Encodes an upright I420 picture; one of another size than the first is scaled to it. `pts` rises
  /// from call to call, and is kept to the precision of the file's ticks: 1/90000 s, unless a picture stays
  /// for more than 6.6 hours (Mp4File).
  [[nodiscard]] Status write(const PictureView& i420, std::chrono::nanoseconds pts);

  /// Writes what the encoder holds back, then the index of the file. Nothing is told twice: after a
  /// failed write() it succeeds.
  [[nodiscard]] Status finish();

 private:
  VideoWriter(std::string path, std::shared_ptr<const Interrupt> interrupt)
      : path_(std::move(path)), file_(path_, std::move(interrupt)) {}
  [[nodiscard]] Status open_encoder(const PictureView& first, double frame_rate);
  [[nodiscard]] LibavOutputPtr<AVFrame> fitted(const PictureView& i420);
  [[nodiscard]] int encode_and_mux(const AVFrame* frame);
  /// What went wrong with the file, else what libav's `code` says.
  [[nodiscard]] Error error(int code) const;

  std::string path_;
  LibavOutputPtr<AVCodecContext> encoder_;
  Mp4File file_;
  LibavOutputPtr<SwsContext> scaler_;
  int64_t last_pts_ = -1;  // in ticks of Mp4File
  bool failed_ = false;
};

}  // namespace weir
