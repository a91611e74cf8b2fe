// SPDX-License-Identifier: Apache-2.0
// Times from timestamps: each rule by an example, and that times rise whatever comes.
#include <cstdint>
#include <iostream>
#include <optional>
#include <random>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sources/pts_timeline.h"

namespace weir {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using Stamps = std::vector<std::optional<int64_t>>;

constexpr int64_t kMs = 1'000'000;
constexpr TrackClock kMilliseconds{{1, 1000}, 64, milliseconds(40)};
constexpr TrackClock kTransportStream{{1, 90'000}, 33, milliseconds(40)};
constexpr int64_t kWrap = int64_t{1} << 33;

std::vector<int64_t> times_ns(PtsTimeline& timeline, const Stamps& stamps) {
  std::vector<int64_t> times;
  for (const auto& stamp : stamps) times.push_back(timeline.next(stamp).count());
  return times;
}

/// Of a new timeline in milliseconds: what it makes of `stamps`, in nanoseconds.
std::vector<int64_t> times_ns(const Stamps& stamps) {
  PtsTimeline timeline(kMilliseconds);
  return times_ns(timeline, stamps);
}

TEST(PtsTimeline, CountsFromTheFirstTimestamp) {
  EXPECT_THAT(times_ns({500, 533, 610}), ElementsAre(0, 33 * kMs, 110 * kMs));
  EXPECT_THAT(times_ns({-80, -40, 0, 40}), ElementsAre(0, 40 * kMs, 80 * kMs, 120 * kMs));
}

TEST(PtsTimeline, RoundsEachTimeByItself) {
  PtsTimeline timeline({{1, 30}, 64, milliseconds(33)});
  EXPECT_THAT(times_ns(timeline, {7, 8, 9, 10}), ElementsAre(0, 33'333'333, 66'666'667, 100'000'000));
}

TEST(PtsTimeline, TheFirstTimestampMayComeLate) {
  EXPECT_THAT(times_ns({std::nullopt, 9000, 9050}), ElementsAre(0, 40 * kMs, 90 * kMs));
}

// Would catch: frames after it that keep what the repeated timestamp cost.
TEST(PtsTimeline, ARepeatedTimestampIsTheSmallestStep) {
  EXPECT_THAT(times_ns({0, 33, 33, 66}), ElementsAre(0, 33 * kMs, 33 * kMs + 1, 66 * kMs));
  EXPECT_THAT(times_ns({0, 33, 33, 33, 33, 66}),
              ElementsAre(0, 33 * kMs, 33 * kMs + 1, 33 * kMs + 2, 33 * kMs + 3, 66 * kMs));
  EXPECT_THAT(times_ns({0, 0, 10}), ElementsAre(0, 1, 10 * kMs));
}

TEST(PtsTimeline, OneSlightlyBehindIsTheSmallestStep) {
  EXPECT_THAT(times_ns({0, 40, 80, 60, 100}), ElementsAre(0, 40 * kMs, 80 * kMs, 80 * kMs + 1, 100 * kMs));
  EXPECT_THAT(times_ns({0, 120, 80, 40, 160}),
              ElementsAre(0, 120 * kMs, 120 * kMs + 1, 120 * kMs + 2, 160 * kMs));
}

TEST(PtsTimeline, AMissingTimestampIsAFrameLater) {
  EXPECT_THAT(times_ns({500, 533, std::nullopt, 613, std::nullopt, std::nullopt}),
              ElementsAre(0, 33 * kMs, 73 * kMs, 113 * kMs, 153 * kMs, 193 * kMs));
  EXPECT_THAT(times_ns({0, std::nullopt, 20, 50}), ElementsAre(0, 40 * kMs, 40 * kMs + 1, 50 * kMs))
      << "the guess was too long";
}

// Would catch: a new clock because a guess was too long, and frames that keep what it cost.
TEST(PtsTimeline, TimesAfterManyMissingOnesAreTheirOwn) {
  Stamps stamps{0, 10};
  stamps.insert(stamps.end(), 20, std::nullopt);  // taken for 800 ms
  for (int64_t ms = 220; ms < 1000; ms += 10) stamps.push_back(ms);
  const std::vector<int64_t> times = times_ns(stamps);
  EXPECT_EQ(times[21], 810 * kMs);
  EXPECT_EQ(times[22], 810 * kMs + 1);
  EXPECT_EQ(times.back(), 990 * kMs);
}

TEST(PtsTimeline, FramesGoOnWhereTheClockStandsStill) {
  Stamps stamps{0, 10};
  stamps.insert(stamps.end(), 30, 10);
  stamps.push_back(5000);
  const std::vector<int64_t> times = times_ns(stamps);
  EXPECT_EQ(times[11], 10 * kMs + 10);
  EXPECT_EQ(times[12], 20 * kMs + 10);
  EXPECT_EQ(times[31], 210 * kMs + 10);
  EXPECT_EQ(times[32], 5000 * kMs);
  EXPECT_EQ(times_ns(Stamps(100, 7)).back(), 89 * 40 * kMs + 10) << "it never went";
}

TEST(PtsTimeline, GapsCountAsTheyAre) {
  const int64_t day = 24 * 3'600'000;
  EXPECT_THAT(times_ns({0, 40, day, day + 40, 30 * day}),
              ElementsAre(0, 40 * kMs, day * kMs, (day + 40) * kMs, 30 * day * kMs));
}

TEST(PtsTimeline, AClockThatIsSetAnewGoesOn) {
  EXPECT_THAT(times_ns({1000, 1040, 1080, 0, 40, 80, 120, 160, 2000, 2040}),
              ElementsAre(0, 40 * kMs, 80 * kMs, 120 * kMs, 160 * kMs, 200 * kMs, 240 * kMs, 280 * kMs,
                          2120 * kMs, 2160 * kMs));
  EXPECT_THAT(times_ns({1000, 1010, 0, 10, 20}), ElementsAre(0, 10 * kMs, 20 * kMs, 30 * kMs, 40 * kMs))
      << "a frame follows as fast as the one before it";
  EXPECT_THAT(times_ns({9000, 14'000, 0, 40}), ElementsAre(0, 5000 * kMs, 5040 * kMs, 5080 * kMs))
      << "but no slower than usual";
}

TEST(PtsTimeline, OneWrongTimestampIsNoNewClock) {
  EXPECT_THAT(times_ns({9000, 9040, 0, 9120, 9160}),
              ElementsAre(0, 40 * kMs, 80 * kMs, 120 * kMs, 160 * kMs));
  EXPECT_THAT(times_ns({9000, 9040, 0, 40, 9160, 9200}),
              ElementsAre(0, 40 * kMs, 80 * kMs, 120 * kMs, 160 * kMs, 200 * kMs));
  EXPECT_THAT(times_ns({9000, 9010, 0, 9020, 9030}),
              ElementsAre(0, 10 * kMs, 20 * kMs, 20 * kMs + 1, 30 * kMs));
  for (const int64_t wrong : {INT64_MAX, INT64_MIN + 1, int64_t{1} << 45}) {
    EXPECT_THAT(times_ns({9000, 9040, wrong, 9120, 9160}),
                ElementsAre(0, 40 * kMs, 80 * kMs, 120 * kMs, 160 * kMs))
        << wrong;
  }
}

TEST(PtsTimeline, AClockThatRunsFullGoesOn) {
  const int64_t step = 3600;
  PtsTimeline timeline(kTransportStream);
  EXPECT_THAT(times_ns(timeline, {kWrap - 2 * step, kWrap - step, 0, step, kWrap - 1, 2 * step}),
              ElementsAre(0, 40 * kMs, 80 * kMs, 120 * kMs, 120 * kMs + 1, 160 * kMs))
      << "one frame is out of order across the end";

  PtsTimeline days(kTransportStream);
  std::vector<int64_t> times;
  for (int64_t i = 0; i < 200; ++i) {
    times.push_back(days.next((kWrap - step + i * 1800 * 90'000) % kWrap).count());
    EXPECT_EQ(times.back(), i * 1800 * 1'000'000'000);
  }

  PtsTimeline extended(kTransportStream);  // by libav, which adds the lost bits to some of them
  EXPECT_THAT(times_ns(extended, {kWrap - step, kWrap, step, kWrap + 2 * step, -kWrap + 3 * step}),
              ElementsAre(0, 40 * kMs, 80 * kMs, 120 * kMs, 160 * kMs));
}

// 20 hours to 0: more likely a new clock than a gap of 6.5 hours.
TEST(PtsTimeline, ALongStepOverTheEndOfTheClockIsANewOne) {
  PtsTimeline timeline(kTransportStream);
  const int64_t late = int64_t{20} * 3600 * 90'000;
  EXPECT_THAT(times_ns(timeline, {late, late + 3600, 0, 3600, 7200}),
              ElementsAre(0, 40 * kMs, 80 * kMs, 120 * kMs, 160 * kMs));
}

TEST(PtsTimeline, ACameraHasNoLongGaps) {
  PtsTimeline timeline(kMilliseconds, seconds(5));
  EXPECT_THAT(times_ns(timeline, {0, 40, 4080, 9080, 9120, 9160}),
              ElementsAre(0, 40 * kMs, 4080 * kMs, 4120 * kMs, 4160 * kMs, 4200 * kMs));
}

TEST(PtsTimeline, GoesOnWithAnotherTrack) {
  PtsTimeline same_times(kMilliseconds);
  EXPECT_THAT(times_ns(same_times, {500, 540}), ElementsAre(0, 40 * kMs));
  same_times.go_on(kTransportStream);
  EXPECT_THAT(times_ns(same_times, {580 * 90, 700 * 90}), ElementsAre(80 * kMs, 200 * kMs));

  PtsTimeline own_times(kMilliseconds);
  EXPECT_THAT(times_ns(own_times, {500, 540, 580}), ElementsAre(0, 40 * kMs, 80 * kMs));
  own_times.go_on({{1, 1000}, 64, milliseconds(20)});
  EXPECT_THAT(times_ns(own_times, {0, 20, 40}), ElementsAre(100 * kMs, 120 * kMs, 140 * kMs));
}

// Whatever comes, times rise, and end in a finite place. The seed is printed.
TEST(PtsTimeline, TimesAlwaysRise) {
  const unsigned seed = std::random_device()();
  std::cout << "seed " << seed << '\n';
  std::mt19937_64 random(seed);
  for (int round = 0; round < 500; ++round) {
    TrackClock clock = random() % 2 == 0 ? kMilliseconds : kTransportStream;
    PtsTimeline timeline(clock, random() % 2 == 0 ? PtsTimeline::kLongestGapInFiles : seconds(5));
    int64_t stamp = static_cast<int64_t>(random());
    nanoseconds last(-1);
    for (int i = 0; i < 60; ++i) {
      const auto kind = random() % 10;
      if (kind < 6) stamp = static_cast<int64_t>(static_cast<uint64_t>(stamp) + random() % 5000);
      if (kind == 6) stamp = static_cast<int64_t>(static_cast<uint64_t>(stamp) - random() % 5000);
      if (kind == 7) stamp = static_cast<int64_t>(random());
      if (kind == 8) timeline.go_on(clock = random() % 2 == 0 ? kMilliseconds : kTransportStream);
      const nanoseconds time = timeline.next(kind == 9 ? std::nullopt : std::optional(stamp));
      ASSERT_GT(time, last);
      ASSERT_LT(time, hours(24 * 365 * 61));
      last = time;
    }
  }
}

TEST(StampJudge, BelievesTheContainerUnlessItsTimestampsOftenFall) {
  StampJudge judge;
  for (int64_t i = 0; i < 20; ++i) EXPECT_EQ(judge.choose(i, -1), i);
  EXPECT_EQ(judge.choose(10, -1), 10) << "falls once";
  for (int64_t i = 20; i < 40; ++i) EXPECT_EQ(judge.choose(20, -1), 20) << "repeated";
  EXPECT_EQ(judge.choose(std::nullopt, 40), 40);
  EXPECT_EQ(judge.choose(std::nullopt, std::nullopt), std::nullopt);

  StampJudge decoding_order;
  const std::vector<int64_t> presentation{0, 3, 2, 4, 1, 7, 6, 8, 5};
  for (int64_t i = 0; i < 9; ++i) {
    EXPECT_EQ(decoding_order.choose(presentation[static_cast<size_t>(i)], i), i == 1 ? 3 : i);
  }
}

}  // namespace
}  // namespace weir
