// SPDX-License-Identifier: Apache-2.0
#include "sinks/mp4_file.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>

extern "C" {
#include <libavcodec/bsf.h>
#include <libavutil/mathematics.h>
#include <libavutil/opt.h>
}

#include "base/file.h"

namespace weir {
namespace {

/// A picture may stay for 6.6 hours, 24 days, 3.4 years.
constexpr std::array kTicksPerSecond{90'000, 1'000, 20};
constexpr int64_t kMostTicks = INT32_MAX - 1;

struct CloseInput {
  void operator()(AVFormatContext* context) const { avformat_close_input(&context); }
};

struct FreeFilter {
  void operator()(AVBSFContext* filter) const { av_bsf_free(&filter); }
};

std::string url_of(const std::string& path) {
  return "file:" + path;
}

}  // namespace

int Mp4File::open(const AVCodecContext& encoder) {
  parameters_.reset(avcodec_parameters_alloc());
  if (parameters_ == nullptr) return AVERROR(ENOMEM);
  const int code = avcodec_parameters_from_context(parameters_.get(), &encoder);
  frame_rate_ = encoder.framerate;
  return code < 0 ? code : create(path_, kTicksPerSecond.front());
}

int Mp4File::create(const std::string& path, int ticks_per_second) {
  AVFormatContext* file = nullptr;
  int code = avformat_alloc_output_context2(&file, nullptr, "mp4", nullptr);
  if (code < 0) return code;
  file_.reset(file);
  AVStream* track = avformat_new_stream(file, nullptr);
  if (track == nullptr) return AVERROR(ENOMEM);
  track->time_base = {1, ticks_per_second};
  track->avg_frame_rate = frame_rate_;
  code = avcodec_parameters_copy(track->codecpar, parameters_.get());
  if (code < 0) return code;
  // What is before the first picture is counted in ticks of the whole file, which are milliseconds by
  // default.
  av_opt_set_int(file->priv_data, "movie_timescale", ticks_per_second, 0);
  av_opt_set_int(file->priv_data, "video_track_timescale", ticks_per_second, 0);
  code = avio_open(&file->pb, url_of(path).c_str(), AVIO_FLAG_WRITE);
  if (code >= 0) {
    code = avformat_write_header(file, nullptr);
    if (code < 0) remove_file(path);
  }
  if (code < 0) file_.reset();
  return code;
}

int Mp4File::write(AVPacket& packet) {
  if (file_ == nullptr) return AVERROR(EBADF);
  const AVRational tick = file_->streams[0]->time_base;
  const auto ticks_since_last = [&](int ticks_per_second) {
    const AVRational other{1, ticks_per_second};
    return av_rescale_q(packet.pts, kTick, other) - av_rescale_q(last_, tick, other);
  };
  if (last_ >= 0 && ticks_since_last(tick.den) > kMostTicks) {
    const auto fits = [&](int ticks_per_second) { return ticks_since_last(ticks_per_second) <= kMostTicks; };
    const auto* longer = std::ranges::find_if(kTicksPerSecond, fits);
    if (longer == kTicksPerSecond.end()) return AVERROR(ERANGE);
    if (const int code = count_in(*longer); code < 0) return code;
  }
  return append(packet, kTick);
}

/// Pictures that share a tick follow each other by one.
int Mp4File::append(AVPacket& packet, AVRational tick) {
  const AVRational own = file_->streams[0]->time_base;
  last_ = std::max(last_ + 1, av_rescale_q(packet.pts, tick, own));
  packet.pts = last_;
  packet.dts = last_;
  packet.duration = av_rescale_q(packet.duration, tick, own);
  packet.stream_index = 0;
  return av_interleaved_write_frame(file_.get(), &packet);
}

int Mp4File::close() {
  if (file_ == nullptr) return 0;
  const int trailer = av_write_trailer(file_.get());
  const int closed = avio_closep(&file_->pb);
  file_.reset();
  return trailer < 0 ? trailer : closed;
}

/// The old file stays whole until the new one has all of it.
int Mp4File::count_in(int ticks_per_second) {
  const std::string copy = path_ + ".part";
  int code = close();
  if (code >= 0) code = create(copy, ticks_per_second);
  if (code < 0) return code;
  code = append_file(path_);
  if (code >= 0 && std::rename(copy.c_str(), path_.c_str()) != 0) code = AVERROR(errno);
  if (code < 0) {
    file_.reset();
    remove_file(copy);
  }
  return code;
}

int Mp4File::append_file(const std::string& path) {
  AVFormatContext* opened = nullptr;
  int code = avformat_open_input(&opened, url_of(path).c_str(), av_find_input_format("mp4"), nullptr);
  if (code < 0) return code;
  const std::unique_ptr<AVFormatContext, CloseInput> input(opened);

  // MP4 has lengths where an encoder, and so the new file, has start codes.
  AVBSFContext* allocated = nullptr;
  code = av_bsf_alloc(av_bsf_get_by_name("h264_mp4toannexb"), &allocated);
  if (code < 0) return code;
  const std::unique_ptr<AVBSFContext, FreeFilter> filter(allocated);
  const AVStream& track = *input->streams[0];
  filter->time_base_in = track.time_base;
  code = avcodec_parameters_copy(filter->par_in, track.codecpar);
  if (code >= 0) code = av_bsf_init(filter.get());

  const LibavOutputPtr<AVPacket> packet(av_packet_alloc());
  if (packet == nullptr) return AVERROR(ENOMEM);
  last_ = -1;
  while (code >= 0) {
    code = av_read_frame(input.get(), packet.get());
    if (code == AVERROR_EOF) return 0;
    if (code >= 0) code = av_bsf_send_packet(filter.get(), packet.get());
    if (code >= 0) code = av_bsf_receive_packet(filter.get(), packet.get());
    if (code >= 0) code = append(*packet, track.time_base);
  }
  return code;
}

}  // namespace weir
