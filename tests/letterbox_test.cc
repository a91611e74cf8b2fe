// SPDX-License-Identifier: Apache-2.0
// The letterbox against a slow reference in double precision, and at its edges.
#include "image/letterbox.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <string>
#include <vector>

#include "support/test_picture.h"

namespace weir {
namespace {

using testing::Formula;
using testing::Guard;
using testing::GuardedMemory;
using testing::TestPicture;

constexpr ColorMatrix kAllMatrices[] = {ColorMatrix::kBt601, ColorMatrix::kBt709, ColorMatrix::kBt2020};
constexpr ColorRange kAllRanges[] = {ColorRange::kLimited, ColorRange::kFull};

// --- The reference ------------------------------------------------------------------------------

/// One plane in double precision.
struct Plane {
  int width = 0;
  int height = 0;
  std::vector<double> samples;

  [[nodiscard]] double at(int x, int y) const {
    return samples[static_cast<size_t>(std::clamp(y, 0, height - 1) * width + std::clamp(x, 0, width - 1))];
  }
};

template <class Value>
Plane make_plane(int width, int height, Value value) {
  Plane plane{width, height, {}};
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) plane.samples.push_back(value(x, y));
  }
  return plane;
}

double mean_of(const Plane& plane, int left, int right, int top, int bottom) {
  double sum = 0;
  for (int y = top; y < bottom; ++y) {
    for (int x = left; x < right; ++x) sum += plane.at(x, y);
  }
  return sum / ((right - left) * (bottom - top));
}

/// Where target pixel i lies in the source: centres aligned, or the outermost pixels when it grows to
/// anything but twice.
double linear_position(int i, int source, int target) {
  const bool aligns_centres = target <= source || (target + 1) / 2 == source;
  if (!aligns_centres) return target > 1 ? static_cast<double>(i) * (source - 1) / (target - 1) : 0;
  const double factor = target <= source ? static_cast<double>(source) / target : 0.5;
  return std::clamp((i + 0.5) * factor - 0.5, 0.0, source - 1.0);
}

Plane resample(const Plane& source, int width, int height) {
  if (2 * width < source.width && 2 * height < source.height) {
    return make_plane(width, height, [&](int x, int y) {
      return mean_of(source, x * source.width / width, (x + 1) * source.width / width,
                     y * source.height / height, (y + 1) * source.height / height);
    });
  }
  return make_plane(width, height, [&](int x, int y) {
    const double from_x = linear_position(x, source.width, width);
    const double from_y = linear_position(y, source.height, height);
    const int left = static_cast<int>(from_x);
    const int top = static_cast<int>(from_y);
    const double right_part = from_x - left;
    const double bottom_part = from_y - top;
    const double upper = source.at(left, top) * (1 - right_part) + source.at(left + 1, top) * right_part;
    const double lower =
        source.at(left, top + 1) * (1 - right_part) + source.at(left + 1, top + 1) * right_part;
    return upper * (1 - bottom_part) + lower * bottom_part;
  });
}

Plane turn_clockwise(const Plane& plane) {
  return make_plane(plane.height, plane.width,
                    [&](int x, int y) { return plane.at(y, plane.height - 1 - x); });
}

Plane mirror(const Plane& plane) {
  return make_plane(plane.width, plane.height,
                    [&](int x, int y) { return plane.at(plane.width - 1 - x, y); });
}

Plane oriented(Plane plane, Orientation orientation) {
  if (orientation.mirrored) plane = mirror(plane);
  for (int quarters = static_cast<int>(orientation.rotation); quarters > 0; --quarters) {
    plane = turn_clockwise(plane);
  }
  return plane;
}

/// Component 0..2 of a view, as stored.
Plane component_of(const PictureView& view, int component) {
  if (component > 0 && view.format == PixelFormat::kGray)
    return make_plane(1, 1, [](int, int) { return 128; });
  const bool is_pair = component > 0 && view.format == PixelFormat::kNv12;
  const size_t i = is_pair ? 1 : static_cast<size_t>(component);
  const bool half_width = component > 0 && view.format != PixelFormat::kI444;
  const bool half_height = half_width && view.format != PixelFormat::kI422;
  const int width = half_width ? (view.width_px + 1) / 2 : view.width_px;
  const int height = half_height ? (view.height_px + 1) / 2 : view.height_px;
  return make_plane(width, height, [&](int x, int y) {
    return view.planes[i][y * view.strides[i] + (is_pair ? 2 * x + component - 1 : x)];
  });
}

