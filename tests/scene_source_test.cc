// SPDX-License-Identifier: Apache-2.0
// The generated scene as a source: pts, end, rewind, and its account of picture memory.
#include "sources/scene_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace weir {
namespace {

std::vector<uint8_t> luma_of(const Picture& picture) {
  std::vector<uint8_t> bytes;
  for (int y = 0; y < picture.view.height_px; ++y) {
    const uint8_t* row = picture.view.planes[0] + static_cast<ptrdiff_t>(y) * picture.view.strides[0];
    bytes.insert(bytes.end(), row, row + picture.view.width_px);
  }
  return bytes;
}

std::unique_ptr<Source> open(const std::string& location) {
  auto source = SceneSource::create(location);
  EXPECT_TRUE(source.has_value());
  return *std::move(source);
}

Picture read_one(Source& source) {
  auto picture = source.read();
  EXPECT_TRUE(picture.has_value() && picture->has_value());
  return **std::move(picture);
}

TEST(SceneSource, GivesItsFramesAndEnds) {
  const auto source = open("scene:street?size=64x48&fps=25&seed=7&frames=3");
  EXPECT_EQ(source->info().description, "scene street 64x48 25 fps seed 7");
  EXPECT_EQ(source->info().frames, 3);
  EXPECT_EQ(source->info().frame_rate, 25);
  for (int64_t frame = 0; frame < 3; ++frame) {
    const Picture picture = read_one(*source);
    EXPECT_EQ(picture.view.width_px, 64);
    EXPECT_EQ(picture.view.height_px, 48);
    EXPECT_EQ(picture.view.matrix, ColorMatrix::kBt601);
    EXPECT_EQ(picture.view.range, ColorRange::kLimited);
    EXPECT_EQ(picture.pts, std::chrono::milliseconds(40 * frame));
  }
  EXPECT_FALSE(source->read()->has_value());
  EXPECT_FALSE(source->read()->has_value());
}

TEST(SceneSource, RewindsToTheSameFrames) {
  const auto source = open("street?size=64x48&frames=2");
  const auto first = luma_of(read_one(*source));
  (void)read_one(*source);
  ASSERT_TRUE(source->rewind().has_value());
  const Picture again = read_one(*source);
  EXPECT_EQ(again.pts.count(), 0);
  EXPECT_EQ(luma_of(again), first);
}

// Would catch: a pool that grows with every frame, or hands out a picture that is still in use.
TEST(SceneSource, UsesPicturesAgainOnceTheyAreFree) {
  const auto source = open("scene:street?size=64x48");
  const int64_t own = source->surface_bytes();
  for (int i = 0; i < 4; ++i) (void)read_one(*source);
  constexpr int64_t kPicture = 64 * 48 * 3 / 2;
  EXPECT_EQ(source->surface_bytes(), own + kPicture);
  const Picture kept = read_one(*source);
  const auto pixels = luma_of(kept);
  const Picture next = read_one(*source);
  EXPECT_EQ(source->surface_bytes(), own + 2 * kPicture);
  EXPECT_EQ(luma_of(kept), pixels);
  EXPECT_NE(luma_of(next), pixels);
}

TEST(SceneSource, PicturesOutliveIt) {
  auto source = open("scene:street?size=64x48");
  const Picture picture = read_one(*source);
  const auto pixels = luma_of(picture);
  source.reset();
  EXPECT_EQ(luma_of(picture), pixels);
}

TEST(SceneSource, SaysWhatIsWrong) {
  const auto unknown = SceneSource::create("scene:beach?seed=1");
  ASSERT_FALSE(unknown.has_value());
  EXPECT_EQ(unknown.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(unknown.error().message, testing::HasSubstr("there is 'street'"));
  EXPECT_FALSE(SceneSource::create("scene:street?seed=x").has_value());
}

}  // namespace
}  // namespace weir
