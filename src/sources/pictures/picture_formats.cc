// SPDX-License-Identifier: Apache-2.0
#include "sources/pictures/picture_formats.h"

#include <algorithm>
#include <array>
#include <vector>

#include "sources/pictures/bytes.h"
#include "sources/pictures/heif_file.h"

namespace weir {
namespace {

/// The next bytes; fewer at the end of the file.
std::vector<uint8_t> next_bytes(AVIOContext& io, int count) {
  std::vector<uint8_t> bytes(static_cast<size_t>(count));
  const int got = avio_read(&io, bytes.data(), count);
  bytes.resize(static_cast<size_t>(std::max(got, 0)));
  return bytes;
}

std::vector<uint8_t> first_bytes(AVIOContext& io, int count) {
  std::vector<uint8_t> bytes = next_bytes(io, count);
  avio_seek(&io, 0, SEEK_SET);
  return bytes;
}

}  // namespace

std::optional<std::string_view> picture_kind(const AVInputFormat& format) {
  constexpr std::string_view kSuffix = "_pipe";
  std::string_view name = format.name;
  if (!name.ends_with(kSuffix)) return std::nullopt;
  name.remove_suffix(kSuffix.size());
  return name;
}

bool is_read_rightly(std::string_view picture_kind) {
  // Left out, as of libav 5.1: dds (channels exchanged in some), exr and hdr (linear light, too dark), pfm
  // and phm (upside down), xbm (black and white exchanged between programs), svg (needs a background), and
  // what can't be compared with another program: cri, gem, pgx, photocd, pictor, qdraw, vbn.
  constexpr std::array<std::string_view, 22> kKinds = {
      "bmp",    "dpx", "gif", "j2k", "jpeg", "jpegls",  "jpegxl", "pam",  "pbm",  "pcx", "pgm",
      "pgmyuv", "png", "ppm", "psd", "qoi",  "sunrast", "sgi",    "tiff", "webp", "xpm", "xwd"};
  return std::ranges::count(kKinds, picture_kind) > 0;
}

bool is_icon(const AVInputFormat& format) {
  return std::string_view(format.name) == "ico";
}

int largest_picture(const AVFormatContext& context) {
  int largest = -1;
  int64_t most = 0;
  for (unsigned i = 0; i < context.nb_streams; ++i) {
    const AVCodecParameters& parameters = *context.streams[i]->codecpar;
    const int64_t pixels = int64_t{parameters.width} * parameters.height;
    if (pixels <= most) continue;
    most = pixels;
    largest = static_cast<int>(i);
  }
  return largest;
}

std::optional<PictureHeader> read_heif_header(AVIOContext& io) {
  constexpr int kEnough = 1 << 20;
  if (!Bytes(first_bytes(io, 8)).has(4, "ftyp")) return std::nullopt;
  return read_heif_header(Bytes(first_bytes(io, kEnough)));
}

std::optional<std::string_view> unrecognised_kind(AVIOContext& io) {
  using std::string_view_literals::operator""sv;
  struct Kind {
    std::string_view mark;
    std::string_view name;
  };
  constexpr std::array<Kind, 7> kKinds = {
      Kind{"II+\0"sv, "BigTIFF pictures"sv},  {"MM\0+"sv, "BigTIFF pictures"sv},
      {"II\xBC\x01"sv, "JPEG XR pictures"sv}, {"\xFF\xD8\xFF\xF7"sv, "JPEG-LS pictures"sv},
      {"P7\n"sv, "PAM pictures"sv},           {"icns"sv, "icons of this kind"sv},
      {"%PDF"sv, "PDF documents"sv}};
  const std::vector<uint8_t> head = first_bytes(io, 8);
  const auto kind = std::ranges::find_if(kKinds, [&](const Kind& k) { return Bytes(head).has(0, k.mark); });
  return kind == kKinds.end() ? std::nullopt : std::optional(kind->name);
}

bool begins_animation_frame(AVIOContext& io, int64_t at, const AVInputFormat& format) {
  const std::string_view name = format.name;
  if (at < 0 || (name != "gif" && name != "apng") || avio_seek(&io, at, SEEK_SET) < 0) return false;
  const std::vector<uint8_t> bytes = next_bytes(io, 8);
  const Bytes there(bytes);
  if (name == "gif") return there.has(0, "\x2C") || there.has(0, "\x21\xF9");
  return there.has(4, "fcTL") || there.has(4, "fdAT");
}

}  // namespace weir
