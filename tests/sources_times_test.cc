// SPDX-License-Identifier: Apache-2.0
// Times of whole files whose timestamps are irregular: each frame's own wherever the file has it.
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

using testing::make_test_video;
using testing::must_open;
using testing::read_bytes;
using testing::run_ffmpeg;
using testing::TempFolder;
using testing::write_bytes;

constexpr int64_t kNsPerMs = 1'000'000;

std::vector<int64_t> times_of(const std::string& file) {
  std::vector<int64_t> times;
  const auto source = must_open(file);
  if (source == nullptr) return times;
  auto picture = source->read();
  for (; picture && *picture; picture = source->read()) times.push_back((*picture)->pts.count());
  EXPECT_TRUE(picture) << picture.error().message;
  return times;
}

class Times : public ::testing::Test {
 protected:
  void SetUp() override { WEIR_SKIP_WITHOUT_FFMPEG(); }

  /// The times of 40 frames whose timestamps, in milliseconds, are `stamps`: a formula of N, the frame's
  /// number.
  std::vector<int64_t> times_of_stamps(const std::string& stamps, const std::string& name = "b.mkv") {
    const std::string a = folder_.file("a.mkv");
    const std::string b = folder_.file(name);
    EXPECT_TRUE(
        run_ffmpeg("-f lavfi -i testsrc2=size=64x48:rate=5 -frames:v 40 -c:v libx264 -bf 0 '" + a + "'"));
    EXPECT_TRUE(run_ffmpeg("-i '" + a + "' -c copy -bsf:v \"setts=ts='" + stamps + "'\" '" + b + "'"));
    return times_of(b);
  }

  TempFolder folder_;
};

// The file's usual distance is 200 ms, which is much more than that of the frames after the repeated one.
TEST_F(Times, AfterARepeatedTimestampAreTheirOwn) {
  const std::vector<int64_t> times = times_of_stamps("if(lt(N,10),N*200,2000+if(eq(N,12),33,(N-10)*33))");
  ASSERT_EQ(times.size(), 40U);
  for (int64_t i = 0; i < 40; ++i) {
    const int64_t own = (i < 10 ? i * 200 : 2000 + (i - 10) * 33) * kNsPerMs;
    EXPECT_EQ(times[static_cast<size_t>(i)], i == 12 ? 2033 * kNsPerMs + 1 : own) << i;
  }
}

TEST_F(Times, AfterAGapAreTheirOwn) {
  const std::vector<int64_t> times = times_of_stamps("N*200+gte(N,20)*7*3600000");
  ASSERT_EQ(times.size(), 40U);
  EXPECT_EQ(times[19], 3800 * kNsPerMs);
  EXPECT_EQ(times[20], (4000 + 7 * 3'600'000) * kNsPerMs);
  EXPECT_EQ(times[39], (7800 + 7 * 3'600'000) * kNsPerMs);
}

// libav itself would take the timestamps of decoding from there on.
TEST_F(Times, AmongReorderedFramesAreTheirOwn) {
  const std::string a = folder_.file("a.mp4");
  const std::string b = folder_.file("b.mp4");
  ASSERT_TRUE(make_test_video(a, "64x48", 60, "-c:v libx264 -bf 2"));
  const std::vector<int64_t> right = times_of(a);
  ASSERT_EQ(right.size(), 60U);
  EXPECT_EQ(right.back(), 5900 * kNsPerMs);
  // One frame's presentation is moved onto that of the one before it; the order of decoding stays whole.
  ASSERT_TRUE(run_ffmpeg("-i '" + a + "' -c copy -bsf:v \"setts=pts='if(eq(PTS,30*1024),29*1024,PTS)'\" '" +
                         b + "'"));
  const std::vector<int64_t> times = times_of(b);
  ASSERT_EQ(times.size(), 60U);
  for (size_t i = 0; i < 60; ++i) {
    EXPECT_EQ(times[i], i == 30 ? right[29] + 1 : right[i]) << i;
  }
}

// Some writers give the order of decoding as that of presentation.
TEST_F(Times, FromTheOrderOfDecodingAreRegular) {
  const std::string a = folder_.file("a.mp4");
  const std::string b = folder_.file("b.mkv");
  ASSERT_TRUE(make_test_video(a, "64x48", 60, "-c:v libx264 -bf 2"));
  ASSERT_TRUE(run_ffmpeg("-i '" + a + "' -c copy -bsf:v setts=pts=DTS '" + b + "'"));
  const std::vector<int64_t> times = times_of(b);
  ASSERT_EQ(times.size(), 60U);
  for (size_t i = 10; i < 55; ++i) EXPECT_EQ(times[i] - times[i - 1], 100 * kNsPerMs) << i;
}

// A transport stream's clock has 33 bits; it is full after 95443.7 s.
TEST_F(Times, GoOnWhereTheClockRunsFull) {
  const std::string file = folder_.file("a.ts");
  ASSERT_TRUE(make_test_video(file, "64x48", 60, "-c:v libx264 -bf 2 -output_ts_offset 95440"));
  const std::vector<int64_t> times = times_of(file);
  ASSERT_EQ(times.size(), 60U);
  for (size_t i = 0; i < 60; ++i) EXPECT_EQ(times[i], static_cast<int64_t>(i) * 100 * kNsPerMs) << i;
}

// Would catch: 0 s after 80000 s taken for a clock that ran full, 4 hours later.
TEST_F(Times, GoOnWhereTheClockIsSetBack) {
  ASSERT_TRUE(make_test_video(folder_.file("a.ts"), "64x48", 30, "-c:v libx264 -output_ts_offset 80000"));
  ASSERT_TRUE(make_test_video(folder_.file("b.ts"), "64x48", 30, "-c:v libx264"));
  write_bytes(folder_.file("ab.ts"), read_bytes(folder_.file("a.ts")) + read_bytes(folder_.file("b.ts")));
  const std::vector<int64_t> times = times_of(folder_.file("ab.ts"));
  ASSERT_EQ(times.size(), 60U);
  for (size_t i = 0; i < 60; ++i) EXPECT_EQ(times[i], static_cast<int64_t>(i) * 100 * kNsPerMs) << i;
}

TEST_F(Times, OfFramesBeforeZeroAreKept) {
  ASSERT_TRUE(
      make_test_video(folder_.file("a.mkv"), "64x48", 10, "-c:v libx264 -bf 2 -output_ts_offset -0.3"));
  ASSERT_TRUE(make_test_video(folder_.file("b.mp4"), "64x48", 10, "-c:v libx264 -bf 2 -output_ts_offset 3"));
  for (const char* name : {"a.mkv", "b.mp4"}) {
    const std::vector<int64_t> times = times_of(folder_.file(name));
    ASSERT_EQ(times.size(), 10U);
    for (size_t i = 0; i < 10; ++i)
      EXPECT_EQ(times[i], static_cast<int64_t>(i) * 100 * kNsPerMs) << name << i;
  }
}

}  // namespace
}  // namespace weir