/// B, G, R. Source: ITU-R BT.601, BT.709, BT.2020. Blue takes U by 2 at most, as libyuv does.
std::array<double, 3> to_bgr(double y, double u, double v, ColorMatrix matrix, ColorRange range) {
  const double kr = matrix == ColorMatrix::kBt601 ? 0.299 : matrix == ColorMatrix::kBt709 ? 0.2126 : 0.2627;
  const double kb = matrix == ColorMatrix::kBt601 ? 0.114 : matrix == ColorMatrix::kBt709 ? 0.0722 : 0.0593;
  const bool full = range == ColorRange::kFull;
  const double luma = full ? y : (y - 16) * 255 / 219;
  const double gain = full ? 1 : 255.0 / 224;
  const double blue_factor = 2 * (1 - kb) * gain;
  const double red_factor = 2 * (1 - kr) * gain;
  const double green = luma - (kb * blue_factor * (u - 128) + kr * red_factor * (v - 128)) / (1 - kr - kb);
  std::array<double, 3> bgr = {luma + std::min(blue_factor, 2.0) * (u - 128), green,
                               luma + red_factor * (v - 128)};
  for (double& value : bgr) value = std::clamp(value, 0.0, 255.0);
  return bgr;
}

std::vector<double> reference_letterbox(const PictureView& view, InputSize input) {
  const Letterbox box = make_letterbox(view.display_width_px(), view.display_height_px(), input);
  const auto [width, height] = box.content;
  std::array<Plane, 3> planes;
  for (int c = 0; c < 3; ++c) {
    Plane& plane = planes[static_cast<size_t>(c)];
    const bool turned = view.orientation.swaps_sides();
    plane = resample(component_of(view, c), turned ? height : width, turned ? width : height);
    plane = oriented(plane, view.orientation);
  }
  std::vector<double> pixels(static_cast<size_t>(input.width_px * input.height_px * 3), 114.0);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const auto bgr =
          to_bgr(planes[0].at(x, y), planes[1].at(x, y), planes[2].at(x, y), view.matrix, view.range);
      std::copy(bgr.begin(), bgr.end(), pixels.begin() + (y * input.width_px + x) * 3);
    }
  }
  return pixels;
}

// --- What is compared -----------------------------------------------------------------------------

std::vector<uint8_t> run_letterbox(const PictureView& view, InputSize input, uint8_t before = 0) {
  const size_t row = static_cast<size_t>(input.width_px) * 3;
  GuardedMemory dst(row * static_cast<size_t>(input.height_px), Guard::kBehind, before);
  LetterboxScratch scratch;
  letterbox_into(view, input, dst.data(), row, scratch);
  return {dst.bytes().begin(), dst.bytes().end()};
}

struct Difference {
  double worst = 0;
  double mean = 0;
};

Difference difference(const std::vector<uint8_t>& pixels, const std::vector<double>& expected) {
  Difference found;
  for (size_t i = 0; i < pixels.size(); ++i) {
    const double d = std::abs(pixels[i] - expected[i]);
    found.worst = std::max(found.worst, d);
    found.mean += d / static_cast<double>(pixels.size());
  }
  return found;
}

/// Smooth, different in every direction and component; colours moderate enough not to clip.
uint8_t waves(int component, double x, double y) {
  const double phase = 5 * x + (3 + component) * y + component;
  return static_cast<uint8_t>(std::lround(128 + (component == 0 ? 60 : 25) * std::sin(phase)));
}

Formula flat(std::array<uint8_t, 3> color) {
  return [color](int component, double, double) { return color[static_cast<size_t>(component)]; };
}

// --- Pixels -----------------------------------------------------------------------------------------

/// How far the fast code may be from the reference on a smooth picture, in levels of B, G and R. Its box
/// means are rounded down, and one level of U is two of blue. NV12's chroma loses up to a level more and
/// is interpolated where the reference averages. (A wrong matrix is 7 levels off here, a wrong range 15.)
struct Tolerance {
  double worst;
  double mean;
};

Tolerance tolerance_of(PixelFormat format) {
  return format == PixelFormat::kNv12 ? Tolerance{8, 2.5} : Tolerance{5, 1.75};
}

