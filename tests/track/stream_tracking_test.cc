// SPDX-License-Identifier: Apache-2.0
// Events and counts of streams in which it is known what happens; outages, pictures that change their size,
// and time that does what it should not.
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "track/made_up_stream.h"

namespace weir::track {
namespace {

using testing::Actor;
using testing::at_s;
using testing::box_around;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::kHeight;
using testing::kLabels;
using testing::kWidth;
using testing::straight;
using testing::Stream;
using testing::walker;
using testing::with_zone;

TEST(StreamTracking, AnObjectComesIsToldAboutAndGoes) {
  Stream stream;
  stream.run({walker(0, 3.05)}, 10);
  EXPECT_THAT(stream.told(), ElementsAre("new 1", "update 1", "update 1", "end 1"));
  const Event& begin = stream.events()[0];
  EXPECT_EQ(begin.time, at_s(0.5)) << "once it has lasted for half a second";
  EXPECT_EQ(begin.start, at_s(0));
  EXPECT_EQ(begin.track_id, 1);
  const Event& end = stream.events().back();
  EXPECT_EQ(end.last_seen, at_s(3));
  EXPECT_EQ(end.dwell(), at_s(3));
  EXPECT_EQ(end.reason, EndReason::kGone);
  EXPECT_EQ(end.class_id, 0);
  EXPECT_EQ(end.box.x1, 360);
  ASSERT_GE(end.path.size(), 2U);
  EXPECT_EQ(end.path.front().place, (Point{100, 430})) << "the middle of the lower side";
  EXPECT_EQ(end.path.back().place, (Point{400, 430}));
}

TEST(StreamTracking, WhoFlashesUpIsNoObject) {
  Stream stream;
  stream.run({walker(0, 0.35)}, 10);
  stream.finish();
  EXPECT_THAT(stream.events(), IsEmpty());
  EXPECT_EQ(stream.tracking().report().objects, 0);
}

TEST(StreamTracking, TheBestBoxIsRemembered) {
  Actor actor = walker(0, 2);
  TrackingConfig config;
  const auto tracking = *StreamTracking::create(config, kLabels);
  std::vector<Event> events;
  for (int i = 0; i < 20; ++i) {
    FrameResult frame{.frame = 100 + i, .pts = at_s(i * 0.1), .width_px = kWidth, .height_px = kHeight};
    frame.detections = {{i % 5 == 0 ? 1 : 2, i == 7 ? 0.99F : 0.7F, actor.box(i * 0.1)}};
    config.tracker.across_classes = true;
    for (const Event& event : tracking->step(frame)) events.push_back(event);
  }
  for (const Event& event : tracking->finish()) events.push_back(event);
  EXPECT_EQ(events.back().best_frame, 107);
  EXPECT_EQ(events.back().best_score, 0.99F);
  EXPECT_EQ(events.back().best_box.x1, actor.box(0.7).x1);
  EXPECT_EQ(events.back().class_id, 2);
}

TEST(StreamTracking, ALabelIsWhatItWasTakenForMost) {
  TrackingConfig config;
  config.tracker.across_classes = true;
  const auto tracking = *StreamTracking::create(config, kLabels);
  for (int i = 0; i < 20; ++i) {
    FrameResult frame{.frame = i, .pts = at_s(i * 0.1), .width_px = kWidth, .height_px = kHeight};
    frame.detections = {{i % 4 == 0 ? 1 : 2, 0.8F, box_around(300, 300)}};
    (void)tracking->step(frame);
  }
  const auto events = tracking->finish();
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].class_id, 2);
  EXPECT_EQ(events[0].reason, EndReason::kStreamEnded);
}

TEST(StreamTracking, ParkedCarsDontMakeEventsAllDay) {
  Stream stream;
  stream.run({straight(300, 300, 0, 0)}, 3600, 2);
  EXPECT_LE(stream.count(EventKind::kUpdate), 12U) << "until it is known to be stationary";
  EXPECT_EQ(stream.count(EventKind::kNew), 1U);
  EXPECT_EQ(stream.last_of(EventKind::kUpdate).stationary_since, at_s(0));
  const Overlay overlay = stream.tracking().overlay();
  ASSERT_EQ(overlay.trails.size(), 1U);
  EXPECT_TRUE(overlay.trails[0].is_stationary);
}

TEST(StreamTracking, WhoDrivesOffIsToldAbout) {
  Actor car = straight(0, 0, 0, 0);
  car.box = [](double t) { return box_around(300 + (t < 20 ? 0 : 60 * (t - 20)), 300); };
  Stream stream;
  stream.run({car}, 20);
  EXPECT_TRUE(stream.last_of(EventKind::kUpdate).stationary_since.has_value());
  stream.run({car}, 25);
  EXPECT_FALSE(stream.last_of(EventKind::kUpdate).stationary_since.has_value());
  EXPECT_EQ(stream.count(EventKind::kNew), 1U);
}

