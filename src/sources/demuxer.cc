// SPDX-License-Identifier: Apache-2.0
#include "sources/demuxer.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <span>
#include <string_view>

#include <fmt/format.h>

#include "sources/matroska_size.h"
#include "sources/pictures/picture_formats.h"

namespace weir {
namespace {

/// What no library needs to be asked about.
Status check_file(const std::string& path) {
  struct stat about {};
  if (stat(path.c_str(), &about) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) {
      return Error{ErrorCode::kNotFound, fmt::format("no such file: '{}'", path)};
    }
    return Error{ErrorCode::kInvalidArgument, fmt::format("can't open '{}': {}", path, std::strerror(errno))};
  }
  const auto invalid = [&](std::string_view what) {
    return Error{ErrorCode::kInvalidArgument, fmt::format("'{}' {}", path, what)};
  };
  if (S_ISDIR(about.st_mode)) return invalid("is a folder; name a video or picture file");
  if (!S_ISREG(about.st_mode)) return invalid("is not a regular file; name a video or picture file");
  if (access(path.c_str(), R_OK) != 0) return invalid("can't be read: permission denied");
  if (about.st_size == 0) return invalid("is empty");
  return {};
}

bool belongs_to(const AVInputFormat& format, std::string_view family) {
  return std::string_view(format.name).find(family) != std::string_view::npos;
}

/// How much of a Matroska file was cut off.
int64_t missing_bytes(AVIOContext& io) {
  std::array<uint8_t, 64> head{};
  const int bytes = avio_read(&io, head.data(), static_cast<int>(head.size()));
  avio_seek(&io, 0, SEEK_SET);
  if (bytes < 0) return 0;
  const auto announced = announced_matroska_bytes(std::span(head).first(static_cast<size_t>(bytes)));
  return announced ? std::max<int64_t>(0, *announced - avio_size(&io)) : 0;
}

/// Motion JPEG without a container looks like a single JPEG to libav, so its name decides.
const AVInputFormat* format_by_name(const std::string& path) {
  const bool motion_jpeg = path.ends_with(".mjpeg") || path.ends_with(".mjpg");
  return motion_jpeg ? av_find_input_format("mjpeg") : nullptr;
}

}  // namespace

Result<Demuxer> Demuxer::open(const std::string& path) {
  WEIR_RETURN_IF_ERROR(check_file(path));
  Demuxer demuxer;
  WEIR_RETURN_IF_ERROR(demuxer.recognise(path));
  WEIR_RETURN_IF_ERROR(demuxer.choose_track(path));
  return demuxer;
}

Status Demuxer::recognise(const std::string& path) {
  AVIOContext* opened = nullptr;
  if (const int code = avio_open(&opened, ("file:" + path).c_str(), AVIO_FLAG_READ); code < 0) {
    return Error{ErrorCode::kInvalidArgument,
                 fmt::format("can't open '{}': {}", path, libav_error_text(code))};
  }
  LibavPtr<AVIOContext> io(opened);

  missing_bytes_ = missing_bytes(*opened);
  picture_header_ = read_heif_header(*opened);
  if (picture_header_ && !picture_header_->unsupported.empty()) {
    return unsupported_picture(path, picture_header_->unsupported);
  }

  // Without a file name only the content counts: libav would take "a%d.png" for many files and any
  // .txt for a video of a terminal.
  const AVInputFormat* format = format_by_name(path);
  const int score =
      format != nullptr ? AVPROBE_SCORE_MAX : av_probe_input_buffer2(opened, &format, "", nullptr, 0, 0);
  // A JPEG's score is low if its end mark is far or missing; nothing else begins like one.
  const bool is_sure = score > AVPROBE_SCORE_RETRY || (format != nullptr && picture_kind(*format) == "jpeg");
  if (format == nullptr || !is_sure) {
    if (const auto kind = unrecognised_kind(*opened)) return unsupported_picture(path, *kind);
    return Error{ErrorCode::kInvalidArgument, fmt::format("'{}' is not a video or picture", path)};
  }
  const auto kind = picture_kind(*format);
  if (kind && !is_read_rightly(*kind)) return unsupported_picture(path, fmt::format("{} pictures", *kind));

  AVFormatContext* context = avformat_alloc_context();
  if (context == nullptr) return Error{ErrorCode::kResourceExhausted, "out of memory for a container"};
  context->pb = opened;
  if (avformat_open_input(&context, "", format, nullptr) < 0) {  // frees the context when it fails
    return Error{ErrorCode::kInvalidArgument,
                 fmt::format("'{}' is damaged or cut off: it begins as {} but has no readable header", path,
                             format->long_name)};
  }
  static_cast<void>(io.release());  // context_ closes it
  context_.reset(context);
  still_ = kind || picture_header_ || is_icon(*format);
  return {};
}

