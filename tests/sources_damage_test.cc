// SPDX-License-Identifier: Apache-2.0
// Files that are cut off, damaged, not videos or not there: what can be read is, and the rest is told.
#include <unistd.h>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <iostream>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sources/matroska_size.h"
#include "sources/source.h"
#include "support/media.h"
#include "support/reading.h"

namespace weir {
namespace {

using ::testing::HasSubstr;
using testing::make_test_video;
using testing::must_open;
using testing::open_error;
using testing::read_all;
using testing::read_bytes;
using testing::Reading;
using testing::run_ffmpeg;
using testing::shared_file;
using testing::TempFolder;
using testing::write_bytes;

struct CutCase {
  const char* name;
  const char* options;
};

class Cut : public ::testing::TestWithParam<CutCase> {};

TEST_P(Cut, VideosGiveWhatIsThereAndThenSaySo) {
  WEIR_SKIP_WITHOUT_FFMPEG();
  const TempFolder folder;
  const std::string file = folder.file(GetParam().name);
  ASSERT_TRUE(make_test_video(file, "128x96", 40, GetParam().options));
  const std::string bytes = read_bytes(file);
  write_bytes(file, bytes.substr(0, bytes.size() * 6 / 10));
  const auto source = must_open(file);
  ASSERT_NE(source, nullptr);
  for (int pass = 0; pass < 2; ++pass) {
    const Reading reading = read_all(*source);
    EXPECT_GT(reading.frames, 10);
    EXPECT_LT(reading.frames, 40);
    ASSERT_EQ(reading.errors.size(), 1U);  // once, then the end
    EXPECT_THAT(reading.errors[0], HasSubstr("truncated or damaged: "));
    EXPECT_THAT(reading.errors[0], HasSubstr("; " + std::to_string(reading.frames) + " frames were read"));
    ASSERT_TRUE(source->rewind());
  }
}

INSTANTIATE_TEST_SUITE_P(Sources, Cut,
                         ::testing::Values(CutCase{"h264.mp4", "-c:v libx264 -g 10 -movflags +faststart"},
                                           CutCase{"h264.mkv", "-c:v libx264 -g 10"},
                                           CutCase{"vp9.webm",
                                                   "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 10"},
                                           CutCase{"mpeg4.avi", "-c:v mpeg4 -g 10"}));

TEST(Damage, InTheMiddleCostsOnlyWhatItHits) {
  WEIR_SKIP_WITHOUT_FFMPEG();
  const TempFolder folder;
  const std::string file = folder.file("a.mp4");
  ASSERT_TRUE(make_test_video(file, "128x96", 40, "-c:v libx264 -g 5 -bf 0 -movflags +faststart"));
  std::string bytes = read_bytes(file);
  for (size_t i = bytes.size() / 2; i < bytes.size() / 2 + 3000; ++i) bytes[i] = static_cast<char>(i * 37);
  write_bytes(file, bytes);
  const auto source = must_open(file);
  ASSERT_NE(source, nullptr);
  const Reading reading = read_all(*source);
  EXPECT_GE(reading.frames, 30);
  ASSERT_EQ(reading.errors.size(), 1U);
  EXPECT_THAT(reading.errors[0], HasSubstr("could not be decoded"));
}

// Nothing may crash, hang or fail to end. The seed is printed: a failure can be had again.
TEST(Damage, RandomBytesNeverHurt) {
  WEIR_SKIP_WITHOUT_FFMPEG();
  const TempFolder folder;
  const std::string file = folder.file("a.mp4");
  ASSERT_TRUE(make_test_video(file, "64x48", 8, "-c:v libx264 -preset ultrafast -bf 2 -movflags +faststart"));
  const std::string whole = read_bytes(file);
  const unsigned seed = std::random_device()();
  std::cout << "seed " << seed << '\n';
  std::mt19937 random(seed);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  constexpr int kVariants = 300;
  constexpr int64_t kTooMany = 100'000;
  for (int i = 0; i < kVariants && std::chrono::steady_clock::now() < deadline; ++i) {
    std::string bytes = whole;
    for (auto flips = 1 + random() % 20; flips > 0; --flips) {
      bytes[random() % bytes.size()] = static_cast<char>(random());
    }
    write_bytes(file, bytes);
    auto source = open_source(file);
    if (!source) {
      EXPECT_FALSE(source.error().message.empty());
      continue;
    }
    int64_t reads = 0;
    for (auto picture = (*source)->read(); picture && *picture && reads < kTooMany; ++reads)
      picture = (*source)->read();
    EXPECT_LT(reads, kTooMany);
    static_cast<void>((*source)->rewind());
    static_cast<void>((*source)->read());
  }
}

TEST(OpenSource, SaysWhatIsWrong) {
  const TempFolder folder;
  const std::string file = folder.file("a.mp4");
  EXPECT_EQ(open_error(file), "no such file: '" + file + "'");
  EXPECT_EQ(open_error("file:" + file), "no such file: '" + file + "'");
  EXPECT_EQ(open_error(folder.path()), "'" + folder.path() + "' is a folder; name a video or picture file");
  write_bytes(file, "");
  EXPECT_EQ(open_error(file), "'" + file + "' is empty");
  write_bytes(file, "Not a video, but a line of text that goes on for a while.\n");
  EXPECT_EQ(open_error(file), "'" + file + "' is not a video or picture");
  EXPECT_THAT(open_error("rtsp://camera/1"), HasSubstr("inputs of kind 'rtsp:' are not supported"));
  EXPECT_EQ(open_source("rtsp://camera/1").error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(open_source(folder.file("b")).error().code, ErrorCode::kNotFound);
}

/// Relative names count from this folder.
class WithinFolder {
 public:
  explicit WithinFolder(const TempFolder& folder) : before_(std::filesystem::current_path()) {
    std::filesystem::current_path(folder.path());
  }
  WithinFolder(const WithinFolder&) = delete;
  WithinFolder& operator=(const WithinFolder&) = delete;
  ~WithinFolder() { std::filesystem::current_path(before_); }

 private:
  std::filesystem::path before_;
};

TEST(OpenSource, AFileThatExistsIsAFile) {
  WEIR_SKIP_WITHOUT_FFMPEG();
  const TempFolder folder;
  ASSERT_TRUE(make_test_video(folder.file("a.mp4"), "64x64", 2, "-c:v libx264"));
  const WithinFolder within(folder);
  for (const std::string name :
       {"12:30:00.mp4", "2024-11-14T22:57:44+02:00.mp4", "cam1:left.mp4", "file:a.mp4", "rtsp:a.mp4",
        "concat:a.mp4|b.mp4", "scene:street?frames=3", "a=b.mp4", "a%d.mp4", "a b\n.mp4", "-a.mp4",
        "\xc3\xa4.mp4", "subfile,,start,0,end,9,,:a.mp4"}) {
    std::filesystem::copy_file("a.mp4", name);
    EXPECT_EQ(file_of(name), name);
    const auto source = must_open(name);
    ASSERT_NE(source, nullptr) << name;
    EXPECT_EQ(read_all(*source).frames, 2) << name;
    std::filesystem::remove(name);
  }
}

TEST(OpenSource, ASchemeBeginsWithALetter) {
  const TempFolder folder;
  const WithinFolder within(folder);
  EXPECT_EQ(file_of("12:30.mp4"), "12:30.mp4");
  EXPECT_EQ(file_of("./cam1:left.mp4"), "./cam1:left.mp4");
  EXPECT_EQ(file_of("c:clip.mp4"), "c:clip.mp4");
  EXPECT_EQ(file_of("file:12:30.mp4"), "12:30.mp4");
  EXPECT_EQ(file_of("scene:street"), std::nullopt);
  EXPECT_EQ(open_error("12:30.mp4"), "no such file: '12:30.mp4'");
  EXPECT_THAT(open_error("cam1:left.mp4"),
              HasSubstr("'cam1:left.mp4': no such file, and inputs of kind 'cam1:' are not supported"));
}

// libav would open what they name: other files, or what is somewhere else.
TEST(OpenSource, PlaylistsOpenNoOtherFiles) {
  WEIR_SKIP_WITHOUT_FFMPEG();
  const TempFolder folder;
  const WithinFolder within(folder);
  ASSERT_TRUE(make_test_video("a.mp4", "64x64", 2, "-c:v libx264"));
  write_bytes("a.ffconcat", "ffconcat version 1.0\nfile a.mp4\n");
  write_bytes("a.m3u8",
              "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\na.mp4\n#EXT-X-ENDLIST\n");
  write_bytes(
      "a.mpd",
      "<?xml version=\"1.0\"?><MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" type=\"static\" "
      "mediaPresentationDuration=\"PT2S\" profiles=\"urn:mpeg:dash:profile:isoff-on-demand:2011\"><Period>"
      "<AdaptationSet mimeType=\"video/mp4\"><Representation id=\"1\" bandwidth=\"1000\"><BaseURL>a.mp4"
      "</BaseURL></Representation></AdaptationSet></Period></MPD>\n");
  EXPECT_EQ(open_error("a.ffconcat"),
            "'a.ffconcat' only points to other files (Virtual concatenation script); name the video files "
            "themselves");
  EXPECT_NE(open_error("a.m3u8"), "opened");
  EXPECT_NE(open_error("a.mpd"), "opened");
}

TEST(OpenSource, GarbageIsNotAVideo) {
  const TempFolder folder;
  const std::string file = folder.file("a.mp4");
  std::mt19937 random(7);
  std::string bytes(20'000, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random());
  write_bytes(file, bytes);
  EXPECT_EQ(open_error(file), "'" + file + "' is not a video or picture");
}

TEST(OpenSource, NoPermission) {
  const TempFolder folder;
  const std::string file = folder.file("a.mp4");
  write_bytes(file, "x");
  std::filesystem::permissions(file, std::filesystem::perms::none);
  if (access(file.c_str(), R_OK) == 0) GTEST_SKIP() << "this user may read every file";
  EXPECT_EQ(open_error(file), "'" + file + "' can't be read: permission denied");
}

TEST(OpenSource, FilesWithoutPictures) {
  WEIR_SKIP_WITHOUT_FFMPEG();
  const TempFolder folder;
  ASSERT_TRUE(run_ffmpeg("-f lavfi -i sine=duration=1 '" + folder.file("a.wav") + "'"));
  EXPECT_EQ(open_error(folder.file("a.wav")), "'" + folder.file("a.wav") + "' has no video track");

  ASSERT_TRUE(make_test_video(folder.file("a.mp4"), "64x64", 10, "-c:v libx264 -movflags +faststart"));
  const std::string whole = read_bytes(folder.file("a.mp4"));
  write_bytes(folder.file("b.mp4"), whole.substr(0, whole.find("mdat") + 4));  // an index, and no data
  EXPECT_THAT(open_error(folder.file("b.mp4")), HasSubstr("10 of 10 frames are missing; 0 frames were read"));
  write_bytes(folder.file("c.mp4"), whole.substr(0, whole.find("moov")));  // no index
  EXPECT_THAT(open_error(folder.file("c.mp4")), HasSubstr("damaged"));
  ASSERT_TRUE(run_ffmpeg("-f lavfi -i testsrc2 -frames:v 0 -c:v mpeg4 '" + folder.file("d.avi") + "'"));
  EXPECT_THAT(open_error(folder.file("d.avi")), HasSubstr("has no video frames"));
}

TEST(OpenSource, LibavKeepsQuiet) {
  WEIR_SKIP_WITHOUT_FFMPEG();
  const TempFolder folder;
  const std::string file = folder.file("a.mp4");
  ASSERT_TRUE(make_test_video(file, "64x64", 20, "-c:v libx264 -movflags +faststart"));
  const std::string bytes = read_bytes(file);
  write_bytes(file, bytes.substr(0, bytes.size() / 2));
  ::testing::internal::CaptureStdout();
  ::testing::internal::CaptureStderr();
  const auto source = must_open(file);
  EXPECT_EQ(read_all(*source).errors.size(), 1U);
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
  EXPECT_EQ(::testing::internal::GetCapturedStdout(), "");
}

TEST(SharedClips, AreWholeAndComplete) {
  for (const char* name : {"bottle-detection", "car-detection", "one-by-one-person-detection"}) {
    const std::string file = testing::shared_file(std::string("videos/") + name + ".mp4");
    if (file.empty()) GTEST_SKIP() << "the shared test data is absent (WEIR_TEST_DATA)";
    const auto source = must_open(file);
    ASSERT_NE(source, nullptr);
    const Reading reading = read_all(*source);
    EXPECT_THAT(reading.errors, ::testing::IsEmpty()) << name;
    EXPECT_EQ(reading.frames, source->info().frames) << name;
    EXPECT_TRUE(reading.rising) << name;
  }
}

TEST(MatroskaSize, IsHeaderAndSegment) {
  const std::vector<uint8_t> head{0x1A, 0x45, 0xDF, 0xA3, 0x82, 9, 9, 0x18, 0x53, 0x80, 0x67, 0x42, 0x01};
  EXPECT_EQ(announced_matroska_bytes(head), 13 + 0x201);
  auto live = head;
  live[11] = 0x7F;
  live[12] = 0xFF;  // of unknown size
  EXPECT_EQ(announced_matroska_bytes(live), std::nullopt);
  for (size_t bytes = 0; bytes < head.size(); ++bytes) {
    EXPECT_EQ(announced_matroska_bytes(std::span(head).first(bytes)), std::nullopt) << bytes;
  }
  const std::vector<uint8_t> other(64, 0);
  EXPECT_EQ(announced_matroska_bytes(other), std::nullopt);
}

}  // namespace
}  // namespace weir
