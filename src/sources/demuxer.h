// SPDX-License-Identifier: Apache-2.0
// From a file to the packets of its video track, and everything that can be wrong with a file before that.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "sources/container/file_bytes.h"
#include "sources/libav.h"
#include "sources/pictures/picture_header.h"

namespace weir {

/// A file may hold several videos that follow each other, each with its own parameters.
struct FilePart {
  ByteRange range;
  const AVInputFormat* format = nullptr;  ///< null: recognised by the content
  std::optional<int> pid;                 ///< of an MPEG-TS: the video's
};

/// The video track of one file, or of one part of it. Thread-bound: source thread.
class Demuxer {
 public:
  /// Opens a video or picture, recognised by its content. Errors name the file: kNotFound,
  /// kInvalidArgument (a folder, no permission, empty, no video, no video track), kUnsupported (a playlist).
  [[nodiscard]] static Result<Demuxer> open(const std::string& path, const FilePart& part = {});

  /// The next packet of the track; false at the end of what can be read of this part.
  [[nodiscard]] bool read(AVPacket& packet);

  /// True once the next packet is the first again; false where this container has no way back and has
  /// to be opened anew.
  [[nodiscard]] bool seek_to_start();

  /// At the end: what the container announced or began but the file doesn't hold, as the end of a
  /// sentence; nothing where all of it was there.
  [[nodiscard]] std::optional<std::string> shortfall() const;

  /// At the end: the part that the file goes on with.
  [[nodiscard]] std::optional<FilePart> next_part() const;

  [[nodiscard]] const AVStream& track() const { return *track_; }
  [[nodiscard]] double frame_rate() const { return frame_rate_; }  ///< frames a second, 0: unknown
  [[nodiscard]] bool is_still() const { return still_; }           ///< a picture, not a video
  [[nodiscard]] std::optional<int64_t> announced_frames() const;   ///< as far as the container tells
  /// Of a picture whose container holds its header; other pictures' headers are in their packet.
  [[nodiscard]] const std::optional<PictureHeader>& picture_header() const { return picture_header_; }

 private:
  Demuxer() = default;
  [[nodiscard]] static Result<Demuxer> open_part(const std::string& path, const FilePart& part);
  [[nodiscard]] Status recognise(const std::string& path);
  [[nodiscard]] Status choose_track(const std::string& path);
  void note_other_video(const AVPacket& packet);
  void leave_out_others();
  [[nodiscard]] MpegtsJointFinder joint_finder() const;
  [[nodiscard]] FilePart part_from(const MpegtsJoint& joint) const;
  [[nodiscard]] FileBytes& bytes() const { return FileBytes::of(*context_->pb); }

  FilePart part_;
  std::optional<FilePart> next_part_;  // where that was known before reading
  LibavPtr<AVFormatContext> context_;
  AVStream* track_ = nullptr;
  double frame_rate_ = 0;
  bool still_ = false;
  std::optional<PictureHeader> picture_header_;

  int64_t followers_ = 0;     // packets of other videos since ours had its last one
  int64_t followers_at_ = 0;  // the first of them

  int64_t missing_bytes_ = 0;    // that the container announced but the file doesn't hold
  int64_t packets_ = 0;          // since the start
  int64_t damaged_packets_ = 0;  // of these, cut short or with gaps
  int64_t last_end_ = -1;        // of the last packet, as a place in the file; -1: not known
  int end_code_ = 0;             // what ended the reading
};

}  // namespace weir
