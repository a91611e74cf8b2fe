// SPDX-License-Identifier: Apache-2.0
// Pictures of many kinds give the right pixels, or are refused in the right words.
#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sources/source.h"
#include "support/media.h"
#include "support/pattern_picture.h"
#include "support/picture_files.h"
#include "support/reading.h"

namespace weir {
namespace {

using std::string_literals::operator""s;
using testing::brightness_of;
using ::testing::HasSubstr;
using testing::kPatternHeight;
using testing::kPatternWidth;
using testing::must_open;
using testing::pixel;
using testing::pixels;
using testing::read_bytes;
using testing::Rgb8;
using testing::run_ffmpeg;
using testing::see;
using testing::Seen;
using testing::TempFolder;
using testing::TiffFile;
using testing::write_bytes;
using testing::write_picture;

/// Every pixel is as bright as pixel() says, or as `expected` does.
template <class Expected>
void expect_pixels(const Seen& seen, double tolerance, Expected expected) {
  EXPECT_EQ(seen.error, "");
  ASSERT_EQ(seen.width, kPatternWidth);
  ASSERT_EQ(seen.height, kPatternHeight);
  for (int y = 0; y < kPatternHeight; ++y) {
    for (int x = 0; x < kPatternWidth; ++x) {
      ASSERT_NEAR(seen.luma[static_cast<size_t>(y * kPatternWidth + x)], expected(pixel(x, y)), tolerance)
          << "at " << x << "," << y;
    }
  }
}

// --- Right pixels -----------------------------------------------------------------------------------

struct KindCase {
  const char* name;
  const char* options;
  double tolerance;
};

class PictureKinds : public ::testing::TestWithParam<KindCase> {};

TEST_P(PictureKinds, GiveThePixelsThatWentIn) {
  WEIR_SKIP_WITHOUT_FFMPEG();
  const TempFolder folder;
  const std::string file = folder.file(GetParam().name);
  if (!write_picture(folder, file, GetParam().options)) GTEST_SKIP() << "this ffmpeg can't write it";
  expect_pixels(see(file), GetParam().tolerance, brightness_of);
}

INSTANTIATE_TEST_SUITE_P(
    Sources, PictureKinds,
    ::testing::Values(
        KindCase{"a.png", "-pix_fmt rgb24", 2}, KindCase{"alpha.png", "-pix_fmt rgba", 2},
        KindCase{"deep.png", "-pix_fmt rgb48be", 2}, KindCase{"grey.png", "-pix_fmt gray", 2},
        KindCase{"grey_alpha.png", "-pix_fmt ya8", 2}, KindCase{"deep_grey.png", "-pix_fmt gray16be", 2},
        KindCase{"a.jpg", "-pix_fmt yuvj444p -q:v 1", 12},
        KindCase{"lossless.jpg", "-c:v ljpeg -pix_fmt bgr24", 2}, KindCase{"a.bmp", "-pix_fmt bgr24", 2},
        KindCase{"alpha.bmp", "-pix_fmt bgra", 2},
        KindCase{"565.bmp", "-pix_fmt rgb565le -sws_dither none", 9},
        KindCase{"grey.bmp", "-pix_fmt gray", 2},
        KindCase{"lzw.tiff", "-pix_fmt rgb24 -compression_algo lzw", 2},
        KindCase{"deflate.tiff", "-pix_fmt rgb24 -compression_algo deflate", 2},
        KindCase{"packbits.tiff", "-pix_fmt rgb24 -compression_algo packbits", 2},
        KindCase{"deep_lzw.tiff", "-pix_fmt rgb48le -compression_algo lzw", 2},
        KindCase{"grey_lzw.tiff", "-pix_fmt gray -compression_algo lzw", 2}, KindCase{"a.ppm", "", 2},
        KindCase{"a.pgm", "-pix_fmt gray", 2}, KindCase{"deep.pgm", "-pix_fmt gray16be", 2},
        KindCase{"a.qoi", "", 2}, KindCase{"alpha.qoi", "-pix_fmt rgba", 2}, KindCase{"a.sgi", "", 2},
        KindCase{"plain.sgi", "-rle 0", 2}, KindCase{"a.pcx", "-pix_fmt rgb24", 2},
        KindCase{"a.ras", "-c:v sunrast -f image2", 2},
        KindCase{"a.xwd", "-c:v xwd -pix_fmt bgr24 -f image2", 2}, KindCase{"a.dpx", "-pix_fmt rgb24", 2},
        KindCase{"a.jp2", "-c:v jpeg2000 -pred dwt53 -pix_fmt rgb24", 2},
        KindCase{"a.webp", "-c:v libwebp -lossless 1 -pix_fmt bgra", 2},
        KindCase{"a.jxl", "-c:v libjxl -distance 0 -pix_fmt rgb24", 2}),
    [](const auto& test) {
      std::string name = test.param.name;
      std::replace(name.begin(), name.end(), '.', '_');
      return name;
    });

/// TIFF files by hand, uncompressed: which layouts libav reads rightly differs from program to program.
TEST(TiffPictures, GiveThePixelsThatWentIn) {
  const TempFolder folder;
  const std::string file = folder.file("a.tif");
  for (const bool big_endian : {false, true}) {
    const auto n = [&](uint32_t value, int bits) { return testing::number(value, bits / 8, big_endian); };
    const auto tiff = [&](uint32_t photometric, std::vector<uint32_t> bits) {
      const auto samples = static_cast<uint32_t>(bits.size());
      return TiffFile(big_endian)
          .set(256, {kPatternWidth})
          .set(257, {kPatternHeight})
          .set(258, std::move(bits))
          .set(259, {1})
          .set(262, {photometric})
          .set(277, {samples});
    };
    const auto expect = [&](const std::string& what, TiffFile& written, double tolerance, auto expected) {
      SCOPED_TRACE(what + (big_endian ? ", big" : ", little"));
      write_bytes(file, written.bytes());
      expect_pixels(see(file), tolerance, expected);
    };
    for (const int bits : {8, 16}) {
      const uint32_t all = bits == 8 ? 1 : 257;
      const auto depth = static_cast<uint32_t>(bits);
      const auto grey = [&](const Rgb8& p) { return n(p.g * all, bits); };
      const auto of_green = [](const Rgb8& p) { return double(p.g); };
      expect("grey", tiff(1, {depth}).set_pixels({pixels(grey)}), 1, of_green);
      expect(
          "grey from white",
          tiff(0, {depth}).set_pixels({pixels([&](const Rgb8& p) { return n((255U - p.g) * all, bits); })}),
          1, of_green);
      expect("grey and alpha", tiff(1, {depth, depth}).set(338, {2}).set_pixels({pixels([&](const Rgb8& p) {
        return grey(p) + n(p.r * all, bits);
      })}),
             1, of_green);
      const auto rgb = [&](const Rgb8& p) {
        return n(p.r * all, bits) + n(p.g * all, bits) + n(p.b * all, bits);
      };
      expect("RGB", tiff(2, {depth, depth, depth}).set_pixels({pixels(rgb)}), 2, brightness_of);
      expect("RGB and alpha",
             tiff(2, {depth, depth, depth, depth}).set(338, {2}).set_pixels({pixels([&](const Rgb8& p) {
               return rgb(p) + n(p.r * all, bits);
             })}),
             2, brightness_of);
      expect("RGB in planes",
             tiff(2, {depth, depth, depth})
                 .set(278, {kPatternHeight})
                 .set(284, {2})
                 .set_pixels({pixels([&](const Rgb8& p) { return n(p.r * all, bits); }), pixels(grey),
                              pixels([&](const Rgb8& p) { return n(p.b * all, bits); })}),
             2, brightness_of);
    }
    expect("CMYK", tiff(5, {8, 8, 8, 8}).set_pixels({pixels([&](const Rgb8& p) {
      return std::string{char(255 - p.r), char(255 - p.g), char(255 - p.b), 0};
    })}),
           2, brightness_of);
    std::vector<uint32_t> palette;
    for (uint32_t channel = 0; channel < 3; ++channel) {
      for (uint32_t i = 0; i < 256; ++i) palette.push_back((channel == 1 ? i : 255 - i) * 257);
    }
    expect("palette", tiff(3, {8}).set(320, palette).set_pixels({pixels([](const Rgb8& p) {
      return std::string{char(p.g)};
    })}),
           2, [](const Rgb8& p) { return 0.413 * (255 - p.g) + 0.587 * p.g; });
    for (const int bits : {1, 2, 4}) {  // rows begin at whole bytes
      const int most = (1 << bits) - 1;
      std::string packed;
      for (int y = 0; y < kPatternHeight; ++y) {
        int free = 0;
        for (int x = 0; x < kPatternWidth; ++x) {
          if (free == 0) {
            packed += '\0';
            free = 8;
          }
          free -= bits;
          packed.back() = static_cast<char>(packed.back() | (pixel(x, y).g * most / 255) << free);
        }
      }
      expect(std::to_string(bits) + " bits", tiff(1, {static_cast<uint32_t>(bits)}).set_pixels({packed}), 1,
             [&](const Rgb8& p) { return double(p.g * most / 255) * 255 / most; });
    }
  }
}

// --- Refused, in the right words --------------------------------------------------------------------

/// With another size in its frame header.
std::string jpeg_of_size(std::string jpeg, uint32_t width, uint32_t height) {
  const size_t frame = jpeg.find("\xFF\xC0");
  return jpeg.replace(frame + 5, 4, testing::number(height, 2, true) + testing::number(width, 2, true));
}

TEST(UnsupportedPictures, AreNotCalledDamaged) {
  WEIR_SKIP_WITHOUT_FFMPEG();
  const TempFolder folder;
  const auto expect = [&](const std::string& name, const std::string& bytes, const std::string& what) {
    const std::string file = folder.file(name);
    if (!bytes.empty()) write_bytes(file, bytes);
    const auto source = open_source(file);
    ASSERT_FALSE(source) << name;
    EXPECT_EQ(source.error().code, ErrorCode::kUnsupported) << name;
    EXPECT_THAT(source.error().message, HasSubstr("'" + file + "'"));
    EXPECT_THAT(source.error().message, HasSubstr(what + " are not supported"));
    EXPECT_THAT(source.error().message, ::testing::Not(HasSubstr("damaged")));
  };
  ASSERT_TRUE(write_picture(folder, folder.file("a.jpg"), "-pix_fmt yuvj420p"));
  ASSERT_TRUE(write_picture(folder, folder.file("a.png"), ""));
  const std::string jpeg = read_bytes(folder.file("a.jpg"));
  expect("big.jpg", jpeg_of_size(jpeg, 20000, 15000), "is 20000x15000: more than 268 million pixels");
  std::string png = read_bytes(folder.file("a.png"));
  const std::string header =
      testing::number(40'000, 4, true) + testing::number(40'000, 4, true) + png.substr(24, 5);
  expect("big.png", png.substr(0, 8) + testing::png_chunk("IHDR", header) + png.substr(33),
         "is 40000x40000: more than 268 million pixels");
  const std::string pixels_of_8_bits(kPatternWidth * kPatternHeight, 'x');
  const auto tiff = [&](uint16_t tag, uint32_t value) {
    return TiffFile()
        .set(256, {kPatternWidth})
        .set(257, {kPatternHeight})
        .set(258, {8})
        .set(262, {1})
        .set(277, {1})
        .set_pixels({pixels_of_8_bits})
        .set(tag, {value})
        .bytes();
  };
  expect("jpeg.tif", tiff(259, 7), "TIFF pictures with JPEG compression");
  expect("tiles.tif", tiff(322, 16), "TIFF pictures with tiles");
  expect("float.tif", tiff(258, 32), "TIFF pictures with grey colours in 1 samples of 32 bits");
  expect("big.tif", "II+\0\x08\0\0\0"s + std::string(100, '\0'), "BigTIFF pictures");
  const std::string frame =
      testing::webp_chunk("ANIM", std::string(6, '\0')) + testing::webp_chunk("ANMF", std::string(24, '\0'));
  expect("anim.webp", testing::extended_webp(2, 64, 48, frame), "animated WebP pictures");
  const std::string heic =
      testing::box("ftyp", "heic\0\0\0\0mif1heic"s) +
      testing::full_box(
          "meta", 0,
          testing::full_box("pitm", 0, "\0\1"s) +
              testing::full_box("iinf", 0, "\0\1"s + testing::full_box("infe", 2, "\0\1\0\0hvc1"s))) +
      testing::box("mdat", "");
  expect("a.heic", heic, "HEIC pictures");
  ASSERT_TRUE(write_picture(folder, folder.file("a.exr"), "-pix_fmt gbrpf32le"));
  expect("a.exr", "", "exr pictures");
  ASSERT_TRUE(write_picture(folder, folder.file("a.pfm"), "-pix_fmt gbrpf32le"));
  expect("a.pfm", "", "pfm pictures");
}

// Without an end mark in its first megabyte, and without one of the usual headers, libav is not sure what it
// is.
TEST(JpegPictures, AreRecognisedByTheirBeginning) {
  WEIR_SKIP_WITHOUT_FFMPEG();
  const TempFolder folder;
  std::string noise(1200 * 900 * 3, '\0');
  uint32_t random = 1;
  for (char& value : noise) value = static_cast<char>((random = random * 1664525 + 1013904223) >> 24);
  write_bytes(folder.file("rgb"), noise);
  const std::string file = folder.file("a.jpg");
  ASSERT_TRUE(run_ffmpeg("-f rawvideo -pix_fmt rgb24 -s 1200x900 -i '" + folder.file("rgb") +
                         "' -pix_fmt yuvj444p -q:v 2 -update 1 '" + file + "'"));
  std::string jpeg = read_bytes(file);
  if (jpeg.compare(2, 2, "\xFF\xE0") == 0) jpeg.erase(2, 2 + 16);
  ASSERT_GT(jpeg.size(), 1'100'000U);
  write_bytes(file, jpeg);
  EXPECT_EQ(see(file).error, "");
  EXPECT_EQ(see(file).width, 1200);
}

TEST(Icons, GiveTheirLargestPicture) {
  WEIR_SKIP_WITHOUT_FFMPEG();
  const TempFolder folder;
  std::string entries;
  std::string pictures;
  for (const uint32_t side : {16U, 64U, 32U}) {
    const std::string size = std::to_string(side) + "x" + std::to_string(side);
    ASSERT_TRUE(run_ffmpeg("-f lavfi -i testsrc2=size=" + size + " -frames:v 1 -update 1 '" +
                           folder.file("a.png") + "'"));
    const std::string png = read_bytes(folder.file("a.png"));
    const auto n = [](uint64_t value, int bytes) { return testing::number(value, bytes, false); };
    entries += n(side, 1) + n(side, 1) + n(0, 2) + n(1, 2) + n(32, 2) + n(png.size(), 4) +
               n(6 + 3 * 16 + pictures.size(), 4);
    pictures += png;
  }
  write_bytes(folder.file("a.ico"), "\0\0\1\0\3\0"s + entries + pictures);
  const auto source = must_open(folder.file("a.ico"));
  ASSERT_NE(source, nullptr);
  EXPECT_EQ(source->info().width_px, 64);
  EXPECT_TRUE(source->info().still);
}

}  // namespace
}  // namespace weir
