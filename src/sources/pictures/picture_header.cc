// SPDX-License-Identifier: Apache-2.0
#include "sources/pictures/picture_header.h"

#include <cstdlib>
#include <optional>

#include <fmt/format.h>

#include "sources/pictures/box_reader.h"
#include "sources/pictures/bytes.h"
#include "sources/pictures/jpeg_file.h"
#include "sources/pictures/tiff_directory.h"
#include "sources/pictures/tiff_file.h"

namespace weir {
namespace {

using std::string_view_literals::operator""sv;

constexpr auto kExifMark = "Exif\0\0"sv;

Orientation orientation_of_exif(Bytes exif) {
  const auto directory = TiffDirectory::first(exif.has(0, kExifMark) ? exif.part(kExifMark.size()) : exif);
  return directory ? directory->orientation() : kUpright;
}

/// Source of the format: PNG (Third Edition), W3C.
PictureHeader read_png_header(Bytes file) {
  PictureHeader header;
  size_t at = 8;
  while (const auto length = file.big(at, 4)) {
    const Bytes data = file.part(at + 8, *length);
    if (file.has(at + 4, "IHDR")) {
      header.width_px = static_cast<int64_t>(data.big(0, 4).value_or(0));
      header.height_px = static_cast<int64_t>(data.big(4, 4).value_or(0));
    } else if (file.has(at + 4, "eXIf")) {
      header.orientation = orientation_of_exif(data);
    }
    at += 12 + *length;
  }
  return header;
}

/// Source of the format: RFC 9649.
PictureHeader read_webp_header(Bytes file) {
  constexpr uint64_t kAnimation = 2;
  PictureHeader header;
  size_t at = 12;
  while (const auto length = file.little(at + 4, 4)) {
    const Bytes data = file.part(at + 8, *length);
    if (file.has(at, "VP8X")) {
      header.width_px = static_cast<int64_t>(data.little(4, 3).value_or(0)) + 1;
      header.height_px = static_cast<int64_t>(data.little(7, 3).value_or(0)) + 1;
      if ((data.little(0, 1).value_or(0) & kAnimation) != 0) header.unsupported = "animated WebP pictures";
    } else if (file.has(at, "EXIF")) {
      header.orientation = orientation_of_exif(data);
    }
    at += 8 + *length + *length % 2;
  }
  return header;
}

/// libav takes 8-bit pixels for grey where the file says that no palette precedes them. Source of the format:
/// BITMAPINFOHEADER of the Windows API.
PictureHeader read_bmp_header(Bytes file) {
  const uint64_t pixels_at = file.little(10, 4).value_or(0);
  const uint64_t header_bytes = file.little(14, 4).value_or(0);
  const bool is_old = header_bytes == 12;
  const auto side = [&](size_t old_at, size_t at) {
    return is_old ? static_cast<int64_t>(file.little(old_at, 2).value_or(0))
                  : std::abs(int64_t{static_cast<int32_t>(file.little(at, 4).value_or(0))});
  };
  PictureHeader header;
  header.width_px = side(18, 18);
  header.height_px = side(20, 22);
  const uint64_t bits = file.little(is_old ? 24 : 28, 2).value_or(0);
  if (bits == 8 && pixels_at <= 14 + header_bytes) {
    header.unsupported = "BMP pictures whose palette is not where their header says";
  }
  return header;
}

/// Source of the formats: ITU-T T.800 annex A and T.814.
PictureHeader read_jpeg2000_codestream(Bytes file) {
  constexpr auto kSize = "\xFF\x51"sv;
  constexpr auto kCapabilities = "\xFF\x50"sv;
  constexpr auto kFirstTile = "\xFF\x90"sv;
  PictureHeader header;
  for (size_t at = 2; !file.has(at, kFirstTile); at += 2 + *file.big(at + 2, 2)) {
    if (file.has(at, kSize)) {
      const auto difference = [&](size_t to, size_t from) {
        return static_cast<int64_t>(file.big(to, 4).value_or(0)) -
               static_cast<int64_t>(file.big(from, 4).value_or(0));
      };
      header.width_px = difference(at + 6, at + 14);
      header.height_px = difference(at + 10, at + 18);
    }
    if (file.has(at, kCapabilities)) header.unsupported = "high-throughput JPEG 2000 pictures";
    if (file.big(at + 2, 2).value_or(0) < 2) break;
  }
  return header;
}

bool is_cmyk(Bytes colr) {
  constexpr uint64_t kEnumeratedCmyk = 12;
  constexpr size_t kProfile = 3;
  return (colr.has(0, "\1") && colr.big(3, 4) == kEnumeratedCmyk) || colr.has(kProfile + 16, "CMYK");
}

/// Source of the format: ITU-T T.800 annex I.
PictureHeader read_jp2_header(Bytes file) {
  PictureHeader header;
  bool cmyk = false;
  BoxReader boxes(file);
  while (const auto box = boxes.next()) {
    if (box->type == "jp2c") header = read_jpeg2000_codestream(box->content);
    if (box->type != "jp2h") continue;
    BoxReader inner(box->content);
    while (const auto colr = inner.find("colr")) cmyk = cmyk || is_cmyk(*colr);
  }
  if (cmyk) header.unsupported = "JPEG 2000 pictures in CMYK colours";
  return header;
}

}  // namespace

std::optional<PictureHeader> read_picture_header(std::span<const uint8_t> bytes) {
  const Bytes file(bytes);
  if (file.has(0, "\xFF\xD8\xFF"sv)) return read_jpeg_header(file);
  if (file.has(0, "\x89PNG\r\n\x1A\n"sv)) return read_png_header(file);
  if (file.has(0, "RIFF"sv) && file.has(8, "WEBP"sv)) return read_webp_header(file);
  if (file.has(0, "II*\0"sv) || file.has(0, "MM\0*"sv)) return read_tiff_header(file);
  if (file.has(0, "BM"sv)) return read_bmp_header(file);
  if (file.has(0, "\xFF\x4F\xFF\x51"sv)) return read_jpeg2000_codestream(file);
  if (file.has(4, "jP  "sv)) return read_jp2_header(file);
  return std::nullopt;
}

Error unsupported_picture(std::string_view path, std::string_view kind) {
  return {ErrorCode::kUnsupported,
          fmt::format("'{}': {} are not supported; convert it to PNG or JPEG", path, kind)};
}

}  // namespace weir
