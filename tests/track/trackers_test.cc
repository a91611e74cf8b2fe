// SPDX-License-Identifier: Apache-2.0
// Every tracker on scenes whose objects are known, at several frame rates, and on what should not happen.
#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "track/made_up_scene.h"
#include "track/tracker.h"

namespace weir::track {
namespace {

using testing::Actor;
using testing::at_s;
using testing::box_around;
using ::testing::ElementsAre;
using testing::Ids;
using ::testing::SizeIs;
using testing::straight;

class Trackers : public ::testing::TestWithParam<TrackerKind> {
 protected:
  [[nodiscard]] std::unique_ptr<Tracker> tracker(TrackerConfig config = {}) const {
    config.kind = GetParam();
    return Tracker::create(config);
  }

  [[nodiscard]] Ids ids(
      const std::vector<Actor>& actors, double length_s, double frames_per_s,
      const std::function<bool(int)>& looks = [](int) { return true; }) const {
    const auto one = tracker();
    return testing::run_scene(
        actors, length_s, frames_per_s,
        [&](Time time, std::vector<Detection>& detections) { one->update(time, detections); }, looks);
  }

  /// The id that a box gets.
  static int64_t id_of(Tracker& tracker, double time_s, const Box& box, float score = 0.9F,
                       int class_id = 0) {
    std::vector<Detection> detections{{class_id, score, box}};
    tracker.update(at_s(time_s), detections);
    return detections[0].track_id;
  }
};

/// A street: two that pass each other, one that waits, one that comes later.
std::vector<Actor> street() {
  Actor later = straight(1000, 700, -100, -60);
  later.from_s = 1.5;
  return {straight(100, 300, 220, 10), straight(1200, 330, -180, 0), straight(600, 600, 0, 0), later};
}

TEST_P(Trackers, AnObjectHasOneIdAtEveryFrameRate) {
  for (const double rate : {60.0, 30.0, 10.0, 5.0, 2.0}) {
    const Ids found = ids({straight(100, 300, 120, 20)}, 6, rate);
    EXPECT_THAT(found[0], ElementsAre(1)) << rate << " frames a second";
  }
}

TEST_P(Trackers, TheSameIdsAtThirtyTenAndFiveFramesASecond) {
  for (const double rate : {30.0, 10.0, 5.0}) {
    const Ids found = ids(street(), 5, rate);
    EXPECT_THAT(found, ElementsAre(ElementsAre(1), ElementsAre(2), ElementsAre(3), ElementsAre(4))) << rate;
  }
}

TEST_P(Trackers, TheSameIdsWithFramesThatNobodyLookedAt) {
  for (unsigned seed = 1; seed <= 10; ++seed) {
    std::mt19937 random(seed);
    const Ids found = ids(street(), 5, 30, [&](int frame) { return frame == 0 || random() % 10 >= 4; });
    EXPECT_THAT(found, ElementsAre(ElementsAre(1), ElementsAre(2), ElementsAre(3), ElementsAre(4)))
        << "seed " << seed;
  }
}

TEST_P(Trackers, WhoIsHiddenForASecondIsTheSameAfterwards) {
  for (const double rate : {30.0, 10.0, 5.0}) {
    Actor walker = straight(100, 300, 90, 0);
    walker.hidden = {{2, 3}};
    EXPECT_THAT(ids({walker}, 5, rate)[0], ElementsAre(1)) << rate << " frames a second";
  }
}

TEST_P(Trackers, WhoWasAwayForLongIsSomebodyElse) {
  Actor walker = straight(100, 300, 60, 0);
  walker.hidden = {{2, 7}};
  EXPECT_THAT(ids({walker}, 9, 30)[0], ElementsAre(1, 2));
}

TEST_P(Trackers, TwoThatCrossKeepTheirIds) {
  // One behind the other at t = 2, 30 px apart in height.
  const Ids found = ids({straight(200, 300, 150, 0), straight(800, 330, -150, 0)}, 4, 30);
  EXPECT_THAT(found, ElementsAre(ElementsAre(1), ElementsAre(2)));
}

TEST_P(Trackers, AClassIsTrackedForItself) {
  const auto one = tracker();
  EXPECT_EQ(id_of(*one, 0, box_around(100, 100), 0.9F, 0), 1);
  EXPECT_EQ(id_of(*one, 0.1, box_around(100, 100), 0.9F, 2), 2);
  const auto across = tracker({.across_classes = true});
  EXPECT_EQ(id_of(*across, 0, box_around(100, 100), 0.9F, 0), 1);
  EXPECT_EQ(id_of(*across, 0.1, box_around(100, 100), 0.9F, 2), 1);
}

TEST_P(Trackers, AWeakBoxContinuesATrackButBeginsNone) {
  const auto one = tracker({.start_score = 0.5});
  EXPECT_EQ(id_of(*one, 0, box_around(100, 100), 0.4F), 0);
  EXPECT_EQ(id_of(*one, 0.1, box_around(100, 100), 0.4F), 0);
  EXPECT_EQ(id_of(*one, 0.2, box_around(100, 100), 0.6F), 0) << "not sure yet";
  EXPECT_EQ(id_of(*one, 0.3, box_around(100, 100), 0.6F), 1);
  EXPECT_EQ(id_of(*one, 0.35, box_around(101, 100), 0.3F), 1);
}

TEST_P(Trackers, ASecondBoxOnAnObjectIsNotAnObjectAtOnce) {
  const auto one = tracker();
  for (int frame = 0; frame < 20; ++frame) {
    std::vector<Detection> detections{{0, 0.9F, box_around(300, 300, 200, 100)}};
    if (frame >= 5 && frame % 3 == 0) detections.push_back({0, 0.8F, box_around(330, 300, 90, 80)});
    one->update(at_s(frame / 30.0), detections);
    EXPECT_EQ(detections[0].track_id, 1);
    EXPECT_EQ(detections.back().track_id, detections.size() > 1 ? 0 : 1);
  }
}

TEST_P(Trackers, WhoStoodIsFoundAgainWhereItWas) {
  const auto one = tracker();
  const Box place = box_around(500, 500, 120, 80);
  double time = 0;
  for (; time < 20; time += 0.1) EXPECT_EQ(id_of(*one, time, place), 1);
  const Box far = box_around(1500, 200);
  for (; time < 35; time += 0.1) (void)id_of(*one, time, far);  // hidden for 15 s; somebody is elsewhere
  EXPECT_EQ(id_of(*one, time, place), 1);
}

TEST_P(Trackers, WhoStoodIsNotFoundAgainElsewhereNorAfterTooLong) {
  const Box place = box_around(500, 500, 120, 80);
  for (const bool moved : {false, true}) {
    const auto one = tracker();
    double time = 0;
    for (; time < 20; time += 0.1) (void)id_of(*one, time, place);
    time += moved ? 10 : 25;  // it is waited for as long as it stood
    EXPECT_EQ(id_of(*one, time, moved ? box_around(580, 500, 120, 80) : place), 2);
  }
}

TEST_P(Trackers, AGapInThePicturesKeepsWhoStood) {
  const auto one = tracker();
  double time = 0;
  for (; time < 15; time += 0.1) {
    std::vector<Detection> detections{{0, 0.9F, box_around(500, 500)},
                                      {0, 0.9F, box_around(20 + 60 * time, 100)}};
    one->update(at_s(time), detections);
    ASSERT_EQ(detections[0].track_id, 1);
    ASSERT_EQ(detections[1].track_id, 2);
  }
  one->skip_to(at_s(time + 50));
  ASSERT_THAT(one->tracks(), SizeIs(1)) << "who moved is forgotten";
  EXPECT_EQ(one->tracks()[0].id, 1);
  EXPECT_EQ(one->tracks()[0].last_seen, at_s(time + 50));
  EXPECT_EQ(id_of(*one, time + 50, box_around(500, 500)), 1);
  one->forget_all();
  EXPECT_EQ(id_of(*one, time + 51, box_around(500, 500)), 3) << "an id is never used again";
}

TEST_P(Trackers, TimeThatStandsStillIsNoReasonForNewIds) {
  const auto one = tracker();
  std::set<int64_t> seen;
  for (int frame = 0; frame < 200; ++frame) seen.insert(id_of(*one, 1, box_around(100 + 4 * frame, 300)));
  EXPECT_THAT(seen, ElementsAre(1));
}

TEST_P(Trackers, ALongGapEndsTracksAndNothingElse) {
  const auto one = tracker();
  EXPECT_EQ(id_of(*one, 0, box_around(100, 100)), 1);
  EXPECT_EQ(id_of(*one, 1e6, box_around(100, 100)), 2);
  EXPECT_EQ(id_of(*one, 1e6 + 0.03, box_around(101, 100)), 2);
  EXPECT_THAT(one->tracks(), SizeIs(1));
}

TEST_P(Trackers, BoxesThatAreNoneHaveNoTrack) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float infinity = std::numeric_limits<float>::infinity();
  const auto one = tracker();
  for (int frame = 0; frame < 5; ++frame) {
    std::vector<Detection> detections{{0, 0.9F, {nan, 0, 10, 10}},    {0, 0.9F, {0, 0, infinity, 10}},
                                      {0, 0.9F, {10, 10, 10, 20}},    {0, 0.9F, {10, 10, 5, 20}},
                                      {0, nan, box_around(300, 300)}, {0, -1, box_around(300, 500)},
                                      {0, 0.9F, box_around(100, 100)}};
    one->update(at_s(frame * 0.1), detections);
    for (size_t i = 0; i + 1 < detections.size(); ++i) EXPECT_EQ(detections[i].track_id, 0) << i;
    EXPECT_EQ(detections.back().track_id, 1);
  }
}

TEST_P(Trackers, OfTooManyBoxesTheStrongestAreTracked) {
  const auto one = tracker({.max_boxes = 100});
  for (int frame = 0; frame < 3; ++frame) {
    std::vector<Detection> detections;
    for (int i = 0; i < 10'000; ++i) {
      const float score = i % 100 == 0 ? 0.95F : 0.8F;
      detections.push_back({0, score, box_around(100.0 + 20 * (i % 100), 100.0 + 10 * (i / 100), 18, 9)});
    }
    one->update(at_s(frame / 30.0), detections);
    int64_t tracked = 0;
    for (const Detection& detection : detections) {
      EXPECT_TRUE(detection.track_id == 0 || detection.score > 0.9F);
      if (detection.track_id != 0) ++tracked;
    }
    EXPECT_EQ(tracked, 100);
    EXPECT_EQ(one->boxes_left_out(), 9'900 * (frame + 1));
    EXPECT_THAT(one->tracks(), SizeIs(100)) << "the same ones in every frame";
  }
}

TEST_P(Trackers, AHeapOfBoxesInOnePlaceIsNoTrouble) {
  std::mt19937 random(3);
  const auto one = tracker();
  for (int frame = 0; frame < 4; ++frame) {
    std::vector<Detection> detections;
    for (int i = 0; i < 10'000; ++i) {
      detections.push_back({0, 0.9F,
                            box_around(500.0 + static_cast<int>(random() % 40),
                                       500.0 + static_cast<int>(random() % 40), 200, 150)});
    }
    one->update(at_s(frame / 30.0), detections);
    EXPECT_LE(one->tracks().size(), 1000U);
  }
}

/// Objects that come, go, tremble, and hide, by chance.
std::vector<Detection> noise(std::mt19937& random, int frame) {
  std::vector<Detection> detections;
  for (int i = 0; i < 12; ++i) {
    if (random() % 4 == 0) continue;
    const double phase = frame * (1 + i % 3) * 3.0 + i * 130;
    const auto tremble = [&] { return static_cast<double>(random() % 9) - 4; };
    detections.push_back({i % 3, 0.2F + 0.001F * static_cast<float>(random() % 800),
                          box_around(std::fmod(phase, 1900) + tremble(), 60.0 * i + 100 + tremble())});
  }
  return detections;
}

TEST_P(Trackers, TheSameBoxesGiveTheSameIds) {
  std::vector<std::vector<int64_t>> runs;
  for (int run = 0; run < 2; ++run) {
    std::mt19937 random(11);
    const auto one = tracker();
    std::vector<int64_t>& all = runs.emplace_back();
    for (int frame = 0; frame < 600; ++frame) {
      std::vector<Detection> detections = noise(random, frame);
      one->update(at_s(frame / 30.0), detections);
      for (const Detection& detection : detections) all.push_back(detection.track_id);
    }
  }
  EXPECT_EQ(runs[0], runs[1]);
}

TEST_P(Trackers, AnIdIsInAFrameOnceAndNeverComesBackAfterItsEnd) {
  std::mt19937 random(5);
  const auto one = tracker();
  std::set<int64_t> ended;
  std::set<int64_t> alive;
  Time time{0};
  int64_t highest = 0;
  for (int frame = 0; frame < 3000; ++frame) {
    // Mostly 30 frames a second; now and then nothing for a while, or the same time again.
    const int step = static_cast<int>(random() % 40);
    time += step == 0 ? at_s(5) : step == 1 ? Time(0) : at_s(1 / 30.0);
    std::vector<Detection> detections = noise(random, frame);
    one->update(time, detections);
    std::set<int64_t> here;
    for (const Detection& detection : detections) {
      if (detection.track_id == 0) continue;
      EXPECT_TRUE(here.insert(detection.track_id).second) << "twice in frame " << frame;
      EXPECT_FALSE(ended.contains(detection.track_id)) << "frame " << frame;
      highest = std::max(highest, detection.track_id);
    }
    std::set<int64_t> now;
    for (const TrackState& state : one->tracks()) {
      now.insert(state.id);
      EXPECT_LE(state.first_seen, state.last_seen);
      EXPECT_LE(state.last_seen, time);
      EXPECT_LE(state.still_since, state.last_seen);
    }
    EXPECT_TRUE(std::ranges::includes(now, here));
    for (const int64_t id : alive) {
      if (!now.contains(id)) ended.insert(id);
    }
    alive = std::move(now);
    EXPECT_LT(alive.size(), 200U);
  }
  EXPECT_EQ(highest, static_cast<int64_t>(ended.size() + alive.size())) << "ids are 1, 2, 3, ...";
}

INSTANTIATE_TEST_SUITE_P(All, Trackers,
                         ::testing::Values(TrackerKind::kCbiou, TrackerKind::kByteTrack,
                                           TrackerKind::kOcSort),
                         [](const auto& one) { return std::string(to_string(one.param)); });

TEST(TrackerConfig, OutOfRangeIsAnError) {
  EXPECT_TRUE(TrackerConfig{}.validate().has_value());
  EXPECT_FALSE((TrackerConfig{.start_score = 1.5}).validate().has_value());
  EXPECT_FALSE(
      (TrackerConfig{.start_score = std::numeric_limits<double>::quiet_NaN()}).validate().has_value());
  EXPECT_FALSE((TrackerConfig{.memory = Time(-1)}).validate().has_value());
  EXPECT_FALSE((TrackerConfig{.still_memory = std::chrono::hours(25)}).validate().has_value());
  EXPECT_FALSE((TrackerConfig{.max_boxes = 0}).validate().has_value());
}

}  // namespace
}  // namespace weir::track
