// SPDX-License-Identifier: Apache-2.0
#include "sources/file_source.h"

#include <chrono>
#include <cstring>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <spdlog/spdlog.h>

extern "C" {
#include <libavutil/pixdesc.h>
}

#include "sources/picture_view.h"
#include "sources/pictures/picture_header.h"
#include "sources/strict_decoding.h"

namespace weir {
namespace {

using std::chrono::nanoseconds;
using std::chrono::steady_clock;

const Error kOutOfMemory{ErrorCode::kResourceExhausted, "out of memory while decoding"};

/// No camera is near this; a damaged header may be far beyond it.
constexpr int64_t kMostPixels = 1 << 28;

nanoseconds frame_duration(double frame_rate) {
  constexpr double kGuess = 25;  // libav's own, for streams without any timing
  return nanoseconds(static_cast<int64_t>(1e9 / (frame_rate > 0 ? frame_rate : kGuess)));
}

TrackClock clock_of(const Demuxer& demuxer) {
  return {demuxer.track().time_base, demuxer.track().pts_wrap_bits, frame_duration(demuxer.frame_rate())};
}

std::optional<int64_t> known(int64_t timestamp) {
  return timestamp == AV_NOPTS_VALUE ? std::nullopt : std::optional(timestamp);
}

nanoseconds now() {
  return steady_clock::now().time_since_epoch();
}

bool has_too_many_pixels(int64_t width_px, int64_t height_px) {
  return static_cast<double>(width_px) * static_cast<double>(height_px) > static_cast<double>(kMostPixels);
}

Error too_many_pixels(const std::string& path, int64_t width_px, int64_t height_px) {
  return {ErrorCode::kUnsupported, fmt::format("'{}' is {}x{}: more than {} million pixels are not supported",
                                               path, width_px, height_px, kMostPixels / 1'000'000)};
}

/// Decoding any packet of these alone gives a picture, or shows that data are missing.
bool is_decoded_strictly(const Demuxer& demuxer) {
  return demuxer.is_still() || demuxer.track().codecpar->codec_id == AV_CODEC_ID_MJPEG;
}

}  // namespace

FileSource::FileSource(std::string path, Demuxer demuxer, std::shared_ptr<SurfaceAccount> account)
    : path_(std::move(path)),
      account_(std::move(account)),
      demuxer_(std::move(demuxer)),
      surfaces_(account_),
      packet_(av_packet_alloc()),
      converter_(account_),
      timeline_(clock_of(demuxer_)),
      picture_header_(demuxer_.picture_header()) {}

Result<std::unique_ptr<FileSource>> FileSource::create(const std::string& path,
                                                       std::shared_ptr<SurfaceAccount> account) {
  route_libav_log();
  WEIR_ASSIGN_OR_RETURN(Demuxer demuxer, Demuxer::open(path));
  std::unique_ptr<FileSource> source(new FileSource(path, std::move(demuxer), std::move(account)));
  WEIR_RETURN_IF_ERROR(source->open_decoder());
  WEIR_RETURN_IF_ERROR(source->read_first());
  source->describe(*source->first_);
  return source;
}

Status FileSource::open_decoder() {
  const AVCodecParameters& parameters = *demuxer_.track().codecpar;
  const AVCodec* codec = avcodec_find_decoder(parameters.codec_id);
  if (codec == nullptr) {
    return Error{ErrorCode::kUnsupported, fmt::format("'{}': no decoder for its video format '{}'", path_,
                                                      avcodec_get_name(parameters.codec_id))};
  }
  if (has_too_many_pixels(parameters.width, parameters.height)) {
    return too_many_pixels(path_, parameters.width, parameters.height);
  }
  decoder_.reset(avcodec_alloc_context3(codec));
  if (packet_ == nullptr || decoder_ == nullptr) return kOutOfMemory;
  decoder_->thread_count = 1;
  decoder_->max_pixels = kMostPixels;
  decoder_->flags |= AV_CODEC_FLAG_UNALIGNED;  // a picture cropped at its left is cropped exactly
  KeyFrames::prepare(*decoder_);
  decoder_->pkt_timebase = demuxer_.track().time_base;
  let_packets_carry_numbers(*decoder_);
  surfaces_.attach(*decoder_);
  if (avcodec_parameters_to_context(decoder_.get(), &parameters) < 0 ||
      avcodec_open2(decoder_.get(), codec, nullptr) < 0) {
    return Error{ErrorCode::kInvalidArgument,
                 fmt::format("'{}' is damaged: its {} header can't be read", path_, codec->name)};
  }
  return {};
}

Status FileSource::read_first() {
  auto first = decode_next();
  if (!first) return std::move(first).error();
  if (!first->has_value()) {
    return Error{ErrorCode::kInvalidArgument, fmt::format("'{}' has no video frames", path_)};
  }
  first_ = std::move(*first);
  return {};
}

void FileSource::describe(const Picture& first) {
  info_.width_px = first.view.display_width_px();
  info_.height_px = first.view.display_height_px();
  info_.frame_rate = demuxer_.frame_rate();
  info_.frames = demuxer_.announced_frames();
  info_.still = demuxer_.is_still();

  std::vector<std::string> words{avcodec_get_name(decoder_->codec_id)};
  if (const char* profile = avcodec_profile_name(decoder_->codec_id, decoder_->profile))
    words.push_back(profile);
  words.push_back(fmt::format("{}x{}", info_.width_px, info_.height_px));
  if (const char* format = av_get_pix_fmt_name(decoder_->pix_fmt)) words.push_back(format);
  if (info_.frame_rate > 0) words.push_back(fmt::format("{:.4g} fps", info_.frame_rate));
  info_.description = fmt::format("{}", fmt::join(words, " "));
}

Result<std::optional<Picture>> FileSource::read(const std::stop_token& stop) {
  if (stop.stop_requested()) return cancelled_read();
  if (!first_) return decode_next();
  first_->demuxed_at = steady_clock::now();  // its time starts when somebody wants it, not at create()
  return std::exchange(first_, std::nullopt);
}

Status FileSource::rewind() {
  const bool in_first_part = std::exchange(parts_, 1) == 1;
  if (!in_first_part || !demuxer_.seek_to_start()) {
    WEIR_ASSIGN_OR_RETURN(demuxer_, Demuxer::open(path_));
  }
  if (in_first_part) {
    avcodec_flush_buffers(decoder_.get());
  } else {
    WEIR_RETURN_IF_ERROR(open_decoder());
  }
  timeline_ = PtsTimeline(clock_of(demuxer_));
  stamps_ = {};
  first_.reset();
  flaws_.clear();
  ended_ = false;
  key_frames_ = KeyFrames();
  frames_before_ = 0;
  failed_before_ = 0;
  frames_ = 0;
  damaged_frames_ = 0;
  failed_packets_ = 0;
  return {};
}

Result<std::optional<Picture>> FileSource::decode_next() {
  while (!ended_) {
    if (demuxer_.is_still() && frames_ == 1) {  // more are previews or other views
      close_part();
      return finish();
    }
    LibavPtr<AVFrame> frame(av_frame_alloc());
    if (frame == nullptr) return kOutOfMemory;
    const int code = avcodec_receive_frame(decoder_.get(), frame.get());
    if (code == 0) {
      if (key_frames_.lacks_key(*frame, *decoder_)) continue;
      WEIR_ASSIGN_OR_RETURN(Picture picture, to_picture(std::move(frame)));
      return picture;
    }
    if (code == AVERROR_EOF) {
      close_part();
      if (!open_next_part()) return finish();
    } else if (code == AVERROR(EAGAIN)) {
      WEIR_RETURN_IF_ERROR(feed_decoder());
    } else {
      WEIR_RETURN_IF_ERROR(note_failed_packet(code));
    }
  }
  return std::optional<Picture>();
}

/// Notes what was wrong with the part that ends here, whose decoder has given all.
void FileSource::close_part() {
  if (key_frames_.lacking() > 0) {
    flaws_.push_back(fmt::format("the key frame of {} frames is missing", key_frames_.lacking()));
  }
  const int64_t dropped =
      key_frames_.dropped(*decoder_, failed_packets_ - failed_before_, frames_ - frames_before_);
  if (dropped > 0) flaws_.push_back(fmt::format("{} frames could not be put in order", dropped));
  if (auto shortfall = demuxer_.shortfall()) flaws_.push_back(*std::move(shortfall));
  key_frames_ = KeyFrames();
  frames_before_ = frames_;
  failed_before_ = failed_packets_;
}

/// Goes on with the next part of the file; false if there is none, or none that can be read.
bool FileSource::open_next_part() {
  const std::optional<FilePart> part = demuxer_.next_part();
  if (!part) return false;
  const auto go_on = [&]() -> Status {
    WEIR_ASSIGN_OR_RETURN(demuxer_, Demuxer::open(path_, *part));
    ++parts_;
    return open_decoder();
  };
  if (const Status status = go_on(); !status) {
    flaws_.push_back(
        fmt::format("what follows at byte {} can't be read: {}", part->range.begin, status.error().message));
    return false;
  }
  timeline_.go_on(clock_of(demuxer_));
  stamps_ = {};
  return true;
}

/// One packet, or the sign that there are no more: the decoder then gives the frames it holds back.
Status FileSource::feed_decoder() {
  const bool more = demuxer_.read(*packet_);
  if (more) {
    carry_number(*decoder_, *packet_, now().count());
    if (Status status = look_at(*packet_); !status) {
      ended_ = true;
      return status;
    }
  }
  const int code = more ? decode(*packet_) : avcodec_send_packet(decoder_.get(), nullptr);
  av_packet_unref(packet_.get());
  return code < 0 ? note_failed_packet(code) : Status();
}

/// What has to be known of a packet before it is decoded.
Status FileSource::look_at(const AVPacket& packet) {
  if (av_packet_get_side_data(&packet, AV_PKT_DATA_ENCRYPTION_INFO, nullptr) != nullptr) {
    return Error{ErrorCode::kUnsupported, fmt::format("'{}' is encrypted", path_)};
  }
  key_frames_.note(packet, *decoder_);
  return demuxer_.is_still() ? look_at_picture(packet) : Status();
}

/// A still's packet is all of the file, but of AVIF.
Status FileSource::look_at_picture(const AVPacket& packet) {
  if (!picture_header_) {
    picture_header_ = read_picture_header({packet.data, static_cast<size_t>(packet.size)});
  }
  const PictureHeader header = picture_header_.value_or(PictureHeader());
  if (!header.unsupported.empty()) return unsupported_picture(path_, header.unsupported);
  if (has_too_many_pixels(header.width_px, header.height_px)) {
    return too_many_pixels(path_, header.width_px, header.height_px);
  }
  has_made_up_parts_ = header.cut_off || is_cut_off(*decoder_, packet);
  return {};
}

/// Gives a packet to the decoder. What a picture lacks is found by decoding it strictly; then it is decoded
/// as well as it can be. Returns 0 or libav's error code.
int FileSource::decode(AVPacket& packet) {
  if (!is_decoded_strictly(demuxer_)) return avcodec_send_packet(decoder_.get(), &packet);
  if (const int code = prepare_for_strict_decoding(packet, decoder_->codec_id); code < 0) return code;
  decoder_->err_recognition = kStrict;
  const int strict_code = avcodec_send_packet(decoder_.get(), &packet);
  if (strict_code >= 0 || strict_code == AVERROR(ENOMEM)) return strict_code;
  decoder_->err_recognition = 0;
  const int code = avcodec_send_packet(decoder_.get(), &packet);
  if (code >= 0) has_made_up_parts_ = true;
  return code;
}

Status FileSource::note_failed_packet(int code) {
  if (code == AVERROR(ENOMEM)) {
    ended_ = true;
    return kOutOfMemory;
  }
  ++failed_packets_;
  spdlog::debug(fmt::format("'{}': a packet could not be decoded: {}", path_, libav_error_text(code)));
  return {};
}

/// The end, or what kept the file from being read to its end.
Result<std::optional<Picture>> FileSource::finish() {
  ended_ = true;
  if (demuxer_.is_still() && frames_ == 0 && failed_packets_ > 0) {
    return Error{ErrorCode::kInvalidArgument,
                 fmt::format("'{}' can't be decoded: it is damaged, cut off or of a kind of {} that is not "
                             "supported",
                             path_, avcodec_get_name(decoder_->codec_id))};
  }
  std::vector<std::string> flaws;
  if (failed_packets_ > 0) flaws.push_back(fmt::format("{} packets could not be decoded", failed_packets_));
  if (damaged_frames_ > 0) flaws.push_back(fmt::format("{} frames are damaged", damaged_frames_));
  flaws.insert(flaws.end(), flaws_.begin(), flaws_.end());
  if (flaws.empty()) return std::optional<Picture>();
  return Error{ErrorCode::kInvalidArgument,
               fmt::format("'{}' is truncated or damaged: {}; {} frames were read", path_,
                           fmt::join(flaws, ", "), frames_)};
}

Result<Picture> FileSource::to_picture(LibavPtr<AVFrame> frame) {
  const bool damaged = std::exchange(has_made_up_parts_, false) || frame->decode_error_flags != 0 ||
                       (frame->flags & AV_FRAME_FLAG_CORRUPT) != 0;
  Picture picture;
  picture.pts = timeline_.next(stamps_.choose(known(frame->pts), known(frame->pkt_dts)));
  picture.demuxed_at = steady_clock::time_point(nanoseconds(carried_number(*frame)));
  const Orientation orientation = orientation_for(*frame);

  auto format = direct_format(*frame);
  if (!format) {
    auto converted = converter_.convert(*frame);
    if (!converted) {
      ended_ = true;
      return std::move(converted).error().in(fmt::format("'{}'", path_));
    }
    frame = *std::move(converted);
    format = direct_format(*frame);
  }
  picture.view = view_of(*frame, *format, orientation);
  picture.owner = std::shared_ptr<AVFrame>(std::move(frame));
  ++frames_;
  if (damaged) ++damaged_frames_;
  return picture;
}

/// A picture's header counts first; then a frame's own display matrix, then the track's (a phone's video).
Orientation FileSource::orientation_for(const AVFrame& frame) {
  if (picture_header_) return picture_header_->orientation;
  int32_t matrix[9];
  const AVFrameSideData* own = av_frame_get_side_data(&frame, AV_FRAME_DATA_DISPLAYMATRIX);
  size_t bytes = 0;
  const uint8_t* data = display_matrix_of(demuxer_.track(), bytes);
  if (own != nullptr) {
    data = own->data;
    bytes = own->size;
  }
  if (data == nullptr || bytes < sizeof(matrix)) return kUpright;
  std::memcpy(matrix, data, sizeof(matrix));
  const auto orientation = orientation_of(matrix);
  if (!orientation && !std::exchange(told_odd_angle_, true)) {
    spdlog::warn(fmt::format("'{}' asks to be shown at an odd angle; it is read as stored", path_));
  }
  return orientation.value_or(kUpright);
}

}  // namespace weir
