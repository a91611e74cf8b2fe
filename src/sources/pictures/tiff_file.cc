// SPDX-License-Identifier: Apache-2.0
#include "sources/pictures/tiff_file.h"

#include <algorithm>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "sources/pictures/tiff_directory.h"

namespace weir {
namespace {

enum Tag : uint16_t {
  kSubfileType = 254,
  kWidth = 256,
  kHeight = 257,
  kBitsPerSample = 258,
  kCompression = 259,
  kPhotometric = 262,
  kFillOrder = 266,
  kStripOffsets = 273,
  kSamplesPerPixel = 277,
  kRowsPerStrip = 278,
  kStripByteCounts = 279,
  kPlanarConfiguration = 284,
  kT4Options = 292,
  kT6Options = 293,
  kPredictor = 317,
  kColorMap = 320,
  kTileWidth = 322,
  kTileOffsets = 324,
  kInkSet = 332,
  kSampleFormat = 339,
  kDngVersion = 50706,
};

enum Photometric : uint32_t { kWhiteIsZero, kBlackIsZero, kRgb, kPalette, kMask, kCmyk, kYCbCr, kCielab = 8 };

constexpr uint32_t kMostSamples = 4;  // of a pixel, in what is read

/// The header in plain values; tags that are absent have their defaults.
struct Layout {
  uint32_t compression;
  uint32_t photometric;
  uint32_t samples;  // of a pixel
  uint32_t bits;     // of a sample; 0 where they differ
  bool planar;       // one plane a sample
  uint32_t predictor;
};

Layout layout_of(const TiffDirectory& directory) {
  Layout layout{.compression = directory.value(kCompression).value_or(1),
                .photometric = directory.value(kPhotometric).value_or(kWhiteIsZero),
                .samples = directory.value(kSamplesPerPixel).value_or(1),
                .bits = directory.value(kBitsPerSample).value_or(1),
                .planar = directory.value(kPlanarConfiguration).value_or(1) == 2,
                .predictor = directory.value(kPredictor).value_or(1)};
  const uint32_t told = std::min(directory.count(kBitsPerSample), kMostSamples);
  for (uint32_t i = 1; i < std::min(layout.samples, told); ++i) {
    if (directory.value(kBitsPerSample, i) != layout.bits) layout.bits = 0;
  }
  return layout;
}

/// Nothing where it is fine, else the end of "TIFF pictures ...".
std::string unsupported_compression(const Layout& layout) {
  constexpr uint32_t kOnlyOneBit[] = {2, 3, 4};                // of fax machines
  constexpr uint32_t kAny[] = {1, 5, 8, 32773, 32946, 34925};  // none, LZW, Deflate, PackBits, LZMA
  const auto is_in = [&](const auto& list) { return std::ranges::count(list, layout.compression) > 0; };
  if (is_in(kAny) || (is_in(kOnlyOneBit) && layout.bits == 1 && layout.samples == 1)) return "";
  if (layout.compression == 6 || layout.compression == 7) return "with JPEG compression";
  return fmt::format("with compression {}", layout.compression);
}

/// Whether the samples are stored in a way that libav reads.
bool are_samples_known(const Layout& layout) {
  const bool whole_bytes = layout.bits == 8 || layout.bits == 16;
  switch (layout.photometric) {
    case kWhiteIsZero:
    case kBlackIsZero:
      if (layout.samples == 2) return whole_bytes && !layout.planar;  // with alpha
      return layout.samples == 1 && (whole_bytes || layout.bits == 1 || layout.bits == 2 || layout.bits == 4);
    case kRgb:
      return whole_bytes && (layout.samples == 3 || layout.samples == kMostSamples);
    case kPalette:
      return layout.samples == 1 && layout.bits >= 1 && layout.bits <= 8;
    case kCmyk:
      return layout.samples == kMostSamples && layout.bits == 8 && !layout.planar;
    default:
      return false;
  }
}

std::string_view color_name(uint32_t photometric) {
  switch (photometric) {
    case kWhiteIsZero:
    case kBlackIsZero:
      return "grey";
    case kRgb:
      return "RGB";
    case kPalette:
      return "palette";
    case kCmyk:
      return "CMYK";
    case kYCbCr:
      return "YCbCr";
    case kCielab:
      return "CIELAB";
    default:
      return "unusual";
  }
}

std::string unsupported_samples(const TiffDirectory& directory, const Layout& layout) {
  if (!are_samples_known(layout)) {
    return fmt::format("with {} colours in {} samples of {} bits{}", color_name(layout.photometric),
                       layout.samples, layout.bits, layout.planar ? ", in planes" : "");
  }
  for (uint32_t i = 0; i < std::min(directory.count(kSampleFormat), kMostSamples); ++i) {
    constexpr uint32_t kFloat = 3;
    constexpr uint32_t kUndefined = 4;
    const uint32_t format = directory.value(kSampleFormat, i).value_or(kUndefined);
    if (format == kFloat || format > kUndefined) return "with floating-point samples";
  }
  const bool reversed = directory.value(kFillOrder).value_or(1) != 1;
  if (reversed && (layout.bits == 2 || layout.bits == 4)) return "with bits in reverse order";
  return "";
}

/// What libav reads wrongly, as pixels of a wrong colour or none at all, or not at all. What it does read
/// was found by comparing it with other programs; no other kind is let through.
std::string unsupported(const TiffDirectory& directory) {
  constexpr uint32_t kReducedCopy = 1;
  if (directory.has(kDngVersion) || (directory.value(kSubfileType).value_or(0) & kReducedCopy) != 0) {
    return "of cameras' raw data";
  }
  if (directory.has(kTileWidth) || directory.has(kTileOffsets)) return "with tiles";
  const Layout layout = layout_of(directory);
  if (auto why = unsupported_compression(layout); !why.empty()) return why;
  if (auto why = unsupported_samples(directory, layout); !why.empty()) return why;
  if (layout.predictor > 2) return fmt::format("with predictor {}", layout.predictor);
  if (directory.value(kInkSet).value_or(1) != 1) return "with other inks than CMYK";
  return "";
}

bool is_of_pixels(uint32_t tag) {
  constexpr Tag kTags[] = {kWidth,     kHeight,       kBitsPerSample,       kCompression,  kPhotometric,
                           kFillOrder, kStripOffsets, kSamplesPerPixel,     kRowsPerStrip, kStripByteCounts,
                           kT4Options, kT6Options,    kPlanarConfiguration, kPredictor,    kColorMap};
  return std::ranges::count(kTags, tag) > 0;
}

}  // namespace

PictureHeader read_tiff_header(Bytes file) {
  const auto directory = TiffDirectory::first(file);
  if (!directory) return {};
  PictureHeader header;
  header.orientation = directory->orientation();
  header.width_px = directory->value(kWidth).value_or(0);
  header.height_px = directory->value(kHeight).value_or(0);
  if (const std::string why = unsupported(*directory); !why.empty()) {
    header.unsupported = "TIFF pictures " + why;
  }
  return header;
}

void keep_tags_of_pixels(std::span<uint8_t> file) {
  if (const auto directory = TiffDirectory::first(Bytes(file))) directory->keep(is_of_pixels, file);
}

}  // namespace weir
