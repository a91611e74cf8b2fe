// SPDX-License-Identifier: Apache-2.0
// Drawing changes what it should and nothing else, at every place and size.
#include "image/draw.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include "image/color.h"
#include "image/i420_picture.h"
#include "image/stroke_font.h"
#include "support/test_picture.h"

namespace weir {
namespace {

using testing::Guard;
using testing::GuardedMemory;
using testing::TestPicture;

constexpr uint8_t kBackground = 90;

/// A grey canvas whose planes end at unreadable pages.
class GuardedCanvas {
 public:
  GuardedCanvas(int width_px, int height_px, Guard guard = Guard::kBehind) {
    canvas_.width_px = width_px;
    canvas_.height_px = height_px;
    for (size_t i = 0; i < 3; ++i) {
      const int width = i == 0 ? width_px : (width_px + 1) / 2;
      const int height = i == 0 ? height_px : (height_px + 1) / 2;
      planes_.emplace_back(static_cast<size_t>(width) * static_cast<size_t>(height), guard, kBackground);
      canvas_.planes[i] = planes_[i].data();
      canvas_.strides[i] = width;
    }
  }

  [[nodiscard]] const I420Canvas& get() const { return canvas_; }
  [[nodiscard]] uint8_t sample(size_t plane, int x, int y) const {
    return canvas_.planes[plane][y * canvas_.strides[plane] + x];
  }
  [[nodiscard]] bool is_untouched() {
    return std::all_of(planes_.begin(), planes_.end(), [](GuardedMemory& plane) {
      return std::all_of(plane.bytes().begin(), plane.bytes().end(),
                         [](uint8_t v) { return v == kBackground; });
    });
  }

