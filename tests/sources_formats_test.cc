// SPDX-License-Identifier: Apache-2.0
// What sources make of pixel formats and colour tags. The ffmpeg tool makes the files.
#include <array>
#include <cmath>
#include <cstdint>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sources/source.h"
#include "support/media.h"
#include "support/reading.h"

namespace weir {
namespace {

using testing::make_test_video;
using testing::must_open;
using testing::read_bytes;
using testing::run_ffmpeg;
using testing::TempFolder;
using testing::write_bytes;

/// YUV of an RGB colour, by the definition of BT.601.
std::array<double, 3> bt601(double r, double g, double b, bool full) {
  const double y = 0.299 * r + 0.587 * g + 0.114 * b;
  const double u = (b - y) / 1.772;
  const double v = (r - y) / 1.402;
  if (full) return {y, u + 128, v + 128};
  return {16 + y * 219 / 255, 128 + u * 224 / 255, 128 + v * 224 / 255};
}

/// Every sample of one plane lies within 2 of `expected`.
::testing::AssertionResult is_flat(const uint8_t* plane, int stride, int width, int height, int step,
                                   double expected) {
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const int value = plane[static_cast<ptrdiff_t>(y) * stride + x * step];
      if (std::abs(value - expected) > 2) {
        return ::testing::AssertionFailure() << value << " at " << x << "," << y << ", expected " << expected;
      }
    }
  }
  return ::testing::AssertionSuccess();
}

void expect_flat(const PictureView& view, const std::array<double, 3>& yuv) {
  const int width = view.width_px;
  const int height = view.height_px;
  EXPECT_TRUE(is_flat(view.planes[0], view.strides[0], width, height, 1, yuv[0]));
  if (view.format == PixelFormat::kGray) return;
  const int chroma_width = view.format == PixelFormat::kI444 ? width : (width + 1) / 2;
  const bool halved = view.format == PixelFormat::kI420 || view.format == PixelFormat::kNv12;
  const int chroma_height = halved ? (height + 1) / 2 : height;
  const bool interleaved = view.format == PixelFormat::kNv12;
  const uint8_t* v = interleaved ? view.planes[1] + 1 : view.planes[2];
  EXPECT_TRUE(
      is_flat(view.planes[1], view.strides[1], chroma_width, chroma_height, interleaved ? 2 : 1, yuv[1]));
  EXPECT_TRUE(is_flat(v, view.strides[interleaved ? 1 : 2], chroma_width, chroma_height, interleaved ? 2 : 1,
                      yuv[2]));
}

struct FormatCase {
  const char* libav;
  PixelFormat format;
  ColorRange range;
};

class PixelFormats : public ::testing::TestWithParam<FormatCase> {};

// Would catch: planes swapped, a wrong range or matrix in the conversion, the last odd column or row missing.
TEST_P(PixelFormats, GiveTheColourThatWentIn) {
  WEIR_SKIP_WITHOUT_FFMPEG();
  const TempFolder folder;
  const std::string file = folder.file("flat.nut");
  const bool full = GetParam().range == ColorRange::kFull;
  ASSERT_TRUE(run_ffmpeg(std::string("-f lavfi -i color=c=0xC86432:size=80x40,format=gbrp -frames:v 2 -vf "
                                     "crop=65:33:exact=1,scale=out_color_matrix=bt601:out_range=") +
                         (full ? "full" : "limited") + ":flags=accurate_rnd+full_chroma_int,format=" +
                         GetParam().libav + " -c:v rawvideo '" + file + "'"));
  const auto source = must_open(file);
  ASSERT_NE(source, nullptr);
  const auto picture = source->read();
  ASSERT_TRUE(picture && *picture);
  const PictureView& view = (*picture)->view;
  EXPECT_EQ(view.format, GetParam().format);
  EXPECT_EQ(view.range, GetParam().range);
  EXPECT_EQ(view.matrix, ColorMatrix::kBt601);
  EXPECT_EQ(view.width_px, 65);
  EXPECT_EQ(view.height_px, 33);
  expect_flat(view, bt601(0xC8, 0x64, 0x32, full));
}

