// SPDX-License-Identifier: Apache-2.0
// The times of annotated videos are those of the results, whatever these are. ffprobe reads them back.
#include <chrono>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sinks/video_writer.h"
#include "support/media.h"

namespace weir {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using ::testing::HasSubstr;
using testing::output_of;
using testing::probe;
using testing::TempFolder;

/// A grey picture of 64x48.
class Grey {
 public:
  Grey() : pixels_(64 * 48 * 3 / 2, 128) {
    view_.width_px = 64;
    view_.height_px = 48;
    view_.planes = {pixels_.data(), pixels_.data() + 64 * 48, pixels_.data() + 64 * 48 * 5 / 4};
    view_.strides = {64, 32, 32};
  }
  [[nodiscard]] const PictureView& view() const { return view_; }

 private:
  std::vector<uint8_t> pixels_;
  PictureView view_;
};

struct Video {
  double tick_ns = 0;
  std::vector<double> times_ns;  // of its pictures, as they are decoded
};

Video read_back(const std::string& file) {
  Video video;
  const std::string tick = probe(file, "time_base");  // "1/90000"
  video.tick_ns = 1e9 / std::stod(tick.substr(2));
  std::istringstream stamps(
      output_of("ffprobe -v error -select_streams v:0 -show_entries frame=pts -of csv=p=0 '" + file +
                "' | grep -o '^[0-9]*'"));
  for (double stamp = 0; stamps >> stamp;) video.times_ns.push_back(stamp * video.tick_ns);
  return video;
}

struct TimesCase {
  const char* name;
  std::vector<nanoseconds> times;
  int ticks_per_second;
};

class VideoTimes : public ::testing::TestWithParam<TimesCase> {};

TEST_P(VideoTimes, AreTheResultsTimes) {
  WEIR_SKIP_WITHOUT_FFMPEG();
  const TempFolder folder;
  const std::string file = folder.file("a.mp4");
  const Grey grey;
  auto writer = VideoWriter::create(file, grey.view(), 25);
  ASSERT_TRUE(writer) << writer.error().message;
  const std::vector<nanoseconds>& times = GetParam().times;
  for (const nanoseconds time : times) {
    const Status written = (*writer)->write(grey.view(), time);
    ASSERT_TRUE(written) << written.error().message;
  }
  ASSERT_TRUE((*writer)->finish());
  const Video video = read_back(file);
  EXPECT_EQ(video.tick_ns, 1e9 / GetParam().ticks_per_second);
  ASSERT_EQ(video.times_ns.size(), times.size());
  for (size_t i = 0; i < times.size(); ++i) {
    EXPECT_LE(std::abs(video.times_ns[i] - static_cast<double>(times[i].count())), video.tick_ns) << i;
  }
  EXPECT_FALSE(std::filesystem::exists(file + ".part"));
}

constexpr nanoseconds kFrame = milliseconds(40);

INSTANTIATE_TEST_SUITE_P(
    Sinks, VideoTimes,
    ::testing::Values(
        TimesCase{"Regular", {nanoseconds(0), nanoseconds(33'333'333), nanoseconds(66'666'667)}, 90'000},
        TimesCase{"Repeated", {nanoseconds(0), kFrame, kFrame + nanoseconds(1), 2 * kFrame}, 90'000},
        TimesCase{"FirstFramesDropped", {nanoseconds(33'333'333), nanoseconds(66'666'667)}, 90'000},
        TimesCase{"FirstHoursDropped", {hours(10) + nanoseconds(33'333'333), hours(10) + kFrame}, 90'000},
        TimesCase{"Gap", {nanoseconds(0), kFrame, hours(6), hours(6) + kFrame, hours(12)}, 90'000},
        TimesCase{"LongGap", {nanoseconds(0), kFrame, hours(7), hours(7) + kFrame, hours(30)}, 1'000},
        TimesCase{
            "LongGapAfterALateStart", {hours(1), hours(1) + kFrame, hours(9), hours(9) + kFrame}, 1'000},
        TimesCase{"GapOfWeeks", {nanoseconds(0), kFrame, hours(8), hours(24 * 40), hours(24 * 300)}, 20},
        TimesCase{"GapOfMonths", {nanoseconds(0), hours(24 * 90), hours(24 * 90) + kFrame * 10}, 20}),
    [](const auto& test) { return test.param.name; });

// The copy that counts in longer ticks can't be made: what was written stays, and is whole.
TEST(VideoWriter, KeepsWhatItHasIfItCantGoOn) {
  WEIR_SKIP_WITHOUT_FFMPEG();
  const TempFolder folder;
  const std::string file = folder.file("a.mp4");
  std::filesystem::create_directory(file + ".part");
  const Grey grey;
  auto writer = VideoWriter::create(file, grey.view(), 25);
  ASSERT_TRUE(writer);
  ASSERT_TRUE((*writer)->write(grey.view(), nanoseconds(0)));
  ASSERT_TRUE((*writer)->write(grey.view(), kFrame));
  const Status failed = (*writer)->write(grey.view(), hours(7));
  ASSERT_FALSE(failed);
  EXPECT_THAT(failed.error().message, HasSubstr("writing '" + file + "' failed"));
  EXPECT_TRUE((*writer)->finish()) << "told already";
  EXPECT_EQ(read_back(file).times_ns.size(), 2U);
}

}  // namespace
}  // namespace weir