TEST(Outages, WhoMovedEndsWhoStoodIsTheSameAgain) {
  const std::vector<Actor> actors{straight(300, 600, 0, 0), walker(0, 1e9, 20)};
  Stream stream;
  stream.run(actors, 12);
  stream.keep(stream.tracking().source_lost());
  EXPECT_EQ(stream.events().back().kind, EventKind::kEnd);
  EXPECT_EQ(stream.events().back().track_id, 2);
  EXPECT_EQ(stream.events().back().reason, EndReason::kSourceLost);
  stream.keep(stream.tracking().source_back(std::chrono::seconds(50)));
  stream.skip_to(62);
  stream.run(actors, 65);
  EXPECT_EQ(stream.last().detections[0].track_id, 1);
  EXPECT_EQ(stream.last().detections[1].track_id, 3);
  EXPECT_EQ(stream.count(EventKind::kNew), 3U);
  EXPECT_EQ(stream.count(EventKind::kEnd), 1U);
  stream.finish();
  EXPECT_EQ(stream.count(EventKind::kEnd), 3U);
  EXPECT_EQ(stream.last_of(EventKind::kEnd).reason, EndReason::kStreamEnded);
}

TEST(Outages, AfterTooLongAllAreNew) {
  const std::vector<Actor> actors{straight(300, 600, 0, 0)};
  Stream stream;
  stream.run(actors, 20);
  stream.keep(stream.tracking().source_lost());
  EXPECT_EQ(stream.count(EventKind::kEnd), 0U) << "who stands is waited for";
  stream.keep(stream.tracking().source_back(std::chrono::seconds(61)));
  EXPECT_EQ(stream.last_of(EventKind::kEnd).reason, EndReason::kSourceLost);
  EXPECT_EQ(stream.last_of(EventKind::kEnd).last_seen, at_s(19.9));
  stream.skip_to(81);
  stream.run(actors, 83);
  EXPECT_EQ(stream.last().detections[0].track_id, 2);
}

TEST(Outages, ACameraThatStaysAwayEndsAll) {
  Stream stream;
  stream.run({straight(300, 600, 0, 0)}, 20);
  stream.keep(stream.tracking().source_lost());
  stream.finish();
  EXPECT_EQ(stream.last_of(EventKind::kEnd).reason, EndReason::kSourceLost);
}

TEST(Outages, WhoHasGoneMeanwhileEnds) {
  Stream stream;
  stream.run({straight(300, 600, 0, 0)}, 20);
  stream.keep(stream.tracking().source_lost());
  stream.keep(stream.tracking().source_back(std::chrono::seconds(30)));
  stream.skip_to(50);
  stream.run({}, 120);
  EXPECT_EQ(stream.last_of(EventKind::kEnd).reason, EndReason::kGone);
  EXPECT_EQ(stream.last_of(EventKind::kEnd).last_seen, at_s(19.9));
}

TEST(PictureSize, ZonesKeepTheirPlaceAndObjectsTheirIds) {
  TrackingConfig config = with_zone({});
  config.places.zones.push_back({.name = "pixels", .polygon = {{0, 0}, {1000, 0}, {1000, 800}, {0, 800}}});
  Stream stream(config);
  EXPECT_TRUE(stream.tracking().fits(kWidth, kHeight).has_value());
  stream.run({straight(700, 400, 0, 0)}, 3);
  EXPECT_EQ(stream.events().back().zones.size(), 2U);
  EXPECT_THAT(stream.tracking().take_problems(), IsEmpty());
  stream.width_px = kWidth / 2;
  stream.height_px = kHeight / 2;
  stream.run({{.box = [](double) { return box_around(350, 200, 40, 30); }}}, 6);
  EXPECT_EQ(stream.last().detections[0].track_id, 1);
  EXPECT_EQ(stream.events().back().box.x1, 330) << "in pixels of the picture as it is now";
  EXPECT_FALSE(stream.events().back().zones[0].left.has_value());
  EXPECT_TRUE(stream.events().back().zones[1].left.has_value());
  EXPECT_THAT(
      stream.tracking().take_problems(),
      ElementsAre("zone 'pixels' is in pixels of pictures of 1000x800, and these are 500x400 now: it is not "
                  "used until they are as before"));
  EXPECT_EQ(stream.tracking().overlay().zones[0].polygon[1], (Point{500, 0}));
}

TEST(StreamTracking, FramesThatNobodyLookedAtChangeNothing) {
  Stream stream;
  stream.run({walker(0, 1e9)}, 2);
  const size_t before = stream.events().size();
  FrameResult dropped{
      .frame = 1000, .pts = at_s(2), .width_px = kWidth, .height_px = kHeight, .outcome = Outcome::kDropped};
  EXPECT_THAT(stream.tracking().step(dropped), IsEmpty());
  stream.skip_to(2.1);
  stream.run({walker(0, 1e9)}, 2.15);
  EXPECT_EQ(stream.last().detections[0].track_id, 1);
  EXPECT_GE(stream.events().size(), before);
}