 private:
  std::vector<GuardedMemory> planes_;
  I420Canvas canvas_;
};

// --- Colours ----------------------------------------------------------------------------------------

TEST(Color, KnownValues) {
  using Yuv = std::array<uint8_t, 3>;
  EXPECT_EQ(to_yuv(kBlack, ColorMatrix::kBt601, ColorRange::kLimited), (Yuv{16, 128, 128}));
  EXPECT_EQ(to_yuv(kWhite, ColorMatrix::kBt709, ColorRange::kLimited), (Yuv{235, 128, 128}));
  EXPECT_EQ(to_yuv(kWhite, ColorMatrix::kBt2020, ColorRange::kFull), (Yuv{255, 128, 128}));
  EXPECT_EQ(to_yuv({255, 0, 0}, ColorMatrix::kBt601, ColorRange::kLimited), (Yuv{81, 90, 240}));
  EXPECT_EQ(to_yuv({255, 0, 0}, ColorMatrix::kBt709, ColorRange::kLimited), (Yuv{63, 102, 240}));
  EXPECT_EQ(to_yuv({0, 0, 255}, ColorMatrix::kBt601, ColorRange::kFull), (Yuv{29, 255, 107}));
}

TEST(Color, ClassesDiffer) {
  const auto distance = [](Rgb a, Rgb b) {
    return std::abs(a.r - b.r) + std::abs(a.g - b.g) + std::abs(a.b - b.b);
  };
  for (int a = 0; a < 80; ++a) {
    for (int b = a + 1; b < std::min(a + 12, 80); ++b) {
      EXPECT_GE(distance(class_color(a), class_color(b)), 60) << a << " and " << b;
    }
  }
}

/// WCAG 2: (lighter + 0.05) / (darker + 0.05).
double contrast(Rgb a, Rgb b) {
  const auto luminance = [](Rgb color) {
    const auto linear = [](uint8_t v) {
      return v <= 10 ? v / 255.0 / 12.92 : std::pow((v / 255.0 + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(color.r) + 0.7152 * linear(color.g) + 0.0722 * linear(color.b);
  };
  const auto [darker, lighter] = std::minmax({luminance(a), luminance(b)});
  return (lighter + 0.05) / (darker + 0.05);
}

TEST(Color, TextReadsOnEveryClass) {
  for (int id = 0; id < 200; ++id) {
    EXPECT_GE(contrast(class_color(id), text_color(class_color(id))), 4.5) << id;  // WCAG 2, level AA
  }
}

// --- Text -------------------------------------------------------------------------------------------

int ink(const TextMask& mask) {
  int sum = 0;
  for (const uint8_t coverage : mask.coverage) sum += coverage;
  return sum;
}

TEST(StrokeFont, EveryPrintableCharacterLooksLikeNoOther) {
  for (const double cap_height_px : {9.0, 20.0}) {
    std::set<std::vector<uint8_t>> seen;
    for (char c = '!'; c <= '~'; ++c) {
      const TextMask mask = render_text(std::string(1, c), cap_height_px);
      EXPECT_GT(ink(mask), 0) << c;
      EXPECT_TRUE(seen.insert(mask.coverage).second) << c;
    }
    EXPECT_TRUE(seen.insert(render_text("\xC3\xA9", cap_height_px).coverage).second)
        << "the box of unknown ones";
  }
  EXPECT_EQ(ink(render_text(" ", 20)), 0);
}

TEST(StrokeFont, NoLetterIsCutOff) {
  for (const double cap_height_px : {8.0, 9.0, 13.5, 20.0, 38.0}) {
    for (char c = '!'; c <= '~'; ++c) {
      const TextMask mask = render_text(std::string(1, c), cap_height_px);
      // At other places in the grid of pixels the same ink comes out a little different.
      const TextMask amid_spaces = render_text(" " + std::string(1, c) + " ", cap_height_px);
      ASSERT_NEAR(ink(mask), ink(amid_spaces), 0.04 * ink(mask) + 100) << c << " at " << cap_height_px;
      const auto width = static_cast<std::ptrdiff_t>(mask.width_px);
      const uint8_t top = *std::max_element(mask.coverage.begin(), mask.coverage.begin() + width);
      const uint8_t bottom = *std::max_element(mask.coverage.end() - width, mask.coverage.end());
      ASSERT_LE(std::max(top, bottom), 80) << c << " at " << cap_height_px;  // grazed, not filled
    }
  }
}

TEST(StrokeFont, OneGlyphACodePoint) {
  const int one = render_text("\xC3\xA9", 20).width_px;
  EXPECT_EQ(render_text("\xE2\x82\xAC", 20).width_px, one);
  EXPECT_NEAR(render_text("\xC3\xA9\xC3\xA9", 20).width_px, 2 * one, 1);
  EXPECT_EQ(render_text("", 20).width_px, 0);
}

TEST(StrokeFont, InkGrowsWithTheAreaOfTheText) {
  const double small = ink(render_text("person 0.83", 10));
  const double large = ink(render_text("person 0.83", 20));
  EXPECT_NEAR(large / small, 4, 0.4);
}

// --- Boxes ------------------------------------------------------------------------------------------

TEST(Draw, ChangesTheOutlineAndTheTagAndNothingElse) {
  GuardedCanvas canvas(640, 360);
  draw_detection(canvas.get(), {.class_id = 2, .score = 0.83F, .box = {101, 121, 401, 301}}, "car");
  const auto color = to_yuv(class_color(2), ColorMatrix::kBt601, ColorRange::kLimited);
  constexpr int kOutline = 2;
  constexpr int kTagHeight = 20;  // at most
  for (int y = 0; y < 360; ++y) {
    for (int x = 0; x < 640; ++x) {
      const bool in_box = x >= 101 && x < 401 && y >= 121 && y < 301;
      const bool inside =
          x >= 101 + kOutline && x < 401 - kOutline && y >= 121 + kOutline && y < 301 - kOutline;
      const bool may_be_tag = x >= 101 && x < 250 && y >= 121 - kTagHeight && y < 121;
      if (in_box && !inside) {
        ASSERT_EQ(canvas.sample(0, x, y), color[0]) << x << "," << y;
      } else if (!may_be_tag) {
        ASSERT_EQ(canvas.sample(0, x, y), kBackground) << x << "," << y;
      }
    }
  }
  EXPECT_EQ(canvas.sample(0, 101, 120), color[0]) << "the tag stands on the box";
  // Chroma: whole where all four pixels are covered, in part where some are.
  EXPECT_EQ(canvas.sample(1, 51, 100), (kBackground + color[1] + 1) / 2);  // columns 102 and 103
  EXPECT_EQ(canvas.sample(1, 100, 61), (kBackground + color[1] + 1) / 2);  // rows 122 and 123
  EXPECT_EQ(canvas.sample(1, 100, 80), kBackground);
}

TEST(Draw, TagMovesInsideWhereThereIsNoRoomAbove) {
  GuardedCanvas canvas(640, 360);
  draw_detection(canvas.get(), {.class_id = 0, .score = 0.5F, .box = {200, 0, 400, 300}}, "person");
  const auto color = to_yuv(class_color(0), ColorMatrix::kBt601, ColorRange::kLimited);
  EXPECT_EQ(canvas.sample(0, 204, 2), color[0]);  // below the outline, in the tag
  EXPECT_EQ(canvas.sample(0, 204, 100), kBackground);

  GuardedCanvas right(640, 360);
  draw_detection(right.get(), {.class_id = 0, .score = 0.5F, .box = {630, 200, 640, 300}}, "traffic light");
  EXPECT_EQ(right.sample(0, 560, 198), color[0]) << "moved left as far as it needs";
}

TEST(Draw, HigherScoresLieOnTop) {
  GuardedCanvas canvas(320, 240);
  const std::vector<Detection> detections = {{.class_id = 1, .score = 0.9F, .box = {50, 100, 150, 200}},
                                             {.class_id = 5, .score = 0.3F, .box = {50, 100, 150, 200}}};
  draw_detections(canvas.get(), detections, {});
  EXPECT_EQ(canvas.sample(0, 50, 150), to_yuv(class_color(1), ColorMatrix::kBt601, ColorRange::kLimited)[0]);
}

TEST(Draw, NothingForBoxesThatAreEmptyOutsideOrNotFinite) {
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  constexpr float kInf = std::numeric_limits<float>::infinity();
  GuardedCanvas canvas(64, 48);
  for (const Box& box : {Box{10, 10, 10, 20}, Box{20, 10, 10, 20}, Box{-50, -50, -10, -10},
                         Box{64, 0, 90, 48}, Box{kNan, 0, 10, 10}, Box{0, 0, kInf, 10}}) {
    draw_detection(canvas.get(), {.class_id = 0, .score = 1, .box = box}, "x");
  }
  EXPECT_TRUE(canvas.is_untouched());
}

TEST(Draw, StaysInItsMemoryAtEverySize) {
  for (const auto& [width, height] : {std::pair(0, 0), std::pair(1, 1), std::pair(1, 7), std::pair(7, 1),
                                      std::pair(33, 17), std::pair(161, 91), std::pair(400, 300)}) {
    for (const Guard guard : {Guard::kBefore, Guard::kBehind}) {
      GuardedCanvas canvas(width, height, guard);
      const auto w = static_cast<float>(width);
      const auto h = static_cast<float>(height);
      for (const Box& box : {Box{0, 0, w, h}, Box{-1e9F, -1e9F, 1e9F, 1e9F}, Box{-5, -5, 3, 3},
                             Box{w - 2, h - 2, w + 9, h + 9}, Box{w / 2, h / 2, w / 2 + 1, h / 2 + 1}}) {
        draw_detection(canvas.get(), {.class_id = 3, .score = 0.123F, .box = box}, "a rather long label");
      }
      EXPECT_EQ(canvas.is_untouched(), width == 0);
    }
  }
}

// --- The upright copy -------------------------------------------------------------------------------

TEST(I420Picture, TurnsEveryFormatUpright) {
  // Smooth, so that the subsampled formats agree; component values rise towards the stored bottom right.
  const auto formula = [](int component, double x, double y) {
    return static_cast<uint8_t>(60 + 20 * component + std::lround(80 * x + 40 * y));
  };
  I420Picture upright;
  for (const PixelFormat format : testing::kAllFormats) {
    for (const Orientation orientation : testing::kAllOrientations) {
      const TestPicture picture({.format = format,
                                 .width_px = 37,
                                 .height_px = 22,
                                 .matrix = ColorMatrix::kBt709,
                                 .range = ColorRange::kFull,
                                 .orientation = orientation,
                                 .row_gap_bytes = 5},
                                formula);
      upright.assign(picture.view());
      const PictureView view = upright.view();
      ASSERT_EQ(view.width_px, picture.view().display_width_px());
      ASSERT_EQ(view.height_px, picture.view().display_height_px());
      EXPECT_EQ(view.matrix, ColorMatrix::kBt709);
      EXPECT_EQ(view.range, ColorRange::kFull);
      for (size_t c = 0; c < 3; ++c) {
        const int width = c == 0 ? view.width_px : (view.width_px + 1) / 2;
        const int height = c == 0 ? view.height_px : (view.height_px + 1) / 2;
        for (int y = 0; y < height; ++y) {
          for (int x = 0; x < width; ++x) {
            const double right = (x + 0.5) / width;
            const double down = (y + 0.5) / height;
            const std::array<std::pair<double, double>, 4> stored = {
                {{right, down}, {down, 1 - right}, {1 - right, 1 - down}, {1 - down, right}}};
            auto [from_x, from_y] = stored[static_cast<size_t>(orientation.rotation)];
            if (orientation.mirrored) from_x = 1 - from_x;
            const bool is_neutral = c > 0 && format == PixelFormat::kGray;
            const int expected = is_neutral ? 128 : formula(static_cast<int>(c), from_x, from_y);
            // Luma is copied; chroma of 4:4:4 and 4:2:2 is averaged, its last column or row from fewer.
            ASSERT_NEAR(view.planes[c][y * view.strides[c] + x], expected, c == 0 ? 0 : 3)
                << "format " << static_cast<int>(format) << " " << testing::name_of(orientation);
          }
        }
      }
    }
  }
}

TEST(I420Picture, OddAndTinyPicturesStayInTheirMemory) {
  I420Picture upright;
  for (const auto& [width, height] :
       {std::pair(1, 1), std::pair(1, 5), std::pair(5, 1), std::pair(3, 3), std::pair(65, 31)}) {
    for (const PixelFormat format : testing::kAllFormats) {
      for (const Orientation orientation : testing::kAllOrientations) {
        for (const Guard guard : {Guard::kBefore, Guard::kBehind}) {
          const TestPicture picture({.format = format,
                                     .width_px = width,
                                     .height_px = height,
                                     .orientation = orientation,
                                     .guard = guard},
                                    [](int, double, double) { return uint8_t{128}; });
          upright.assign(picture.view());
          EXPECT_EQ(upright.view().planes[0][0], 128);
        }
      }
    }
  }
}

}  // namespace
}  // namespace weir
