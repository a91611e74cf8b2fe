// SPDX-License-Identifier: Apache-2.0
// Sources on whole files: every frame of many kinds of video, their times, their memory.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sources/file_source.h"
#include "support/media.h"
#include "support/reading.h"

namespace weir {
namespace {

using testing::add_to_hash;
using testing::make_test_video;
using testing::must_open;
using testing::probe;
using testing::read_all;
using testing::read_bytes;
using testing::Reading;
using testing::run_ffmpeg;
using testing::TempFolder;
using testing::write_bytes;

struct VideoCase {
  const char* name;
  const char* size;
  const char* options;
};

class Videos : public ::testing::TestWithParam<VideoCase> {};

// Would catch: frames lost when flushing the decoder, a clean file called truncated, a rewind that is not
// one, timestamps that fall (B-frames) or are missing (raw H.264), surfaces that are never given back.
TEST_P(Videos, GiveEveryFrameTwice) {
  WEIR_SKIP_WITHOUT_FFMPEG();
  const TempFolder folder;
  const std::string file = folder.file(GetParam().name);
  if (!make_test_video(file, GetParam().size, 25, GetParam().options))
    GTEST_SKIP() << "no encoder: " << GetParam().options;

  const auto account = std::make_shared<SurfaceAccount>();
  {
    auto opened = FileSource::create(file, account);
    ASSERT_TRUE(opened) << opened.error().message;
    FileSource& source = **opened;
    EXPECT_FALSE(source.info().still);
    const Reading first = read_all(source);
    EXPECT_THAT(first.errors, ::testing::IsEmpty());
    EXPECT_EQ(std::to_string(first.frames), probe(file, "nb_read_frames"));
    EXPECT_TRUE(first.rising);
    const int64_t bytes = source.surface_bytes();
    EXPECT_GT(bytes, 0);

    for (int pass = 0; pass < 2; ++pass) {
      ASSERT_TRUE(source.rewind());
      const Reading again = read_all(source);
      EXPECT_THAT(again.errors, ::testing::IsEmpty());
      EXPECT_EQ(again.frames, first.frames);
      EXPECT_EQ(again.hash, first.hash);
      EXPECT_EQ(again.last_pts, first.last_pts);
      EXPECT_EQ(source.surface_bytes(), bytes);
    }
  }
  EXPECT_EQ(*account, 0);
}

INSTANTIATE_TEST_SUITE_P(
    Sources, Videos,
    ::testing::Values(
        VideoCase{"b_frames.mp4", "128x96", "-c:v libx264 -bf 3 -refs 4 -g 12"},
        VideoCase{"camera.mp4", "128x96", "-c:v libx264 -bf 0 -refs 1"},
        VideoCase{"fast_start.mp4", "130x98", "-c:v libx264 -movflags +faststart"},
        VideoCase{"fragments.mp4", "128x96", "-c:v libx264 -g 5 -movflags frag_keyframe+empty_moov"},
        VideoCase{"ten_bits.mkv", "128x96", "-c:v libx264 -pix_fmt yuv420p10le"},
        VideoCase{"h264.mkv", "128x96", "-c:v libx264"}, VideoCase{"h264.ts", "128x96", "-c:v libx264"},
        VideoCase{"raw.h264", "128x96", "-c:v libx264"}, VideoCase{"hevc.mp4", "128x96", "-c:v libx265"},
        VideoCase{"mpeg4.avi", "130x98", "-c:v mpeg4 -bf 2"},
        VideoCase{"mpeg2.ts", "128x96", "-c:v mpeg2video -bf 2 -r 25"},
        VideoCase{"motion.mjpeg", "130x98", "-c:v mjpeg"}, VideoCase{"motion.avi", "130x98", "-c:v mjpeg"},
        VideoCase{"vp9.webm", "130x98", "-c:v libvpx-vp9 -deadline realtime -cpu-used 8"},
        VideoCase{"anim.gif", "64x48", ""}),
    [](const auto& test) {
      std::string name = test.param.name;
      std::replace(name.begin(), name.end(), '.', '_');
      return name;
    });

TEST(FileSource, TimesAreNanosecondsFromTheFirstFrame) {
  WEIR_SKIP_WITHOUT_FFMPEG();
  const TempFolder folder;
  const std::string file = folder.file("a.mkv");
  ASSERT_TRUE(run_ffmpeg("-f lavfi -i testsrc2=size=64x64:rate=30 -frames:v 20 -output_ts_offset 5 '" + file +
                         ".mp4'"));
  const auto before = std::chrono::steady_clock::now();
  const auto source = must_open(file + ".mp4");
  ASSERT_NE(source, nullptr);
  for (int64_t frame = 0; frame < 20; ++frame) {
    const auto picture = source->read();
    ASSERT_TRUE(picture && *picture);
    EXPECT_EQ((*picture)->pts.count(), (frame * 1'000'000'000 + 15) / 30);
    EXPECT_GE((*picture)->demuxed_at, before);
    EXPECT_LE((*picture)->demuxed_at, std::chrono::steady_clock::now());
  }
}

TEST(FileSource, DescribesItself) {
  WEIR_SKIP_WITHOUT_FFMPEG();
  const TempFolder folder;
  const std::string file = folder.file("a.mp4");
  ASSERT_TRUE(
      run_ffmpeg("-f lavfi -i testsrc2=size=320x240:rate=30 -frames:v 20 -c:v libx264 '" + file + "'"));
  const auto source = must_open(file);
  ASSERT_NE(source, nullptr);
  EXPECT_EQ(source->info().description, "h264 High 320x240 yuv420p 30 fps");
  EXPECT_EQ(source->info().width_px, 320);
  EXPECT_EQ(source->info().height_px, 240);
  EXPECT_EQ(source->info().frame_rate, 30);
  EXPECT_EQ(source->info().frames, 20);
}

// An MP4 that was cut without encoding begins at a key frame that an edit list hides.
TEST(FileSource, EditListIsNotDamage) {
  WEIR_SKIP_WITHOUT_FFMPEG();
  const TempFolder folder;
  ASSERT_TRUE(make_test_video(folder.file("a.mp4"), "64x64", 50, "-c:v libx264 -g 20"));
  ASSERT_TRUE(
      run_ffmpeg("-ss 1.35 -i '" + folder.file("a.mp4") + "' -c copy '" + folder.file("b.mp4") + "'"));
  const auto source = must_open(folder.file("b.mp4"));
  ASSERT_NE(source, nullptr);
  const Reading reading = read_all(*source);
  EXPECT_THAT(reading.errors, ::testing::IsEmpty());
  EXPECT_EQ(std::to_string(reading.frames), probe(folder.file("b.mp4"), "nb_read_frames"));
}

TEST(FileSource, ReadsTheVideoTrackAmongOthers) {
  WEIR_SKIP_WITHOUT_FFMPEG();
  const TempFolder folder;
  const std::string file = folder.file("a.mp4");
  ASSERT_TRUE(run_ffmpeg(
      "-f lavfi -i sine=duration=3 -f lavfi -i testsrc2=size=64x64:rate=10 -shortest -map 0 -map 1 "
      "-c:v libx264 '" +
      file + "'"));
  const auto source = must_open(file);
  ASSERT_NE(source, nullptr);
  const Reading reading = read_all(*source);
  EXPECT_THAT(reading.errors, ::testing::IsEmpty());
  EXPECT_EQ(std::to_string(reading.frames), probe(file, "nb_read_frames"));
}

TEST(FileSource, FramesCarryTheirOwnSize) {
  WEIR_SKIP_WITHOUT_FFMPEG();
  const TempFolder folder;
  ASSERT_TRUE(make_test_video(folder.file("a.h264"), "128x96", 5, "-c:v libx264"));
  ASSERT_TRUE(make_test_video(folder.file("b.h264"), "64x160", 5, "-c:v libx264"));
  write_bytes(folder.file("c.h264"), read_bytes(folder.file("a.h264")) + read_bytes(folder.file("b.h264")));
  const auto source = must_open(folder.file("c.h264"));
  ASSERT_NE(source, nullptr);
  std::vector<std::pair<int, int>> sizes;
  for (auto picture = source->read(); picture && *picture; picture = source->read()) {
    const std::pair size((*picture)->view.width_px, (*picture)->view.height_px);
    if (sizes.empty() || sizes.back() != size) sizes.push_back(size);
  }
  EXPECT_THAT(sizes, ::testing::ElementsAre(std::pair(128, 96), std::pair(64, 160)));
}

TEST(FileSource, PicturesOutliveTheirSource) {
  WEIR_SKIP_WITHOUT_FFMPEG();
  const TempFolder folder;
  ASSERT_TRUE(make_test_video(folder.file("a.mp4"), "64x64", 10, "-c:v libx264"));
  const auto account = std::make_shared<SurfaceAccount>();
  auto source = FileSource::create(folder.file("a.mp4"), account);
  ASSERT_TRUE(source);
  std::vector<Picture> pictures;
  std::vector<uint64_t> hashes;
  for (auto picture = (*source)->read(); picture && *picture; picture = (*source)->read()) {
    add_to_hash(hashes.emplace_back(), (*picture)->view);
    pictures.push_back(**picture);
  }
  source->reset();
  ASSERT_EQ(pictures.size(), 10U);
  for (size_t i = 0; i < pictures.size(); ++i) {
    uint64_t hash = 0;
    add_to_hash(hash, pictures[i].view);
    EXPECT_EQ(hash, hashes[i]);
  }
  EXPECT_GE(*account, 10 * 64 * 64 * 3 / 2);
  pictures.clear();
  EXPECT_EQ(*account, 0);
}

// The last reference to a picture goes on a worker's thread, at any time: for the sanitizers.
TEST(FileSource, SurfacesComeBackFromOtherThreads) {
  WEIR_SKIP_WITHOUT_FFMPEG();
  const TempFolder folder;
  ASSERT_TRUE(make_test_video(folder.file("a.mp4"), "64x64", 60, "-c:v libx264 -pix_fmt yuv420p10le"));
  const auto account = std::make_shared<SurfaceAccount>();
  {
    auto source = FileSource::create(folder.file("a.mp4"), account);
    ASSERT_TRUE(source);
    std::vector<std::jthread> workers;
    for (auto picture = (*source)->read(); picture && *picture; picture = (*source)->read()) {
      workers.emplace_back([held = **picture] {
        uint64_t hash = 0;
        add_to_hash(hash, held.view);
      });
    }
  }
  EXPECT_EQ(*account, 0);
}

}  // namespace
}  // namespace weir
