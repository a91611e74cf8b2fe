// SPDX-License-Identifier: Apache-2.0
#include "sources/demuxer.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "sources/container/second_file.h"
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

Result<LibavPtr<AVIOContext>> open_bytes(const std::string& path, const ByteRange& range) {
  auto io = FileBytes::open(path, range);
  if (!io) return std::move(io).error().in(fmt::format("can't open '{}'", path));
  return io;
}

ReadAt reader(const FileBytes& bytes) {
  return [&bytes](int64_t offset, std::span<uint8_t> into) { return bytes.read_at(offset, into); };
}

/// Lists of files, which libav would open by their names.
bool is_playlist(const AVInputFormat& format) {
  constexpr std::array<std::string_view, 6> kPlaylists{"hls", "dash", "concat",
                                                       "imf", "sdp",  "webm_dash_manifest"};
  return std::ranges::find(kPlaylists, std::string_view(format.name)) != kPlaylists.end();
}

/// Whatever a file names: only what the user names is opened.
int open_nothing(AVFormatContext*, AVIOContext**, const char*, int, AVDictionary**) {
  return AVERROR(EPERM);
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

/// The index of a transport stream's video; -1 if it isn't there.
int index_of_video(const AVFormatContext& context, int pid) {
  for (unsigned i = 0; i < context.nb_streams; ++i) {
    const AVStream& track = *context.streams[i];
    if (track.id == pid && track.codecpar->codec_type == AVMEDIA_TYPE_VIDEO) return track.index;
  }
  return -1;
}

/// Motion JPEG without a container looks like a single JPEG to libav, so its name decides.
const AVInputFormat* format_by_name(const std::string& path) {
  const bool motion_jpeg = path.ends_with(".mjpeg") || path.ends_with(".mjpg");
  return motion_jpeg ? av_find_input_format("mjpeg") : nullptr;
}

}  // namespace

Result<Demuxer> Demuxer::open(const std::string& path, const FilePart& part) {
  WEIR_RETURN_IF_ERROR(check_file(path));
  WEIR_ASSIGN_OR_RETURN(Demuxer demuxer, open_part(path, part));
  if (!belongs_to(*demuxer.context_->iformat, "mpegts")) return demuxer;
  MpegtsJointFinder finder = demuxer.joint_finder();
  if (!finder.joint()) {
    demuxer.bytes().watch(std::move(finder));
    return demuxer;
  }
  // libav has seen both sides of the joint, and would mix them.
  const FilePart next = demuxer.part_from(*finder.joint());
  FilePart shorter = demuxer.part_;
  shorter.range.end = shorter.range.begin + finder.joint()->ends_at;
  shorter.pid = finder.pid();
  WEIR_ASSIGN_OR_RETURN(demuxer, open_part(path, shorter));
  demuxer.next_part_ = next;
  return demuxer;
}

Result<Demuxer> Demuxer::open_part(const std::string& path, const FilePart& part) {
  Demuxer demuxer;
  demuxer.part_ = part;
  WEIR_RETURN_IF_ERROR(demuxer.recognise(path));
  WEIR_RETURN_IF_ERROR(demuxer.choose_track(path));
  return demuxer;
}

Status Demuxer::recognise(const std::string& path) {
  WEIR_ASSIGN_OR_RETURN(LibavPtr<AVIOContext> io, open_bytes(path, part_.range));
  missing_bytes_ = missing_bytes(*io);
  picture_header_ = read_heif_header(*io);
  if (picture_header_ && !picture_header_->unsupported.empty()) {
    return unsupported_picture(path, picture_header_->unsupported);
  }

  // Without a file name only the content counts: libav would take "a%d.png" for many files and any
  // .txt for a video of a terminal.
  const AVInputFormat* format = part_.format != nullptr ? part_.format : format_by_name(path);
  const int score =
      format != nullptr ? AVPROBE_SCORE_MAX : av_probe_input_buffer2(io.get(), &format, "", nullptr, 0, 0);
  // A JPEG's score is low if its end mark is far or missing; nothing else begins like one.
  const bool is_sure = score > AVPROBE_SCORE_RETRY || (format != nullptr && picture_kind(*format) == "jpeg");
  if (format == nullptr || !is_sure) {
    if (const auto kind = unrecognised_kind(*io)) return unsupported_picture(path, *kind);
    return Error{ErrorCode::kInvalidArgument, fmt::format("'{}' is not a video or picture", path)};
  }
  if (is_playlist(*format)) {
    return Error{ErrorCode::kUnsupported,
                 fmt::format("'{}' only points to other files ({}); name the video files themselves", path,
                             format->long_name)};
  }
  const auto kind = picture_kind(*format);
  if (kind && !is_read_rightly(*kind)) return unsupported_picture(path, fmt::format("{} pictures", *kind));
  if (const auto second = second_file_at(format->name, reader(FileBytes::of(*io)))) {
    part_.range.end = part_.range.begin + *second;
    next_part_ = FilePart{{*part_.range.end, std::nullopt}, format, std::nullopt};
    WEIR_ASSIGN_OR_RETURN(io, open_bytes(path, part_.range));  // without what was read beyond it
  }

  AVFormatContext* context = avformat_alloc_context();
  if (context == nullptr) return Error{ErrorCode::kResourceExhausted, "out of memory for a container"};
  context->pb = io.get();
  context->io_open = open_nothing;
  context->correct_ts_overflow = 0;  // PtsTimeline does it, every time, and knows a clock that was set back
  if (avformat_open_input(&context, "", format, nullptr) < 0) {  // frees the context when it fails
    return Error{ErrorCode::kInvalidArgument,
                 fmt::format("'{}' is damaged or cut off: it begins as {} but has no readable header", path,
                             format->long_name)};
  }
  static_cast<void>(io.release());  // context_ closes it
  context_.reset(context);
  part_.format = format;
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
  const int wanted = part_.pid ? index_of_video(*context_, *part_.pid) : -1;
  const int index = is_icon(*context_->iformat)
                        ? largest_picture(*context_)
                        : av_find_best_stream(context_.get(), AVMEDIA_TYPE_VIDEO, wanted, -1, nullptr, 0);
  if (index < 0) return no_video();
  // Where packets come in the order of the file, another video may begin where ours ends.
  const bool in_file_order = belongs_to(*context_->iformat, "mpeg");
  for (unsigned i = 0; i < context_->nb_streams; ++i) {
    AVStream& track = *context_->streams[i];
    const bool may_follow = in_file_order && track.codecpar->codec_type == AVMEDIA_TYPE_VIDEO;
    track.discard = static_cast<int>(i) == index || may_follow ? AVDISCARD_DEFAULT : AVDISCARD_ALL;
  }
  track_ = context_->streams[index];
  if ((track_->disposition & AV_DISPOSITION_ATTACHED_PIC) != 0) return no_video();  // a record's cover

  const AVRational rate = av_guess_frame_rate(context_.get(), track_, nullptr);
  const bool known = !still_ && rate.num > 0 && rate.den > 0;
  frame_rate_ = known ? av_q2d(rate) : 0;
  return {};
}

