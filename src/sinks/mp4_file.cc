// SPDX-License-Identifier: Apache-2.0
#include "sinks/mp4_file.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <string_view>

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
  code = open_output(path);
  if (code >= 0) {
    file->pb = io_.get();
    AVDictionary* options = nullptr;
    if (!output_->can_seek()) {  // nothing can be filled in later: pieces of half a second that stand alone
      av_dict_set(&options, "movflags", "empty_moov+default_base_moof", 0);
      av_dict_set(&options, "frag_duration", "500000", 0);
    }
    code = noted(avformat_write_header(file, &options));
    av_dict_free(&options);
    if (code < 0) remove_file(path);
  }
  if (code < 0) drop_file();
  return code;
}

int Mp4File::open_output(const std::string& path) {
  constexpr int kBufferBytes = 32 << 10;
  auto output = OutputFile::create(path, interrupt_);
  if (!output) {
    failure_ = output.error();
    return AVERROR(EIO);
  }
  output_ = *std::move(output);
  auto* buffer = static_cast<uint8_t*>(av_malloc(kBufferBytes));
  if (buffer == nullptr) return AVERROR(ENOMEM);
  io_.reset(avio_alloc_context(buffer, kBufferBytes, /*write_flag=*/1, output_.get(), nullptr, write_bytes,
                               output_->can_seek() ? seek : nullptr));
  if (io_ != nullptr) return 0;
  av_free(buffer);
  return AVERROR(ENOMEM);
}

/// Keeps the reason for which the output failed, if it did.
int Mp4File::noted(int code) {
  if (code < 0 && output_ != nullptr && output_->failure()) failure_ = output_->failure();
  return code;
}

void Mp4File::drop_file() {
  file_.reset();
  io_.reset();
  output_.reset();
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
    if (!output_->can_seek()) return AVERROR(ERANGE);
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
  return noted(av_interleaved_write_frame(file_.get(), &packet));
}

int Mp4File::close() {
  if (file_ == nullptr) return 0;
  int code = noted(av_write_trailer(file_.get()));
  if (code >= 0) code = noted(output_->close() ? 0 : AVERROR(EIO));
  drop_file();
  return code;
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
    drop_file();
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
