// SPDX-License-Identifier: Apache-2.0
// Videos and pictures from files, decoded by libav. Most frames reach the letterbox without a copy.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "sources/demuxer.h"
#include "sources/key_frames.h"
#include "sources/libav.h"
#include "sources/pictures/picture_header.h"
#include "sources/pixel_converter.h"
#include "sources/pts_timeline.h"
#include "sources/source.h"
#include "sources/surface_pool.h"

namespace weir {

/// All frames of a file, also where one video follows another in it; info() is that of the first.
/// Decodes on the calling thread: an engine with a thread per stream gains nothing from more, and each
/// would hold further surfaces. Pixels are square: an anamorphic video is shown as stored.
class FileSource final : public Source {
 public:
  /// Opens the file and decodes its first frame, so that a file without any is found here. `account`
  /// counts picture memory also when the source is gone. Errors name the file: kNotFound,
  /// kInvalidArgument (not a readable video with at least one frame), kUnsupported (no decoder, encrypted,
  /// too many pixels, a kind of picture that isn't read rightly).
  [[nodiscard]] static Result<std::unique_ptr<FileSource>> create(
      const std::string& path, std::shared_ptr<SurfaceAccount> account = std::make_shared<SurfaceAccount>());

  [[nodiscard]] const SourceInfo& info() const override { return info_; }

  /// As Source says. A damaged or truncated file gives all that can be decoded, then one
  /// kInvalidArgument that says what was wrong and how many frames were read, then its end.
  [[nodiscard]] Result<std::optional<Picture>> read(const std::stop_token& stop = {}) override;
  [[nodiscard]] Status rewind() override;
  [[nodiscard]] int64_t surface_bytes() const override { return *account_; }

 private:
  FileSource(std::string path, Demuxer demuxer, std::shared_ptr<SurfaceAccount> account);
  [[nodiscard]] Status open_decoder();
  [[nodiscard]] Status read_first();
  void describe(const Picture& first);

  [[nodiscard]] Result<std::optional<Picture>> decode_next();
  void close_part();
  [[nodiscard]] bool open_next_part();
  [[nodiscard]] Status feed_decoder();
  [[nodiscard]] Status look_at(const AVPacket& packet);
  [[nodiscard]] Status look_at_picture(const AVPacket& packet);
  [[nodiscard]] int decode(AVPacket& packet);
  [[nodiscard]] Status note_failed_packet(int code);
  [[nodiscard]] Result<std::optional<Picture>> finish();
  [[nodiscard]] Result<Picture> to_picture(LibavPtr<AVFrame> frame);
  [[nodiscard]] Orientation orientation_for(const AVFrame& frame);

  std::string path_;
  std::shared_ptr<SurfaceAccount> account_;
  Demuxer demuxer_;
  SurfacePool surfaces_;  // outlives decoder_, which allocates from it
  LibavPtr<AVCodecContext> decoder_;
  LibavPtr<AVPacket> packet_;
  PixelConverter converter_;
  PtsTimeline timeline_;
  StampJudge stamps_;
  SourceInfo info_;
  std::optional<PictureHeader> picture_header_;  // of a still, where weir reads it

  std::optional<Picture> first_;  // decoded by create(), not read yet
  bool ended_ = false;
  bool told_odd_angle_ = false;
  bool has_made_up_parts_ = false;  // the picture that the decoder got last
  KeyFrames key_frames_;
  int parts_ = 1;                   // of the file, opened since the start
  std::vector<std::string> flaws_;  // of the parts that are closed, and what kept the next from being opened
  int64_t frames_before_ = 0;       // of these
  int64_t failed_before_ = 0;       // packets of these
  int64_t frames_ = 0;              // decoded since the start
  int64_t damaged_frames_ = 0;      // of these, with parts made up by the decoder
  int64_t failed_packets_ = 0;
};

}  // namespace weir