/// Has read what libav may have looked at to find the tracks. Of the first video if that has its joint there,
/// else of the track.
MpegtsJointFinder Demuxer::joint_finder() const {
  const auto read_as_far = [&](MpegtsJointFinder finder) {
    const int64_t end = std::max<int64_t>(bytes().position(), context_->probesize);
    std::vector<uint8_t> buffer(1 << 16);
    while (!finder.joint() && finder.position() < end) {
      const auto got = bytes().read_at(finder.position(), buffer);
      if (got.empty()) break;
      finder.read(got);
    }
    return finder;
  };
  // libav may have chosen the video behind the joint.
  MpegtsJointFinder first = read_as_far(MpegtsJointFinder(part_.pid));
  const bool is_ours = first.pid() == track_->id || (first.joint() && !first.has_seen(track_->id));
  return is_ours ? std::move(first) : read_as_far(MpegtsJointFinder(track_->id));
}

/// Always farther on than this part, so that reading ends.
FilePart Demuxer::part_from(const MpegtsJoint& joint) const {
  const int64_t begin = joint.begins_at > 0 ? joint.begins_at : joint.ends_at;
  return {{part_.range.begin + begin, std::nullopt}, part_.format, joint.pid};
}

std::optional<FilePart> Demuxer::next_part() const {
  if (next_part_) return next_part_;
  const auto joint = bytes().joint();
  return joint ? std::optional(part_from(*joint)) : std::nullopt;
}

bool Demuxer::read(AVPacket& packet) {
  do {
    end_code_ = av_read_frame(context_.get(), &packet);
    if (end_code_ < 0) return false;
    if (packet.stream_index == track_->index) break;
    note_other_video(packet);
    av_packet_unref(&packet);
  } while (true);
  if (followers_ > 0 && packet.pos > followers_at_) leave_out_others();
  ++packets_;
  last_end_ = packet.pos < 0 ? -1 : packet.pos + packet.size;
  if ((packet.flags & AV_PKT_FLAG_CORRUPT) != 0) ++damaged_packets_;
  return true;
}

/// Another video that begins where ours has ended, as far as can be seen now.
void Demuxer::note_other_video(const AVPacket& packet) {
  const AVStream& track = *context_->streams[packet.stream_index];
  if (track.codecpar->codec_type != AVMEDIA_TYPE_VIDEO || track.discard == AVDISCARD_ALL) return;
  if (followers_++ == 0) followers_at_ = packet.pos;
}

/// They are beside ours, not behind it.
void Demuxer::leave_out_others() {
  followers_ = 0;
  for (unsigned i = 0; i < context_->nb_streams; ++i) {
    if (context_->streams[i] != track_) context_->streams[i]->discard = AVDISCARD_ALL;
  }
}

bool Demuxer::seek_to_start() {
  const AVIndexEntry* first = avformat_index_get_entry(track_, 0);
  if (still_ || first == nullptr ||
      av_seek_frame(context_.get(), track_->index, first->timestamp, AVSEEK_FLAG_BACKWARD) < 0) {
    return false;
  }
  packets_ = 0;
  damaged_packets_ = 0;
  followers_ = 0;
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
  if (followers_ > 0) return fmt::format("{} packets of the video that follows it are not read", followers_);
  if (belongs_to(*context_->iformat, "flv")) {
    if (const auto second = second_flv_at(reader(bytes())))
      return fmt::format("another video from byte {} on can't be read whole", *second);
  }
  return std::nullopt;
}

std::optional<int64_t> Demuxer::announced_frames() const {
  if (still_) return 1;
  if (next_part_) return std::nullopt;  // there are more than in this one
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
