// SPDX-License-Identifier: Apache-2.0
// Files in which one video follows another: all of their frames, and times that go on.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sources/container/second_file.h"
#include "sources/source.h"
#include "support/media.h"
#include "support/reading.h"

namespace weir {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::make_test_video;
using testing::must_open;
using testing::read_all;
using testing::read_bytes;
using testing::Reading;
using testing::run_ffmpeg;
using testing::TempFolder;
using testing::write_bytes;

/// `count` frames each of that width, as they come.
using Widths = std::vector<std::pair<int, int>>;

Widths widths_of(Source& source) {
  Widths widths;
  for (auto picture = source.read(); picture && *picture; picture = source.read()) {
    const int width = (*picture)->view.width_px;
    if (widths.empty() || widths.back().second != width) widths.emplace_back(0, width);
    ++widths.back().first;
  }
  return widths;
}

class Parts : public ::testing::Test {
 protected:
  void SetUp() override { WEIR_SKIP_WITHOUT_FFMPEG(); }

  /// 20 frames at 10 a second.
  void make(const std::string& name, const std::string& size, const std::string& options) {
    ASSERT_TRUE(make_test_video(folder_.file(name), size, 20, options));
  }

  /// One file made of others, put one behind the other.
  std::string join(const std::string& name, const std::vector<std::string>& parts) {
    std::string bytes;
    for (const std::string& part : parts) bytes += read_bytes(folder_.file(part));
    write_bytes(folder_.file(name), bytes);
    return folder_.file(name);
  }

  /// All frames of all parts are there, twice, with rising times.
  static void expect_whole(const std::string& file, const Widths& widths) {
    SCOPED_TRACE(file);
    const auto source = must_open(file);
    ASSERT_NE(source, nullptr);
    int64_t frames = 0;
    for (const auto& [count, width] : widths) frames += count;
    EXPECT_EQ(widths_of(*source), widths);
    ASSERT_TRUE(source->rewind());
    const Reading reading = read_all(*source);
    EXPECT_EQ(reading.frames, frames);
    EXPECT_THAT(reading.errors, IsEmpty());
    EXPECT_TRUE(reading.rising);
    EXPECT_NEAR(static_cast<double>(reading.last_pts.count()), static_cast<double>(frames - 1) * 1e8, 3e8);
  }