Status Demuxer::choose_track(const std::string& path) {
  const auto no_video = [&] {
    const char* what = context_->nb_streams == 0 ? "is damaged, cut off or without content: it has no tracks"
                                                 : "has no video track";
    return Error{ErrorCode::kInvalidArgument, fmt::format("'{}' {}", path, what)};
  };
  // Its result says little: without parameters for some other track it fails, and video may do.
  static_cast<void>(avformat_find_stream_info(context_.get(), nullptr));
  const int index = is_icon(*context_->iformat)
                        ? largest_picture(*context_)
                        : av_find_best_stream(context_.get(), AVMEDIA_TYPE_VIDEO, -1, -1, nullptr, 0);
  if (index < 0) return no_video();
  for (unsigned i = 0; i < context_->nb_streams; ++i) {
    context_->streams[i]->discard = static_cast<int>(i) == index ? AVDISCARD_DEFAULT : AVDISCARD_ALL;
  }
  track_ = context_->streams[index];
  if ((track_->disposition & AV_DISPOSITION_ATTACHED_PIC) != 0) return no_video();  // a record's cover

  const AVRational rate = av_guess_frame_rate(context_.get(), track_, nullptr);
  const bool known = !still_ && rate.num > 0 && rate.den > 0;
  frame_rate_ = known ? av_q2d(rate) : 0;
  return {};
}

bool Demuxer::read(AVPacket& packet) {
  do {
    end_code_ = av_read_frame(context_.get(), &packet);
    if (end_code_ < 0) return false;
    if (packet.stream_index == track_->index) break;
    av_packet_unref(&packet);
  } while (true);
  ++packets_;
  last_end_ = packet.pos < 0 ? -1 : packet.pos + packet.size;
  if ((packet.flags & AV_PKT_FLAG_CORRUPT) != 0) ++damaged_packets_;
  return true;
}

bool Demuxer::seek_to_start() {
  const AVIndexEntry* first = avformat_index_get_entry(track_, 0);
  if (still_ || first == nullptr ||
      av_seek_frame(context_.get(), track_->index, first->timestamp, AVSEEK_FLAG_BACKWARD) < 0) {
    return false;
  }
  packets_ = 0;
  damaged_packets_ = 0;
  return true;
}

std::optional<std::string> Demuxer::shortfall() const {
  if (end_code_ < 0 && end_code_ != AVERROR_EOF) {
    return fmt::format("reading it stopped early ({})", libav_error_text(end_code_));
  }
  // An MP4 lists all of its packets; other containers' lists may be partial.
  const int64_t listed = belongs_to(*context_->iformat, "mp4") ? avformat_index_get_entries_count(track_) : 0;
  if (listed > packets_) return fmt::format("{} of {} frames are missing", listed - packets_, listed);
  if (begins_animation_frame(*context_->pb, last_end_, *context_->iformat))
    return "the last frame is incomplete";
  if (missing_bytes_ > 0) return fmt::format("the last {} bytes are missing", missing_bytes_);
  if (damaged_packets_ > 0) return fmt::format("{} packets are incomplete", damaged_packets_);
  return std::nullopt;
}

std::optional<int64_t> Demuxer::announced_frames() const {
  if (still_) return 1;
  if (track_->nb_frames > 0) return track_->nb_frames;
  const double seconds = track_->duration > 0
                             ? static_cast<double>(track_->duration) * av_q2d(track_->time_base)
                         : context_->duration > 0 ? static_cast<double>(context_->duration) / AV_TIME_BASE
                                                  : 0;
  const double frames = seconds * frame_rate_;
  if (frames < 1 || frames > 1e15) return std::nullopt;
  return static_cast<int64_t>(frames + 0.5);
}

}  // namespace weir
