// SPDX-License-Identifier: Apache-2.0
// Videos whose key frames are missing, and encrypted ones: what can't be seen is not taken for something that
// was.
#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sources/source.h"
#include "support/media.h"
#include "support/reading.h"

namespace weir {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::make_test_video;
using testing::must_open;
using testing::open_error;
using testing::read_all;
using testing::Reading;
using testing::run_ffmpeg;
using testing::TempFolder;

// --- Videos whose key frames are missing ------------------------------------------------------------

/// One number a frame.
std::vector<uint64_t> frames_of(Source& source, std::string& error) {
  std::vector<uint64_t> frames;
  while (true) {
    const auto picture = source.read();
    if (!picture) error = picture.error().message;
    if (!picture || !*picture) return frames;
    testing::add_to_hash(frames.emplace_back(0), (*picture)->view);
  }
}

struct KeyCase {
  const char* codec;
  const char* options;
};

class KeylessVideos : public ::testing::TestWithParam<KeyCase> {};

// Would catch: grey frames, in which nothing is found, taken for the video's.
TEST_P(KeylessVideos, GiveOnlyFramesThatAreThemselves) {
  WEIR_SKIP_WITHOUT_FFMPEG();
  const TempFolder folder;
  const std::string whole = folder.file("whole.mkv");
  if (!make_test_video(whole, "128x96", 40,
                       std::string("-g 10 -c:v ") + GetParam().codec + GetParam().options)) {
    GTEST_SKIP() << "no encoder";
  }
  std::string error;
  const std::vector<uint64_t> all = frames_of(*must_open(whole), error);
  ASSERT_EQ(error, "");
  ASSERT_EQ(all.size(), 40U);

  const auto without = [&](const std::string& packets) {
    const std::string file = folder.file("cut.mkv");
    EXPECT_TRUE(
        run_ffmpeg("-i '" + whole + "' -c copy -bsf:v \"noise=drop='" + packets + "'\" '" + file + "'"));
    return file;
  };
  const auto source = must_open(without("eq(n\\,0)"));
  ASSERT_NE(source, nullptr);
  for (int pass = 0; pass < 2; ++pass) {
    const std::vector<uint64_t> rest = frames_of(*source, error);  // the second pass may begin at a key frame
    EXPECT_EQ(rest, std::vector<uint64_t>(all.begin() + 10, all.end()));
    EXPECT_THAT(error, AnyOf(HasSubstr("the key frame of 9 frames is missing"),
                             HasSubstr("the key frame of 10 frames is missing"),
                             HasSubstr("9 packets could not be decoded")));
    ASSERT_TRUE(source->rewind());
  }
  EXPECT_THAT(open_error(without("key")), AnyOf(HasSubstr("is missing"), HasSubstr("could not be decoded")));
}

INSTANTIATE_TEST_SUITE_P(
    Sources, KeylessVideos,
    ::testing::Values(
        KeyCase{"libx264", " -bf 0 -sc_threshold 0"}, KeyCase{"mpeg4", ""}, KeyCase{"mpeg2video", " -r 25"},
        KeyCase{"flv", ""}, KeyCase{"libvpx", " -deadline realtime"},
        KeyCase{"libx265",
                " -x265-params keyint=10:min-keyint=10:scenecut=0:open-gop=0:bframes=0:log-level=none"}),
    [](const auto& test) { return std::string(test.param.codec); });

TEST(KeyFrames, MissingInTheMiddleAreTold) {
  WEIR_SKIP_WITHOUT_FFMPEG();
  const TempFolder folder;
  ASSERT_TRUE(
      make_test_video(folder.file("a.mkv"), "128x96", 40, "-g 10 -c:v libx264 -bf 0 -sc_threshold 0"));
  ASSERT_TRUE(run_ffmpeg("-i '" + folder.file("a.mkv") + "' -c copy -bsf:v \"noise=drop='eq(n\\,10)'\" '" +
                         folder.file("b.mkv") + "'"));
  const Reading reading = read_all(*must_open(folder.file("b.mkv")));
  ASSERT_EQ(reading.errors.size(), 1U);
  EXPECT_THAT(reading.errors[0], HasSubstr("frames could not be put in order; " +
                                           std::to_string(reading.frames) + " frames were read"));
}

// A recording of a running camera begins at any key frame, with frames before it that need an earlier one.
TEST(KeyFrames, ARecordingThatBeginsAtOneIsWhole) {
  WEIR_SKIP_WITHOUT_FFMPEG();
  const TempFolder folder;
  ASSERT_TRUE(make_test_video(folder.file("a.mkv"), "128x96", 40,
                              "-g 10 -c:v libx264 -bf 2 -sc_threshold 0 -x264-params open-gop=1"));
  ASSERT_TRUE(run_ffmpeg("-i '" + folder.file("a.mkv") + "' -c copy -bsf:v \"noise=drop='lt(n\\,10)'\" '" +
                         folder.file("b.mkv") + "'"));
  const Reading reading = read_all(*must_open(folder.file("b.mkv")));
  EXPECT_THAT(reading.errors, IsEmpty());
  EXPECT_GE(reading.frames, 28);
}

TEST(EncryptedVideos, AreNotDecoded) {
  WEIR_SKIP_WITHOUT_FFMPEG();
  const TempFolder folder;
  const std::string file = folder.file("a.mp4");
  ASSERT_TRUE(make_test_video(
      file, "128x96", 10,
      "-c:v libx264 -encryption_scheme cenc-aes-ctr -encryption_key 0123456789abcdef0123456789abcdef "
      "-encryption_kid 0123456789abcdef0123456789abcdef"));
  EXPECT_EQ(open_error(file), "'" + file + "' is encrypted");
  EXPECT_EQ(open_source(file).error().code, ErrorCode::kUnsupported);
}

}  // namespace
}  // namespace weir