INSTANTIATE_TEST_SUITE_P(
    Sources, PixelFormats,
    ::testing::Values(FormatCase{"yuv420p", PixelFormat::kI420, ColorRange::kLimited},
                      FormatCase{"yuv422p", PixelFormat::kI422, ColorRange::kLimited},
                      FormatCase{"yuv444p", PixelFormat::kI444, ColorRange::kLimited},
                      FormatCase{"nv12", PixelFormat::kNv12, ColorRange::kLimited},
                      FormatCase{"nv21", PixelFormat::kI420, ColorRange::kLimited},
                      FormatCase{"yuv411p", PixelFormat::kI422, ColorRange::kLimited},
                      FormatCase{"yuv410p", PixelFormat::kI420, ColorRange::kLimited},
                      FormatCase{"yuv440p", PixelFormat::kI444, ColorRange::kLimited},
                      FormatCase{"yuva420p", PixelFormat::kI420, ColorRange::kLimited},
                      FormatCase{"yuv420p10le", PixelFormat::kI420, ColorRange::kLimited},
                      FormatCase{"yuv422p10le", PixelFormat::kI422, ColorRange::kLimited},
                      FormatCase{"yuv444p12le", PixelFormat::kI444, ColorRange::kLimited},
                      FormatCase{"gray", PixelFormat::kGray, ColorRange::kFull},
                      FormatCase{"gray10le", PixelFormat::kGray, ColorRange::kFull},
                      FormatCase{"gray16le", PixelFormat::kGray, ColorRange::kFull},
                      FormatCase{"rgb24", PixelFormat::kI444, ColorRange::kFull},
                      FormatCase{"bgr24", PixelFormat::kI444, ColorRange::kFull},
                      FormatCase{"rgba", PixelFormat::kI444, ColorRange::kFull},
                      FormatCase{"gbrp", PixelFormat::kI444, ColorRange::kFull},
                      FormatCase{"rgb48le", PixelFormat::kI444, ColorRange::kFull}),
    [](const auto& test) { return test.param.libav; });

class StillFormats : public ::testing::TestWithParam<const char*> {};

// "NAME.EXTENSION:PIXEL_FORMAT"
TEST_P(StillFormats, AreOneFullRangeFrame) {
  WEIR_SKIP_WITHOUT_FFMPEG();
  const std::string param = GetParam();
  const size_t colon = param.find(':');
  const TempFolder folder;
  const std::string file = folder.file(param.substr(0, colon));
  const std::string format = param.substr(colon + 1);
  const std::string own_palette = format == "pal8" ? ",split[a][b];[a]palettegen[p];[b][p]paletteuse" : "";
  ASSERT_TRUE(
      run_ffmpeg("-f lavfi -i color=c=0xC86432:size=80x40:d=0.04,format=gbrp -frames:v 1 -update 1 -vf "
                 "'crop=65:33:exact=1" +
                 own_palette + "' -pix_fmt " + format + " '" + file + "'"));
  const auto source = must_open("file:" + file);
  ASSERT_NE(source, nullptr);
  EXPECT_TRUE(source->info().still);
  EXPECT_EQ(source->info().frames, 1);
  EXPECT_EQ(source->info().frame_rate, 0);
  for (int pass = 0; pass < 2; ++pass) {
    const auto picture = source->read();
    ASSERT_TRUE(picture && *picture);
    EXPECT_EQ((*picture)->view.range, ColorRange::kFull);
    EXPECT_EQ((*picture)->view.width_px, 65);
    EXPECT_EQ((*picture)->view.height_px, 33);
    expect_flat((*picture)->view, bt601(0xC8, 0x64, 0x32, true));
    const auto end = source->read();
    EXPECT_TRUE(end && !*end);
    EXPECT_TRUE(source->rewind());
  }
}

INSTANTIATE_TEST_SUITE_P(Sources, StillFormats,
                         ::testing::Values("a.jpg:yuvj420p", "a.jpg:yuvj444p", "a.png:rgb24", "a.png:rgba",
                                           "a.png:pal8", "a.png:rgb48be", "a.png:gray", "a.png:gray16be",
                                           "a.bmp:bgr24", "a.tiff:rgb24", "a.ppm:rgb24",
                                           "100%03d.png:rgb24"));

TEST(FileSource, ColourIsAsTagged) {
  WEIR_SKIP_WITHOUT_FFMPEG();
  const TempFolder folder;
  const std::string file = folder.file("a.mp4");
  const auto first_view = [&](const std::string& size, const std::string& options) {
    EXPECT_TRUE(make_test_video(file, size, 1, "-c:v libx264 -preset ultrafast " + options));
    const auto source = must_open(file);
    const auto picture = source->read();
    return (*picture)->view;
  };
  EXPECT_EQ(first_view("64x64", "-colorspace bt709").matrix, ColorMatrix::kBt709);
  EXPECT_EQ(first_view("64x64", "-colorspace bt2020nc").matrix, ColorMatrix::kBt2020);
  EXPECT_EQ(first_view("1280x720", "-colorspace bt470bg").matrix, ColorMatrix::kBt601);
  EXPECT_EQ(first_view("1280x720", "").matrix, ColorMatrix::kBt709);
  EXPECT_EQ(first_view("704x576", "").matrix, ColorMatrix::kBt601);
  EXPECT_EQ(first_view("64x64", "").range, ColorRange::kLimited);
  EXPECT_EQ(first_view("64x64", "-color_range pc").range, ColorRange::kFull);
}

}  // namespace
}  // namespace weir