TEST(StreamTracking, TimeThatGoesBackOrStandsStillGivesNoNegativeTimes) {
  std::mt19937 random(4);
  const auto tracking = *StreamTracking::create(with_zone({.inertia = {1, Time(0)}}), kLabels);
  int64_t highest = 0;
  for (int i = 0; i < 2000; ++i) {
    const int64_t jump = i % 500 == 499 ? -3'000'000'000'000 : i % 7 == 0 ? 0 : 33'000'000;
    static int64_t pts = 0;
    pts += jump;
    FrameResult frame{.frame = i, .pts = Time(pts), .width_px = kWidth, .height_px = kHeight};
    frame.detections = {{0, 0.9F, box_around(500 + 3 * ((i % 100) - 50), 300)}};
    for (const Event& event : tracking->step(frame)) {
      EXPECT_GE(event.dwell(), Time(0));
      EXPECT_GE(event.time, event.last_seen);
      for (const ZoneVisit& visit : event.zones) EXPECT_TRUE(!visit.left || *visit.left >= visit.entered);
      highest = std::max(highest, event.track_id);
    }
  }
  EXPECT_LT(highest, 60) << "the object jumps back 20 times; ids don't explode";
}

/// Everything about an event, as text.
std::string text_of(const Event& e) {
  std::string text = std::string(to_string(e.kind)) + " " + std::to_string(e.id) + " " +
                     std::to_string(e.track_id) + " " + std::to_string(e.class_id) + " " +
                     std::to_string(e.time.count()) + " " + std::to_string(e.last_seen.count());
  for (const PathPoint& p : e.path) text += " " + std::to_string(p.place.x);
  for (const ZoneVisit& v : e.zones) text += " z" + std::to_string(v.entered.count());
  for (const LineCrossing& c : e.crossings) text += " l" + std::to_string(c.time.count());
  return text;
}

TEST(StreamTracking, RandomStreamsKeepTheRules) {
  std::vector<std::string> runs[2];
  for (auto& run : runs) {
    std::mt19937 random(77);
    TrackingConfig config = with_zone({.loiter = std::chrono::seconds(2)});
    config.places.lines = {{.name = "m", .from = {0.5, 0}, .to = {0.5, 1}}};
    const auto tracking = *StreamTracking::create(config, kLabels);
    std::map<int64_t, EventKind> last;
    int64_t now = 0;
    const auto check = [&](const std::vector<Event>& events) {
      for (const Event& event : events) {
        const bool is_known = last.contains(event.id);
        EXPECT_EQ(event.kind == EventKind::kNew, !is_known) << "it begins once";
        EXPECT_TRUE(!is_known || last[event.id] != EventKind::kEnd) << "nothing after its end";
        EXPECT_LE(event.path.size(), Path::kMost);
        EXPECT_LE(event.zones.size(), Event::kMostVisits);
        last[event.id] = event.kind;
        run.push_back(text_of(event));
      }
    };
    for (int i = 0; i < 4000; ++i) {
      now += random() % 50 == 0 ? 4'000'000'000 : 50'000'000;
      FrameResult frame{.frame = i, .pts = Time(now), .width_px = kWidth, .height_px = kHeight};
      for (int k = 0; k < 8; ++k) {
        if (random() % 5 == 0) continue;
        frame.detections.push_back({k % 3, 0.3F + 0.1F * static_cast<float>(random() % 7),
                                    box_around((i * (k + 1) * 2) % kWidth, 90 * k + 50)});
      }
      if (random() % 10 == 0) frame.outcome = Outcome::kDropped;
      check(tracking->step(frame));
      if (random() % 300 == 0) {
        check(tracking->source_lost());
        check(tracking->source_back(std::chrono::seconds(random() % 100)));
      }
    }
    check(tracking->finish());
    for (const auto& [id, kind] : last) EXPECT_EQ(kind, EventKind::kEnd) << "every event ends";
    EXPECT_EQ(tracking->report().objects, static_cast<int64_t>(last.size()));
    const TrackingReport report = tracking->report();
    for (const ZoneCount& one : report.zones[0].classes) EXPECT_EQ(one.now, 0);
  }
  EXPECT_EQ(runs[0], runs[1]) << "the same input gives the same events";
}

TEST(StreamTracking, WhatCanNotBeIsAnError) {
  TrackingConfig config;
  config.places.zones = {{.name = "z", .polygon = {{0, 0}, {1, 0}}}};
  EXPECT_THAT(StreamTracking::create(config, kLabels).error().message,
              HasSubstr("zone 'z': a polygon has 3 corners"));
  config = with_zone({.who = {.labels = {"tram"}}});
  EXPECT_THAT(StreamTracking::create(config, kLabels).error().message,
              HasSubstr("the model has no class 'tram'"));
  config = {};
  config.tracker.max_boxes = 0;
  EXPECT_FALSE(StreamTracking::create(config, kLabels).has_value());
  config = {};
  config.places.masks = {{.name = "m", .polygon = {{0, 0}, {2000, 0}, {0, 100}}}};
  const auto tracking = StreamTracking::create(config, kLabels);
  ASSERT_TRUE(tracking.has_value());
  EXPECT_THAT((*tracking)->fits(1920, 1080).error().message,
              HasSubstr("[2000, 0] is outside the picture, which is 1920x1080"));
}

}  // namespace
}  // namespace weir::track
