// SPDX-License-Identifier: Apache-2.0
#include "sinks/annotate_sink.h"

#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <functional>
#include <system_error>

#include <fmt/format.h>

#include "image/color.h"
#include "image/draw.h"
#include "image/stroke_font.h"
#include "sinks/jpeg_writer.h"
#include "sinks/libav_output.h"

namespace weir {
namespace {

/// FNV-1a: the same on every machine, unlike std::hash.
uint32_t name_hash(std::string_view name) {
  uint32_t hash = 2166136261U;
  for (const char c : name) hash = (hash ^ static_cast<uint8_t>(c)) * 16777619U;
  return hash;
}

/// A black band along the top that says so in white.
void mark_failed(const I420Canvas& canvas) {
  const double cap_height_px = std::max(8.0, canvas.height_px * 0.04);
  const TextMask text = render_text("inference failed", cap_height_px);
  const int band_px = std::min(canvas.height_px, text.height_px * 3 / 2);
  const auto black = to_yuv(kBlack, canvas.matrix, canvas.range);
  const auto white = to_yuv(kWhite, canvas.matrix, canvas.range);
  const auto row = [&](size_t plane, int y) {
    return canvas.planes[plane] + ptrdiff_t{y} * canvas.strides[plane];
  };

  for (int y = 0; y < band_px; ++y) std::fill_n(row(0, y), canvas.width_px, black[0]);
  for (const size_t plane : {1U, 2U}) {
    for (int y = 0; y < (band_px + 1) / 2; ++y)
      std::fill_n(row(plane, y), (canvas.width_px + 1) / 2, black[plane]);
  }
  const int margin_px = (band_px - text.height_px) / 2;
  for (int y = 0; y < std::min(text.height_px, canvas.height_px - margin_px); ++y) {
    for (int x = 0; x < std::min(text.width_px, canvas.width_px - margin_px); ++x) {
      const int coverage = text.coverage[static_cast<size_t>(y) * text.width_px + x];
      row(0, y + margin_px)[x + margin_px] =
          static_cast<uint8_t>(black[0] + (white[0] - black[0]) * coverage / 255);
    }
  }
}

}  // namespace

std::string safe_file_name(std::string_view stream) {
  constexpr size_t kLongest = 200;  // file systems take 255 bytes, and an extension follows
  std::string name(stream.substr(0, kLongest));
  const auto is_safe = [](unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  };
  std::replace_if(name.begin(), name.end(), std::not_fn(is_safe), '_');
  if (name.empty()) name.push_back('_');
  if (name[0] == '.') name[0] = '_';  // neither hidden nor the folder above
  return name == stream ? name : fmt::format("{}-{:08x}", name, name_hash(stream));
}

Result<std::unique_ptr<AnnotateSink>> AnnotateSink::create(const std::string& folder) {
  const auto failed = [&](std::string_view why) {
    return Error{ErrorCode::kInvalidArgument,
                 fmt::format("can't write annotated pictures to '{}': {}", folder, why)};
  };
  silence_libav();
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return failed(error.message());
  if (!std::filesystem::is_directory(folder, error)) return failed("it is not a folder");
  if (access(folder.c_str(), W_OK | X_OK) != 0) return failed(std::strerror(errno));
  return std::unique_ptr<AnnotateSink>(new AnnotateSink(folder));
}

Status AnnotateSink::open_stream(const StreamInfo& stream) {
  assert(path_.empty());
  stream_ = stream;
  path_ = fmt::format("{}/{}.{}", folder_, safe_file_name(stream.name), stream.still ? "jpg" : "mp4");
  return {};
}

Status AnnotateSink::write(StreamId /*stream*/, const FrameResult& result, const Picture* picture) {
  if (picture == nullptr || result.outcome == Outcome::kDropped) return {};
  draw(result, picture->view);
  if (stream_.still) return write_jpeg(path_, drawing_.view(), interrupt_);
  if (video_ == nullptr) {
    WEIR_ASSIGN_OR_RETURN(video_,
                          VideoWriter::create(path_, drawing_.view(), stream_.frame_rate, interrupt_));
  }
  return video_->write(drawing_.view(), result.pts);
}

Status AnnotateSink::close_stream(StreamId /*stream*/) {
  return finish();
}

Status AnnotateSink::finish() {
  const std::unique_ptr<VideoWriter> video = std::move(video_);
  return video == nullptr ? Status() : video->finish();
}

void AnnotateSink::draw(const FrameResult& result, const PictureView& picture) {
  drawing_.assign(picture);
  if (result.outcome == Outcome::kFailed) {
    mark_failed(drawing_.canvas());
  } else {
    draw_detections(drawing_.canvas(), result.detections, stream_.labels);
  }
}

}  // namespace weir
