// SPDX-License-Identifier: Apache-2.0
// Where a picture lies in an input, and which input it fits.
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "image/fit_input_size.h"
#include "image/letterbox.h"

namespace weir {
namespace {

TEST(LetterboxGeometry, KnownSizes) {
  const Letterbox wide = make_letterbox(1920, 1080, {416, 416});
  EXPECT_EQ(wide.content, (InputSize{416, 234}));
  EXPECT_DOUBLE_EQ(wide.scale, 416.0 / 1920);
  EXPECT_EQ(make_letterbox(1080, 1920, {416, 256}).content, (InputSize{144, 256}));
  EXPECT_EQ(make_letterbox(416, 416, {416, 416}).content, (InputSize{416, 416}));
  EXPECT_EQ(make_letterbox(10000, 1, {416, 416}).content, (InputSize{416, 1}));
  EXPECT_EQ(make_letterbox(1, 1, {416, 256}).content, (InputSize{256, 256}));
}

TEST(LetterboxGeometry, ContentFillsOneSideAndKeepsTheShape) {
  for (const InputSize input : {InputSize{416, 416}, InputSize{416, 256}, InputSize{96, 640}}) {
    for (int width = 1; width < 2000; width += 13) {
      for (int height = 1; height < 1200; height += 17) {
        const auto [w, h] = make_letterbox(width, height, input).content;
        ASSERT_TRUE(w == input.width_px || h == input.height_px) << width << "x" << height;
        ASSERT_TRUE(w >= 1 && h >= 1 && w <= input.width_px && h <= input.height_px)
            << width << "x" << height;
        const double scale = std::min(1.0 * input.width_px / width, 1.0 * input.height_px / height);
        // Rounded down; the products are exact to far better than 1e-6.
        ASSERT_EQ(w, std::max(1, static_cast<int>(width * scale + 1e-6)));
        ASSERT_EQ(h, std::max(1, static_cast<int>(height * scale + 1e-6)));
      }
    }
  }
}

TEST(LetterboxGeometry, BoxesComeBack) {
  for (const auto& [width, height] : {std::pair(1920, 1080), std::pair(333, 777), std::pair(20, 31)}) {
    const auto w = static_cast<float>(width);
    const auto h = static_cast<float>(height);
    const Letterbox box = make_letterbox(width, height, {416, 256});
    const Box source{0.1F * w, 0.25F * h, 0.7F * w, h};
    const auto scale = static_cast<float>(box.scale);
    const Box back =
        box.to_source({source.x1 * scale, source.y1 * scale, source.x2 * scale, source.y2 * scale});
    EXPECT_NEAR(back.x1, source.x1, 1e-3);
    EXPECT_NEAR(back.y1, source.y1, 1e-3);
    EXPECT_NEAR(back.x2, source.x2, 1e-3);
    EXPECT_NEAR(back.y2, source.y2, 1e-3);
  }
}

TEST(LetterboxGeometry, BoxesAreClippedToThePicture) {
  const Letterbox box = make_letterbox(640, 360, {416, 416});
  const Box all = box.to_source({-50, -1e30F, 1e30F, 416});
  EXPECT_EQ(all.x1, 0);
  EXPECT_EQ(all.y1, 0);
  EXPECT_EQ(all.x2, 640);
  EXPECT_EQ(all.y2, 360);
  EXPECT_EQ(box.to_source({std::numeric_limits<float>::quiet_NaN(), 0, 1, 1}).x1, 0);
}

TEST(FitInputSize, KnownSizes) {
  EXPECT_EQ(fit_input_size({416, 416}, 1920, 1080), (InputSize{416, 256}));
  EXPECT_EQ(fit_input_size({416, 416}, 1080, 1920), (InputSize{256, 416}));
  EXPECT_EQ(fit_input_size({416, 416}, 640, 480), (InputSize{416, 320}));
  EXPECT_EQ(fit_input_size({416, 416}, 500, 500), (InputSize{416, 416}));
  EXPECT_EQ(fit_input_size({640, 384}, 1920, 1080), (InputSize{640, 384}));
  EXPECT_EQ(fit_input_size({416, 416}, 10000, 1), (InputSize{416, 32}));
  EXPECT_EQ(fit_input_size({416, 416}, 416, 256), (InputSize{416, 256}));  // exactly a multiple
  EXPECT_EQ(fit_input_size({416, 416}, 416, 257), (InputSize{416, 288}));  // just above one
  EXPECT_EQ(fit_input_size({300, 300}, 301, 300), (InputSize{300, 300}));  // the next multiple is too large
}

TEST(FitInputSize, HoldsThePictureAsLargeAsTheModelsOwnSize) {
  for (int width = 1; width < 3000; width += 37) {
    for (int height = 1; height < 3000; height += 41) {
      const InputSize fit = fit_input_size({416, 416}, width, height);
      ASSERT_EQ(std::max(fit.width_px, fit.height_px), 416);
      ASSERT_EQ(std::min(fit.width_px, fit.height_px) % 32, 0);
      ASSERT_EQ(make_letterbox(width, height, fit).scale, make_letterbox(width, height, {416, 416}).scale)
          << width << "x" << height;
    }
  }
}

}  // namespace
}  // namespace weir