  TempFolder folder_;
};

TEST_F(Parts, ATransportStreamThatGoesOnUnderAnotherPid) {
  make("a.ts", "64x48", "-c:v libx264 -mpegts_start_pid 0x100");
  make("b.ts", "96x64", "-c:v libx264 -mpegts_start_pid 0x200 -output_ts_offset 2");
  expect_whole(join("ab.ts", {"a.ts", "b.ts"}), {{20, 64}, {20, 96}});
  expect_whole(join("aba.ts", {"a.ts", "b.ts", "a.ts"}), {{20, 64}, {20, 96}, {20, 64}});
  make("c.m2ts", "64x48", "-c:v libx264 -f mpegts -mpegts_m2ts_mode 1 -mpegts_start_pid 0x100");
  make("d.m2ts", "96x64", "-c:v libx264 -f mpegts -mpegts_m2ts_mode 1 -mpegts_start_pid 0x200");
  expect_whole(join("cd.m2ts", {"c.m2ts", "d.m2ts"}), {{20, 64}, {20, 96}});
}

// Would catch: a complaint about packets that aren't incomplete; the second codec given to the first's
// decoder.
TEST_F(Parts, ATransportStreamThatGoesOnUnderTheSamePid) {
  make("a.ts", "64x48", "-c:v libx264 -bf 2");
  make("b.ts", "96x64", "-c:v mpeg2video -bf 2 -r 10 -output_ts_offset 2");
  expect_whole(join("aa.ts", {"a.ts", "a.ts", "a.ts"}), {{60, 64}});
  expect_whole(join("ab.ts", {"a.ts", "b.ts"}), {{20, 64}, {20, 96}});
  make("c.ts", "64x48",
       "-c:v libx264 -mpegts_service_id 7 -mpegts_pmt_start_pid 0x300 -mpegts_start_pid 0x123");
  expect_whole(join("ac.ts", {"a.ts", "c.ts"}), {{40, 64}});
}

// libav takes the video that it knows most of.
TEST_F(Parts, TheFirstIsShort) {
  ASSERT_TRUE(make_test_video(folder_.file("a.ts"), "64x48", 3, "-c:v libx264 -mpegts_start_pid 0x100"));
  make("b.ts", "640x360", "-c:v libx264 -mpegts_start_pid 0x200");
  expect_whole(join("ab.ts", {"a.ts", "b.ts"}), {{3, 64}, {20, 640}});
}

TEST_F(Parts, TheFirstDoesNotAnnounceAll) {
  make("a.ts", "64x48", "-c:v libx264");
  make("a.mp4", "64x48", "-c:v libx264");
  EXPECT_EQ(must_open(folder_.file("a.mp4"))->info().frames, 20);
  EXPECT_EQ(must_open(join("aa.mp4", {"a.mp4", "a.mp4"}))->info().frames, std::nullopt);
  EXPECT_EQ(must_open(join("aa.ts", {"a.ts", "a.ts"}))->info().frames, std::nullopt);
}

TEST_F(Parts, AJointBeyondWhatIsProbed) {
  make("a.ts", "640x360", "-c:v mpeg2video -q:v 1 -r 10 -vf noise=alls=90:allf=t -mpegts_start_pid 0x100");
  make("b.ts", "64x48", "-c:v libx264 -mpegts_start_pid 0x200 -output_ts_offset 2");
  const std::string bytes = read_bytes(folder_.file("a.ts"));
  ASSERT_GT(bytes.size(), 5'000'000U) << "libav looks at 5 MB when it opens a file";
  expect_whole(join("ab.ts", {"a.ts", "b.ts"}), {{20, 640}, {20, 64}});
  make("c.ts", "64x48",
       "-c:v libx264 -mpegts_start_pid 0x100");  // of which the first's decoder must get nothing
  expect_whole(join("ac.ts", {"a.ts", "c.ts"}), {{20, 640}, {20, 64}});
}

TEST_F(Parts, OfTwoProgramsOneIsRead) {
  ASSERT_TRUE(
      run_ffmpeg("-f lavfi -i testsrc2=size=64x48:rate=10:d=2 -f lavfi -i testsrc2=size=96x64:rate=10:d=4 "
                 "-map 0 -map 1 -c:v libx264 -program program_num=1:st=0 -program program_num=2:st=1 '" +
                 folder_.file("two.ts") + "'"));
  const auto source = must_open(folder_.file("two.ts"));
  ASSERT_NE(source, nullptr);
  const Widths widths = widths_of(*source);
  ASSERT_EQ(widths.size(), 1U);
  expect_whole(join("twice.ts", {"two.ts", "two.ts"}), {{2 * widths[0].first, widths[0].second}});
}

TEST_F(Parts, ADamagedPartIsToldAtTheEnd) {
  make("a.ts", "160x120", "-c:v libx264 -bf 0");
  std::string bytes = read_bytes(folder_.file("a.ts"));
  const std::string inside_a_frame("\x47\x01\x00", 3);  // a packet of PID 0x100 that doesn't begin one
  size_t at = bytes.size() / 188 / 2 * 188;
  while (at < bytes.size() && bytes.compare(at, 3, inside_a_frame) != 0) at += 188;
  ASSERT_LT(at, bytes.size());
  bytes.erase(at, 188);
  write_bytes(folder_.file("lost.ts"), bytes);
  const auto source = must_open(join("ab.ts", {"lost.ts", "a.ts"}));
  ASSERT_NE(source, nullptr);
  const Reading reading = read_all(*source);
  EXPECT_EQ(reading.frames, 40);
  ASSERT_EQ(reading.errors.size(), 1U);
  EXPECT_THAT(reading.errors[0], HasSubstr("packets are incomplete"));
}

// Would catch: the first part's key frame taken for the second's, and frames counted against all packets.
TEST_F(Parts, EachHasItsOwnKeyFrames) {
  const auto drop = [&](const std::string& from, const std::string& packets, const std::string& to) {
    ASSERT_TRUE(run_ffmpeg("-i '" + folder_.file(from) + "' -c copy -bsf:v \"noise=drop='" + packets +
                           "'\" '" + folder_.file(to) + "'"));
  };
  for (const std::string codec : {"libx264 -bf 0 -sc_threshold 0", "mpeg2video -r 10"}) {
    make("whole.mkv", "64x48", "-g 10 -c:v " + codec);
    drop("whole.mkv", "eq(n\\,0)", "keyless.mkv");
    const Reading alone = read_all(*must_open(folder_.file("keyless.mkv")));
    EXPECT_EQ(alone.frames, 10) << codec;
    const Reading behind = read_all(*must_open(join("both.mkv", {"whole.mkv", "keyless.mkv"})));
    EXPECT_EQ(behind.frames, 30) << codec;
    ASSERT_EQ(alone.errors.size(), 1U);
    ASSERT_EQ(behind.errors.size(), 1U);
    const auto flaw = [](const std::string& error) {
      const size_t begin = error.find("damaged: ");
      return error.substr(begin, error.find(';') - begin);
    };
    EXPECT_EQ(flaw(behind.errors[0]), flaw(alone.errors[0]));
  }
  make("whole.mkv", "64x48", "-g 10 -c:v libx264 -bf 2 -sc_threshold 0 -x264-params open-gop=1");
  drop("whole.mkv", "lt(n\\,10)", "begun.mkv");  // as a recording of a running camera begins
  const Reading begun = read_all(*must_open(folder_.file("begun.mkv")));
  EXPECT_THAT(begun.errors, IsEmpty());
  const Reading behind = read_all(*must_open(join("both.mkv", {"whole.mkv", "begun.mkv"})));
  EXPECT_THAT(behind.errors, IsEmpty());
  EXPECT_EQ(behind.frames, 20 + begun.frames);
}

TEST_F(Parts, FilesOneBehindTheOther) {
  for (const std::string kind : {"mp4", "mov", "mkv", "avi"}) {
    make("a." + kind, "64x48", "-c:v libx264");
    make("b." + kind, "96x64", "-c:v mpeg4");
    expect_whole(join("aba." + kind, {"a." + kind, "b." + kind, "a." + kind}),
                 {{20, 64}, {20, 96}, {20, 64}});
  }
  make("a.wmv", "64x48", "-c:v wmv2");
  make("b.wmv", "96x64", "-c:v wmv2");
  expect_whole(join("aba.wmv", {"a.wmv", "b.wmv", "a.wmv"}), {{20, 64}, {20, 96}, {20, 64}});
  make("f.mp4", "64x48", "-c:v libx264 -g 5 -movflags frag_keyframe+empty_moov");
  expect_whole(join("ff.mp4", {"f.mp4", "f.mp4"}), {{40, 64}});
}

TEST_F(Parts, ASecondFileThatCannotBeReadIsTold) {
  make("a.mp4", "64x48", "-c:v libx264");
  const std::string whole = read_bytes(folder_.file("a.mp4"));
  write_bytes(folder_.file("b.mp4"), whole + whole.substr(0, 100));
  const auto source = must_open(folder_.file("b.mp4"));
  ASSERT_NE(source, nullptr);
  const Reading reading = read_all(*source);
  EXPECT_EQ(reading.frames, 20);
  ASSERT_EQ(reading.errors.size(), 1U);
  EXPECT_THAT(reading.errors[0],
              HasSubstr("what follows at byte " + std::to_string(whole.size()) + " can't be read"));
}

// Program streams have no tables that say whether it takes the first one's place.
TEST_F(Parts, AnotherTrackBehindOursIsTold) {
  ASSERT_TRUE(make_test_video(folder_.file("a.mpg"), "64x48", 20, "-c:v mpeg2video -r 10"));
  const std::string first = read_bytes(folder_.file("a.mpg"));
  std::string second = first;
  const std::string video("\0\0\1\xE0", 4);
  for (size_t at = 0; (at = second.find(video, at)) != std::string::npos; ++at) second[at + 3] = '\xE1';
  write_bytes(folder_.file("b.mpg"), first + second);
  const auto source = must_open(folder_.file("b.mpg"));
  ASSERT_NE(source, nullptr);
  for (int pass = 0; pass < 2; ++pass) {
    const Reading reading = read_all(*source);
    EXPECT_EQ(reading.frames, 20);
    ASSERT_EQ(reading.errors.size(), 1U);
    EXPECT_THAT(reading.errors[0], HasSubstr("packets of the video that follows it are not read"));
    ASSERT_TRUE(source->rewind());
  }
}

TEST_F(Parts, ASecondFlvIsTold) {
  make("a.flv", "64x48", "-c:v flv");
  const auto source = must_open(join("aa.flv", {"a.flv", "a.flv"}));
  ASSERT_NE(source, nullptr);
  const Reading reading = read_all(*source);
  ASSERT_EQ(reading.errors.size(), 1U);
  EXPECT_THAT(reading.errors[0], HasSubstr("another video from byte " +
                                           std::to_string(read_bytes(folder_.file("a.flv")).size()) + " on"));
}

// ---------------------------------------------------------------- where a second file begins

ReadAt reader(const std::string& bytes) {
  return [&bytes](int64_t offset, std::span<uint8_t> into) {
    const auto at = static_cast<size_t>(std::clamp<int64_t>(offset, 0, static_cast<int64_t>(bytes.size())));
    const size_t count = std::min(into.size(), bytes.size() - at);
    std::copy_n(bytes.begin() + static_cast<ptrdiff_t>(at), count, into.begin());
    return std::span<const uint8_t>(into.first(count));
  };
}

std::string box(const std::string& type, size_t bytes) {
  std::string head(4, '\0');
  for (size_t i = 0; i < 4; ++i) head[i] = static_cast<char>(bytes >> (24 - 8 * i));
  return head + type + std::string(bytes - 8, 'x');
}

TEST(SecondFile, OfMp4IsAFileTypeBehindAMovie) {
  const std::string file = box("ftyp", 24) + box("mdat", 100) + box("moov", 60);
  EXPECT_EQ(second_file_at("mov,mp4", reader(file)), std::nullopt);
  EXPECT_EQ(second_file_at("mov,mp4", reader(file + file)), 184);
  EXPECT_EQ(second_file_at("mov,mp4", reader(file + box("free", 8) + file)), 192);
  EXPECT_EQ(second_file_at("mov,mp4", reader(box("ftyp", 24) + file)), std::nullopt)
      << "one file all the same";
  const std::string long_box = std::string("\0\0\0\1mdat\0\0\0\0\0\0\0\x20", 16) + std::string(16, 'x');
  EXPECT_EQ(second_file_at("mov,mp4", reader(box("moov", 60) + long_box + file)), 92);
  const std::string to_the_end("\0\0\0\0mdat", 8);
  EXPECT_EQ(second_file_at("mov,mp4", reader(box("moov", 60) + to_the_end + file)), std::nullopt);
  const std::string too_long("\0\0\0\1mdat\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 16);
  EXPECT_EQ(second_file_at("mov,mp4", reader(box("moov", 60) + too_long + file)), std::nullopt);
}

TEST(SecondFile, OfAviIsARiffOfThatName) {
  const auto riff = [](const std::string& name, uint8_t bytes) {
    return "RIFF" + std::string{static_cast<char>(bytes), 0, 0, 0} + name + std::string(bytes - 4U, 'x');
  };
  const std::string file = riff("AVI ", 40) + riff("AVIX", 20);
  EXPECT_EQ(second_file_at("avi", reader(file)), std::nullopt);
  EXPECT_EQ(second_file_at("avi", reader(file + file)), 76);
  EXPECT_EQ(second_file_at("avi", reader(riff("AVI ", 41) + "\0" + file)), std::nullopt);
  EXPECT_EQ(second_file_at("avi", reader(riff("AVI ", 41) + std::string(1, '\0') + file)), 50);
}

TEST(SecondFile, OfAsfIsAnotherHeader) {
  const auto object = [](const std::string& id, uint8_t bytes) {
    return id + std::string{static_cast<char>(bytes), 0, 0, 0, 0, 0, 0, 0} + std::string(bytes - 24U, 'x');
  };
  const std::string header("\x30\x26\xB2\x75\x8E\x66\xCF\x11\xA6\xD9\x00\xAA\x00\x62\xCE\x6C", 16);
  const std::string file = object(header, 40) + object("sixteen letters!", 30);
  EXPECT_EQ(second_file_at("asf", reader(file)), std::nullopt);
  EXPECT_EQ(second_file_at("asf", reader(file + file)), 70);
  EXPECT_EQ(
      second_file_at("asf", reader(object(header, 40) + "sixteen letters!" + std::string(8, '\0') + file)),
      std::nullopt)
      << "live: of unknown length";
}

TEST(SecondFile, OfMatroskaFollowsTheSegment) {
  const std::string head("\x1A\x45\xDF\xA3\x82xx\x18\x53\x80\x67", 11);
  const std::string file = head + "\x83yyy";
  EXPECT_EQ(second_file_at("matroska,webm", reader(file)), std::nullopt);
  EXPECT_EQ(second_file_at("matroska,webm", reader(file + file)), 15);
  EXPECT_EQ(second_file_at("matroska,webm", reader(file + "zz" + file)), std::nullopt);
  EXPECT_EQ(second_file_at("matroska,webm", reader(head + "\xFFyyy" + file)), std::nullopt)
      << "of unknown size";
}

TEST(SecondFile, OfFlvFollowsTheLastTag) {
  const std::string head("FLV\1\1\0\0\0\x09\0\0\0\0", 13);
  const std::string tag = std::string("\x09\0\0\2\0\0\0\0\0\0\0", 11) + "xx" + std::string("\0\0\0\x0D", 4);
  EXPECT_EQ(second_flv_at(reader(head + tag + tag)), std::nullopt);
  EXPECT_EQ(second_flv_at(reader(head + tag + tag + head + tag)), 47);
  EXPECT_EQ(second_flv_at(reader(head + tag + "junk and more junk" + head)), std::nullopt);
  EXPECT_EQ(second_flv_at(reader("")), std::nullopt);
}

TEST(SecondFile, OfOtherKindsIsUnknown) {
  EXPECT_EQ(second_file_at("gif", reader("GIF89aGIF89a")), std::nullopt);
  for (const char* kind : {"mov,mp4", "avi", "asf", "matroska,webm"})
    EXPECT_EQ(second_file_at(kind, reader("")), std::nullopt);
}

}  // namespace
}  // namespace weir