void expect_like_reference(const PictureView& view, InputSize input) {
  const auto [worst, mean] = difference(run_letterbox(view, input), reference_letterbox(view, input));
  const Tolerance tolerance = tolerance_of(view.format);
  EXPECT_LE(worst, tolerance.worst);
  EXPECT_LE(mean, tolerance.mean);
}

TEST(LetterboxPixels, AgreeWithTheReferenceAtManySizes) {
  const std::pair<int, int> sizes[] = {{1280, 720}, {270, 480}, {384, 216}, {321, 179},
                                       {209, 117},  {208, 117}, {166, 250}, {104, 58},
                                       {52, 30},    {97, 31},   {416, 234}};
  for (const auto& [width, height] : sizes) {
    for (const PixelFormat format : testing::kAllFormats) {
      const TestPicture picture({.format = format, .width_px = width, .height_px = height}, waves);
      for (const InputSize input : {InputSize{208, 208}, InputSize{208, 128}}) {
        SCOPED_TRACE(::testing::Message()
                     << width << "x" << height << " format " << static_cast<int>(format));
        expect_like_reference(picture.view(), input);
      }
    }
  }
}

TEST(LetterboxPixels, AgreeWithTheReferenceForEveryMatrixRangeAndOrientation) {
  for (const ColorMatrix matrix : kAllMatrices) {
    for (const ColorRange range : kAllRanges) {
      for (const Orientation orientation : testing::kAllOrientations) {
        for (const PixelFormat format : testing::kAllFormats) {
          const TestPicture picture({.format = format,
                                     .width_px = 251,
                                     .height_px = 140,
                                     .matrix = matrix,
                                     .range = range,
                                     .orientation = orientation,
                                     .row_gap_bytes = 19},
                                    waves);
          SCOPED_TRACE(::testing::Message()
                       << "format " << static_cast<int>(format) << " matrix " << static_cast<int>(matrix)
                       << " range " << static_cast<int>(range) << testing::name_of(orientation));
          expect_like_reference(picture.view(), {96, 64});
        }
      }
    }
  }
}

TEST(LetterboxPixels, PicturesAreMirroredAndThenTurnedClockwise) {
  // In the stored picture, only the left half of the upper half is bright, and brightest at the very top.
  const Formula corner = [](int component, double x, double y) -> uint8_t {
    return component > 0 ? 128 : (x > 0.5 || y > 0.5 ? 16 : y < 0.25 ? 235 : 160);
  };
  // What is seen in the middle of each of 4 x 4 fields: 2 brightest, 1 bright, 0 dark.
  const auto seen = [&](Orientation orientation) {
    const TestPicture picture({.width_px = 64, .height_px = 64, .orientation = orientation}, corner);
    const std::vector<uint8_t> pixels = run_letterbox(picture.view(), {32, 32});
    std::string fields;
    for (const int y : {4, 12, 20, 28}) {
      for (const int x : {4, 12, 20, 28}) {
        const uint8_t value = pixels[static_cast<size_t>((y * 32 + x) * 3)];
        fields += value > 220 ? '2' : value > 100 ? '1' : '0';
      }
      fields += ' ';
    }
    return fields;
  };
  EXPECT_EQ(seen({false, Rotation::k0}), "2200 1100 0000 0000 ");
  EXPECT_EQ(seen({false, Rotation::k90}), "0012 0012 0000 0000 ");
  EXPECT_EQ(seen({false, Rotation::k180}), "0000 0000 0011 0022 ");
  EXPECT_EQ(seen({false, Rotation::k270}), "0000 0000 2100 2100 ");
  EXPECT_EQ(seen({true, Rotation::k0}), "0022 0011 0000 0000 ");
  EXPECT_EQ(seen({true, Rotation::k90}), "0000 0000 0012 0012 ");
  EXPECT_EQ(seen({true, Rotation::k180}), "0000 0000 1100 2200 ");
  EXPECT_EQ(seen({true, Rotation::k270}), "2100 2100 0000 0000 ");
}

// Would catch: a sign or an order exchanged, for any pair of the eight.
TEST(Orientation, TwoCombinedAreOneAfterTheOther) {
  const Plane stored = make_plane(3, 2, [](int x, int y) { return 10 * x + y; });
  for (const Orientation first : testing::kAllOrientations) {
    for (const Orientation second : testing::kAllOrientations) {
      const Plane one = oriented(stored, combined(first, second));
      const Plane two = oriented(oriented(stored, first), second);
      EXPECT_EQ(one.width, two.width);
      EXPECT_EQ(one.samples, two.samples) << testing::name_of(first) << ", then " << testing::name_of(second);
    }
  }
}

