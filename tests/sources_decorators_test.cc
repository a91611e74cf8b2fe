// SPDX-License-Identifier: Apache-2.0
// Sources that change how another one is read, over made-up ones.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sources/looped_source.h"
#include "sources/paced_source.h"
#include "support/made_up.h"

namespace weir {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

std::vector<int64_t> read_milliseconds(Source& source, int frames) {
  std::vector<int64_t> times;
  for (int i = 0; i < frames; ++i) {
    auto picture = source.read();
    if (!picture || !*picture) break;
    times.push_back((*picture)->pts / milliseconds(1));
  }
  return times;
}

TEST(LoopedSource, TimesGoOnAFrameAfterTheLast) {
  LoopedSource source(testing::make_made_up_source({.frames = 3, .frame_rate = 10}), [](const Error&) {});
  EXPECT_FALSE(source.info().frames) << "it has no end";
  EXPECT_THAT(read_milliseconds(source, 7), ::testing::ElementsAre(0, 100, 200, 300, 400, 500, 600));
  ASSERT_TRUE(source.rewind());
  EXPECT_THAT(read_milliseconds(source, 1), ::testing::ElementsAre(0));
}

// A loop that ends with the first damaged packet, or that reports it each time.
TEST(LoopedSource, DamageIsReportedOnceAndLoopedOver) {
  std::vector<std::string> damages;
  const auto damaged = [](int64_t frame, const std::stop_token&) {
    return frame == 2 ? Status(Error{ErrorCode::kInvalidArgument, "damaged"}) : Status();
  };
  LoopedSource source(testing::make_made_up_source({.frames = 5, .before_read = damaged}),
                      [&](const Error& error) { damages.push_back(error.message); });
  EXPECT_EQ(read_milliseconds(source, 9).size(), 9U);
  EXPECT_THAT(damages, ::testing::ElementsAre("damaged"));
}

// An endless loop over a source that gives nothing.
TEST(LoopedSource, WithoutAFrameItEnds) {
  LoopedSource empty(testing::make_made_up_source({.frames = 0}), [](const Error&) {});
  const auto end = empty.read();
  ASSERT_TRUE(end);
  EXPECT_FALSE(*end);
  const auto broken = [](int64_t, const std::stop_token&) {
    return Status(Error{ErrorCode::kInvalidArgument, "damaged"});
  };
  LoopedSource never(testing::make_made_up_source({.frames = 3, .before_read = broken}), [](const Error&) {});
  EXPECT_FALSE(never.read());
}

TEST(PacedSource, GivesNoFrameBeforeItsTime) {
  PacedSource source(testing::make_made_up_source({.frames = 4, .frame_rate = 100}));
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < 4; ++i) {
    const auto picture = source.read();
    ASSERT_TRUE(picture && *picture);
    EXPECT_GE(std::chrono::steady_clock::now() - start, (*picture)->pts);
  }
  EXPECT_FALSE(*source.read());
}

TEST(PacedSource, AStopEndsTheWait) {
  PacedSource source(testing::make_made_up_source({.frames = 2, .frame_rate = 0.001}));
  ASSERT_TRUE(*source.read());
  std::stop_source stop;
  stop.request_stop();
  const auto picture = source.read(stop.get_token());
  ASSERT_FALSE(picture);
  EXPECT_EQ(picture.error().code, ErrorCode::kCancelled);
}

}  // namespace
}  // namespace weir
