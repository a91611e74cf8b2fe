// SPDX-License-Identifier: Apache-2.0
// Pictures and videos that are stored mirrored and turned come out as they are to be displayed.
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

extern "C" {
#include <libavutil/display.h>
}

#include "image/i420_picture.h"
#include "sources/picture_view.h"
#include "support/media.h"
#include "support/picture_files.h"
#include "support/reading.h"
#include "support/test_picture.h"

namespace weir {
namespace {

using testing::make_test_video;
using testing::must_open;
using testing::read_bytes;
using testing::run_ffmpeg;
using testing::TempFolder;
using testing::write_bytes;

/// Grey values, row by row.
struct Luma {
  int width = 0;
  int height = 0;
  std::string values;

  [[nodiscard]] char at(int x, int y) const {
    return values[static_cast<size_t>(y) * static_cast<size_t>(width) + static_cast<size_t>(x)];
  }
  friend bool operator==(const Luma&, const Luma&) = default;
};

/// Prints no more than the size where two differ.
void PrintTo(const Luma& luma, std::ostream* out) {
  *out << luma.width << "x" << luma.height;
}

Luma luma_of(const PictureView& view) {
  Luma luma{view.width_px, view.height_px, {}};
  for (int y = 0; y < view.height_px; ++y) {
    luma.values.append(reinterpret_cast<const char*>(view.planes[0]) + ptrdiff_t{y} * view.strides[0],
                       static_cast<size_t>(view.width_px));
  }
  return luma;
}

/// The first picture of a file as it is displayed.
Luma displayed(const std::string& file) {
  const auto source = must_open(file);
  if (source == nullptr) return {};
  const auto picture = source->read();
  if (!picture || !*picture) {
    ADD_FAILURE() << "no picture";
    return {};
  }
  I420Picture upright;
  upright.assign((*picture)->view);
  const Luma luma = luma_of(upright.view());
  EXPECT_EQ(source->info().width_px, luma.width);
  EXPECT_EQ(source->info().height_px, luma.height);
  return luma;
}

/// Exif's own words for 1 to 8: which side of the displayed picture row 0 and column 0 of the stored one are.
struct Sides {
  std::string_view row_0;
  std::string_view column_0;
};

constexpr std::array<Sides, 8> kExif = {Sides{"top", "left"}, {"top", "right"},  {"bottom", "right"},
                                        {"bottom", "left"},   {"left", "top"},   {"right", "top"},
                                        {"right", "bottom"},  {"left", "bottom"}};

Luma oriented(const Luma& stored, const Sides& sides) {
  const bool rows_are_columns = sides.row_0 == "left" || sides.row_0 == "right";
  Luma luma{rows_are_columns ? stored.height : stored.width, rows_are_columns ? stored.width : stored.height,
            stored.values};
  for (int row = 0; row < stored.height; ++row) {
    for (int column = 0; column < stored.width; ++column) {
      int x = 0;
      int y = 0;
      const auto place = [&](std::string_view side_of_0, int i) {
        if (side_of_0 == "left") x = i;
        if (side_of_0 == "right") x = luma.width - 1 - i;
        if (side_of_0 == "top") y = i;
        if (side_of_0 == "bottom") y = luma.height - 1 - i;
      };
      place(sides.row_0, row);
      place(sides.column_0, column);
      luma.values[static_cast<size_t>(y) * static_cast<size_t>(luma.width) + static_cast<size_t>(x)] =
          stored.at(column, row);
    }
  }
  return luma;
}

/// A picture that looks different from every side.
bool make_picture(const std::string& file, const std::string& options = "") {
  return run_ffmpeg("-f lavfi -i testsrc2=size=64x48 -frames:v 1 -update 1 " + options + " '" + file + "'");
}

TEST(PictureOrientation, IsExifsInEveryKindOfPictureThatHasIt) {
  WEIR_SKIP_WITHOUT_FFMPEG();
  const TempFolder folder;
  int kinds = 0;
  for (const std::string kind : {"jpg", "png", "webp", "tif"}) {
    const std::string plain = folder.file("plain." + kind);
    const std::string file = folder.file("oriented." + kind);
    std::string bytes;
    testing::TiffFile tiff;
    if (kind == "tif") {
      std::string pixels;
      for (int i = 0; i < 64 * 48; ++i) pixels += static_cast<char>(i * i / 7);
      tiff.set(256, {64}).set(257, {48}).set(258, {8}).set(262, {1}).set(277, {1}).set_pixels({pixels});
      write_bytes(plain, tiff.bytes());
    } else if (!make_picture(plain)) {
      continue;  // WebP needs an encoder that not every ffmpeg has
    }
    ++kinds;
    const Luma stored = displayed(plain);
    bytes = read_bytes(plain);
    for (uint32_t orientation = 1; orientation <= 8; ++orientation) {
      SCOPED_TRACE(kind + " " + std::to_string(orientation));
      const std::string exif = testing::exif(orientation, orientation % 2 == 0);
      if (kind == "jpg") write_bytes(file, testing::jpeg_with_exif(bytes, exif));
      if (kind == "png") write_bytes(file, testing::png_with_exif(bytes, exif));
      if (kind == "webp") write_bytes(file, testing::webp_with_exif(bytes, 64, 48, exif));
      if (kind == "tif") write_bytes(file, tiff.set(274, {orientation}).bytes());
      EXPECT_EQ(displayed(file), oriented(stored, kExif[orientation - 1]));
    }
  }
  EXPECT_GE(kinds, 3);
}

/// Replaces the colour property of an AVIF file of the ffmpeg tool by a turn and a mirror; "" if it is not as
/// expected. They apply in this order.
std::string avif_turned_and_mirrored(std::string avif, int counterclockwise, int axis) {
  const size_t colour = avif.find("colr");
  const size_t associations = avif.find("ipma");
  if (colour == std::string::npos || associations == std::string::npos || avif[colour - 1] != 19) return "";
  // 19 bytes: a turn, with a byte that says nothing, and a mirror.
  const std::string turn =
      testing::box("irot", testing::number(static_cast<uint64_t>(counterclockwise), 1, true) + " ");
  const std::string mirror = testing::box("imir", testing::number(static_cast<uint64_t>(axis), 1, true));
  avif.replace(colour - 4, 19, turn + mirror);
  // Behind version, flags, number of entries and the item: size, depth, codec, colour. Depth isn't needed.
  std::string indices = avif.substr(associations + 4 + 4 + 4 + 2, 5);
  if (indices[0] != 4 || indices[1] != 1 || (indices[4] & 0x7F) != 4) return "";
  avif.replace(associations + 4 + 4 + 4 + 2, 5, std::string("\4\1") + indices[3] + "\4\5");
  return avif;
}

TEST(PictureOrientation, IsTurnAndMirrorInAvif) {
  WEIR_SKIP_WITHOUT_FFMPEG();
  const TempFolder folder;
  const std::string plain = folder.file("plain.avif");
  if (!make_picture(
          plain,
          "-c:v libaom-av1 -cpu-used 8 -crf 20 -still-picture 1 -pix_fmt yuv420p -colorspace smpte170m")) {
    GTEST_SKIP() << "this ffmpeg writes no AVIF";
  }
  const auto source = must_open(plain);
  ASSERT_NE(source, nullptr);
  EXPECT_TRUE(source->info().still);
  const Luma stored = displayed(plain);
  constexpr Sides kMirrored[] = {{"bottom", "left"}, {"top", "right"}};  // by axis
  constexpr Sides kTurned[] = {{"top", "left"}, {"left", "bottom"}, {"bottom", "right"}, {"right", "top"}};
  for (int turns = 0; turns < 4; ++turns) {
    for (int axis = 0; axis < 2; ++axis) {
      SCOPED_TRACE(std::to_string(turns) + " turns, axis " + std::to_string(axis));
      const std::string bytes = avif_turned_and_mirrored(read_bytes(plain), turns, axis);
      if (bytes.empty()) GTEST_SKIP() << "this ffmpeg writes AVIF with other properties";
      write_bytes(folder.file("oriented.avif"), bytes);
      EXPECT_EQ(displayed(folder.file("oriented.avif")),
                oriented(oriented(stored, kTurned[turns]), kMirrored[axis]));
    }
  }
}

/// The first two columns of a display matrix: a stored pixel (x, y) goes to (a x + c y, b x + d y).
struct Matrix {
  int a;
  int b;
  int c;
  int d;
};

constexpr Matrix kMatrices[] = {{1, 0, 0, 1},  {0, 1, -1, 0}, {-1, 0, 0, -1}, {0, -1, 1, 0},
                                {-1, 0, 0, 1}, {0, 1, 1, 0},  {1, 0, 0, -1},  {0, -1, -1, 0}};

std::string with_matrix(std::string mp4, const Matrix& m) {
  const size_t header = mp4.find("tkhd") + 4;
  const size_t at = header + 4 + (mp4[header] == 1 ? 32 : 20) + 16;
  std::string matrix;
  for (const int value : {m.a * 65536, m.b * 65536, 0, m.c * 65536, m.d * 65536, 0, 0, 0, 1 << 30}) {
    matrix += testing::number(static_cast<uint32_t>(value), 4, true);
  }
  return mp4.replace(at, matrix.size(), matrix);
}

// The ffmpeg tool turns and mirrors by itself, so it is the judge.
TEST(VideoOrientation, IsTheDisplayMatrix) {
  WEIR_SKIP_WITHOUT_FFMPEG();
  const TempFolder folder;
  ASSERT_TRUE(make_test_video(folder.file("a.mp4"), "96x64", 1, "-c:v libx264 -pix_fmt yuv420p"));
  const std::string plain = read_bytes(folder.file("a.mp4"));
  std::vector<Luma> seen;
  for (const Matrix& matrix : kMatrices) {
    SCOPED_TRACE(std::to_string(matrix.a) + " " + std::to_string(matrix.b) + " " + std::to_string(matrix.c) +
                 " " + std::to_string(matrix.d));
    const std::string file = folder.file("b.mp4");
    write_bytes(file, with_matrix(plain, matrix));
    ASSERT_TRUE(
        run_ffmpeg("-i '" + file + "' -f rawvideo -pix_fmt yuv420p '" + folder.file("upright.yuv") + "'"));
    const Luma luma = displayed(file);
    EXPECT_EQ(luma.width, matrix.a == 0 ? 64 : 96);
    EXPECT_EQ(luma.values, read_bytes(folder.file("upright.yuv")).substr(0, 96 * 64));
    EXPECT_THAT(seen, ::testing::Not(::testing::Contains(luma)));
    seen.push_back(luma);
  }
}

// H.264 can say it in the stream itself: mirrored first, then turned counterclockwise.
TEST(VideoOrientation, IsThatOfTheStreamItself) {
  WEIR_SKIP_WITHOUT_FFMPEG();
  const TempFolder folder;
  ASSERT_TRUE(make_test_video(folder.file("a.h264"), "96x64", 1, "-c:v libx264 -pix_fmt yuv420p"));
  const Luma stored = displayed(folder.file("a.h264"));
  const std::pair<std::string, Sides> mirrors[] = {
      {"", {"top", "left"}}, {":flip=horizontal", {"top", "right"}}, {":flip=vertical", {"bottom", "left"}}};
  constexpr Sides kTurned[] = {{"top", "left"}, {"left", "bottom"}, {"bottom", "right"}, {"right", "top"}};
  for (const auto& [mirror, mirrored] : mirrors) {
    for (int turns = 0; turns < 4; ++turns) {
      const std::string how = "rotate=" + std::to_string(90 * turns) + mirror;
      SCOPED_TRACE(how);
      ASSERT_TRUE(run_ffmpeg("-i '" + folder.file("a.h264") +
                             "' -c copy -bsf:v h264_metadata=display_orientation=insert:" + how + " '" +
                             folder.file("b.h264") + "'"));
      EXPECT_EQ(displayed(folder.file("b.h264")), oriented(oriented(stored, mirrored), kTurned[turns]));
    }
  }
}

TEST(DisplayMatrix, IsOneOfEightOrNothing) {
  const auto of = [](double a, double b, double c, double d) {
    const auto fixed = [](double value) { return static_cast<int32_t>(value * 65536); };
    const int32_t matrix[9] = {fixed(a), fixed(b), 0, fixed(c), fixed(d), 0, 0, 0, 1 << 30};
    return orientation_of(matrix);
  };
  EXPECT_EQ(of(1, 0, 0, 1), kUpright);
  EXPECT_EQ(of(0, 1, -1, 0), (Orientation{false, Rotation::k90}));
  EXPECT_EQ(of(-1, 0, 0, -1), (Orientation{false, Rotation::k180}));
  EXPECT_EQ(of(0, -1, 1, 0), (Orientation{false, Rotation::k270}));
  EXPECT_EQ(of(-1, 0, 0, 1), (Orientation{true, Rotation::k0}));
  EXPECT_EQ(of(0, -1, -1, 0), (Orientation{true, Rotation::k90}));
  EXPECT_EQ(of(1, 0, 0, -1), (Orientation{true, Rotation::k180}));
  EXPECT_EQ(of(0, 1, 1, 0), (Orientation{true, Rotation::k270}));
  EXPECT_EQ(of(1.333, 0, 0, 1), kUpright);  // pixels that are not square
  EXPECT_EQ(of(0, 0.5, -2, 0.001), (Orientation{false, Rotation::k90}));
  EXPECT_EQ(of(0.866, 0.5, -0.5, 0.866), std::nullopt);
  EXPECT_EQ(of(1, 0, 0.5, 1), std::nullopt);
  EXPECT_EQ(of(1, 0, 0, 0), std::nullopt);
  EXPECT_EQ(of(0, 0, 0, 0), std::nullopt);
  int32_t matrix[9];
  av_display_rotation_set(matrix, -90);  // clockwise
  EXPECT_EQ(orientation_of(matrix), (Orientation{false, Rotation::k270}));
}

}  // namespace
}  // namespace weir