TEST(LetterboxPixels, FormatsAgreeOnAFlatColour) {
  const std::array<uint8_t, 3> color = {120, 100, 160};
  const TestPicture reference({.format = PixelFormat::kI444, .width_px = 77, .height_px = 51}, flat(color));
  const std::vector<uint8_t> expected = run_letterbox(reference.view(), {64, 64});
  const auto exact = to_bgr(color[0], color[1], color[2], ColorMatrix::kBt601, ColorRange::kLimited);
  for (size_t c = 0; c < 3; ++c) EXPECT_NEAR(expected[c], exact[c], 2);
  for (const PixelFormat format : {PixelFormat::kI420, PixelFormat::kI422, PixelFormat::kNv12}) {
    const TestPicture picture({.format = format, .width_px = 77, .height_px = 51}, flat(color));
    const std::vector<uint8_t> pixels = run_letterbox(picture.view(), {64, 64});
    // NV12's chroma loses a level.
    const int allowed = format == PixelFormat::kNv12 ? 3 : 0;
    for (size_t i = 0; i < pixels.size(); ++i) {
      ASSERT_LE(std::abs(pixels[i] - expected[i]), allowed) << static_cast<int>(format);
    }
  }
}

TEST(LetterboxPixels, PaddingIsExactAndGapsBetweenRowsAreLeftAlone) {
  const TestPicture picture({.width_px = 64, .height_px = 21}, flat({235, 128, 128}));
  const InputSize input{64, 48};
  const size_t row_stride = 64 * 3 + 13;
  GuardedMemory dst(row_stride * 47 + 64 * 3, Guard::kBehind, 7);
  LetterboxScratch scratch;
  const Letterbox box = letterbox_into(picture.view(), input, dst.data(), row_stride, scratch);
  ASSERT_EQ(box.content, (InputSize{64, 21}));
  for (size_t i = 0; i < dst.bytes().size(); ++i) {
    const size_t y = i / row_stride;
    const bool is_gap = i % row_stride >= 64 * 3;
    ASSERT_EQ(dst.data()[i], is_gap ? 7 : y < 21 ? 255 : kLetterboxPadding) << "row " << y;
  }
}

TEST(LetterboxPixels, OddAndTinyPicturesStayInTheirMemory) {
  const std::pair<int, int> sizes[] = {{1, 1}, {1, 9},   {9, 1},   {2, 2},   {3, 3},
                                       {5, 2}, {17, 33}, {63, 65}, {131, 67}};
  for (const auto& [width, height] : sizes) {
    for (const PixelFormat format : testing::kAllFormats) {
      for (const Orientation orientation : testing::kAllOrientations) {
        for (const Guard guard : {Guard::kBefore, Guard::kBehind}) {
          const TestPicture picture({.format = format,
                                     .width_px = width,
                                     .height_px = height,
                                     .orientation = orientation,
                                     .guard = guard},
                                    waves);
          for (const InputSize input : {InputSize{32, 32}, InputSize{33, 1}, InputSize{64, 96}}) {
            // What was there before must not show: every byte is written.
            EXPECT_EQ(run_letterbox(picture.view(), input, 0), run_letterbox(picture.view(), input, 255))
                << width << "x" << height << " format " << static_cast<int>(format);
          }
        }
      }
    }
  }
}

TEST(LetterboxScratch, GrowsOnce) {
  const TestPicture picture({.width_px = 640, .height_px = 360}, waves);
  std::vector<uint8_t> dst(416 * 256 * 3);
  LetterboxScratch scratch;
  letterbox_into(picture.view(), {416, 256}, dst.data(), 416 * 3, scratch);
  const size_t bytes = scratch.size_bytes();
  EXPECT_LE(bytes, 416U * 256 * 6);
  const uint8_t* memory = scratch.reserve(0);
  letterbox_into(picture.view(), {416, 256}, dst.data(), 416 * 3, scratch);
  EXPECT_EQ(scratch.reserve(0), memory);
  EXPECT_EQ(scratch.size_bytes(), bytes);
}

}  // namespace
}  // namespace weir
