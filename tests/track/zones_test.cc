// SPDX-License-Identifier: Apache-2.0
// Zones, lines and masks: who is counted where and when, from tiny inputs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "track/made_up_stream.h"

namespace weir::track {
namespace {

using testing::Actor;
using testing::at_s;
using testing::box_around;
using ::testing::IsEmpty;
using testing::straight;
using testing::Stream;
using testing::walker;
using testing::with_zone;

TEST(Zones, WhoComesInAndGoesOut) {
  // In at x = 500: t = 4. Out, back to the left, at t = 8.
  Actor actor = walker(0, 20);
  actor.box = [](double t) { return box_around(t < 6 ? 100 + 100 * t : 700 - 100 * (t - 6), 400); };
  Stream stream(with_zone({.inertia = {1, Time(0)}}));
  stream.run({actor}, 5);
  EXPECT_EQ(stream.tracking().report().zones[0].name, "right half");
  ASSERT_EQ(stream.tracking().report().zones[0].classes.size(), 1U);
  EXPECT_EQ(stream.tracking().report().zones[0].classes[0].now, 1);
  stream.run({actor}, 10);
  const Event& last = stream.events().back();
  ASSERT_EQ(last.zones.size(), 1U);
  EXPECT_EQ(last.zones[0].entered, at_s(4.0)) << "the first box whose middle is at 500 or beyond";
  EXPECT_EQ(last.zones[0].left, at_s(8.1));
  EXPECT_FALSE(last.zones[0].loitered);
  EXPECT_EQ(stream.tracking().report().zones[0].classes[0].now, 0);
  EXPECT_EQ(stream.tracking().report().zones[0].classes[0].entered, 1);
}

TEST(Zones, AChangeIsToldAtOnce) {
  Stream stream(with_zone({.inertia = {1, Time(0)}}));
  stream.run({walker(0, 20)}, 4.05);
  EXPECT_EQ(stream.events().back().kind, EventKind::kUpdate);
  EXPECT_EQ(stream.events().back().time, at_s(4.0));
}

TEST(Zones, InertiaWaitsForFramesOrSeconds) {
  // In for 0.3 s: in 3 frames.
  Actor actor = walker(0, 20);
  actor.box = [](double t) { return box_around(t >= 2 && t < 2.29 ? 520 : 480, 400); };
  for (const auto& [inertia, enters] :
       {std::pair(Inertia{3, Time(0)}, true), std::pair(Inertia{4, Time(0)}, false),
        std::pair(Inertia{1, std::chrono::milliseconds(200)}, true),
        std::pair(Inertia{1, at_s(0.3)}, false)}) {
    Stream stream(with_zone({.inertia = inertia}));
    stream.run({actor}, 4);
    stream.finish();
    EXPECT_EQ(stream.events().back().zones.size(), enters ? 1U : 0U) << inertia.frames << " frames";
    for (const ZoneVisit& visit : stream.events().back().zones)
      EXPECT_EQ(visit.entered, at_s(2)) << "the first frame";
  }
}

TEST(Zones, WhoStaysLoiters) {
  Stream stream(with_zone({.inertia = {1, Time(0)}, .loiter = std::chrono::seconds(5)}));
  stream.run({straight(700, 400, 0, 0)}, 4.9);
  for (const Event& event : stream.events()) EXPECT_FALSE(!event.zones.empty() && event.zones[0].loitered);
  stream.run({straight(700, 400, 0, 0)}, 5.15);
  EXPECT_TRUE(stream.events().back().zones.at(0).loitered);
  EXPECT_EQ(stream.events().back().time, at_s(5));
}

TEST(Zones, ThePointThatCounts) {
  // A box from 440 to 520: its middle is at 480, left of the border at 500.
  const Actor actor = straight(480, 400, 0, 0);
  const auto zones_of = [&](const ZoneConfig& zone) {
    Stream stream(with_zone(zone));
    stream.run({actor}, 3);
    stream.finish();
    return stream.events().back().zones.size();
  };
  EXPECT_EQ(zones_of({.point = CountingPoint::kBottom}), 0U);
  EXPECT_EQ(zones_of({.point = CountingPoint::kOverlap}), 1U);
  // The upper half of the picture ends at 400: the centre is just in, the lower side is not.
  const Polygon upper{{0, 0}, {1, 0}, {1, 0.51}, {0, 0.51}};
  EXPECT_EQ(zones_of({.polygon = upper, .point = CountingPoint::kCentre}), 1U);
  EXPECT_EQ(zones_of({.polygon = upper, .point = CountingPoint::kBottom}), 0U);
}

TEST(Zones, OnlyWhoIsAskedFor) {
  Stream stream(with_zone({.who = {.labels = {"car"}}}));
  Actor person = straight(700, 200, 0, 0);
  Actor car = straight(700, 600, 0, 0);
  car.class_id = 1;
  stream.run({person, car}, 3);
  const ZoneReport zone = stream.tracking().report().zones[0];
  ASSERT_EQ(zone.classes.size(), 1U);
  EXPECT_EQ(zone.classes[0].class_id, 1);
  EXPECT_EQ(zone.classes[0].now, 1);
}

TrackingConfig with_line(LineConfig line) {
  line.name = "middle";
  line.from = {0.5, 0};
  line.to = {0.5, 1};
  TrackingConfig config;
  config.places.lines = {line};
  return config;
}

int64_t sum(const LineReport& line, int64_t LineCount::*direction) {
  int64_t all = 0;
  for (const LineCount& one : line.classes) all += one.*direction;
  return all;
}

TEST(Lines, CrossingHasADirection) {
  // From top to bottom of the picture: who goes right in the picture crosses to the left of who looks down.
  Actor back = straight(900, 200, -100, 0);
  back.class_id = 1;
  Stream stream(with_line({}));
  stream.run({walker(0, 8), back}, 12);
  const LineReport line = stream.tracking().report().lines[0];
  ASSERT_EQ(line.classes.size(), 2U);
  EXPECT_EQ(line.classes[0].class_id, 0);
  EXPECT_EQ(line.classes[0].to_left, 1);
  EXPECT_EQ(line.classes[0].to_right, 0);
  EXPECT_EQ(line.classes[1].to_right, 1);
  const Event& end = stream.last_of(EventKind::kEnd);
  ASSERT_EQ(end.crossings.size(), 1U);
  EXPECT_NEAR(seconds(end.crossings[0].time), 4.3, 0.3);
}

TEST(Lines, WhoTremblesOnTheLineDoesNotCross) {
  Actor actor = walker(0, 1e9);
  actor.box = [](double t) { return box_around(500 + (static_cast<int>(t * 10) % 2 == 0 ? 10 : -10), 400); };
  Stream stream(with_line({}));
  stream.run({actor}, 60);
  EXPECT_EQ(sum(stream.tracking().report().lines[0], &LineCount::to_left), 0);
  EXPECT_EQ(sum(stream.tracking().report().lines[0], &LineCount::to_right), 0);
}

TEST(Lines, ABoxThatLosesItsLowerHalfForAMomentDoesNotCross) {
  // The line lies at y = 400; legs that are hidden take 60 px away at the bottom.
  Actor actor = walker(0, 1e9);
  actor.box = [](double t) {
    const bool is_hidden = t >= 3 && t < 3.25;
    return Box{300, 270, 340, is_hidden ? 350.0F : 430.0F};
  };
  LineConfig line{.name = "across", .from = {0, 0.5}, .to = {1, 0.5}};
  TrackingConfig config;
  config.places.lines = {line};
  Stream stream(config);
  stream.run({actor}, 6);
  EXPECT_THAT(stream.tracking().report().lines[0].classes, IsEmpty());
}

TEST(Lines, WhoGoesRoundTheEndDoesNotCross) {
  LineConfig line{.name = "short", .from = {0.5, 0}, .to = {0.5, 0.2}};
  TrackingConfig config;
  config.places.lines = {line};
  Stream stream(config);
  stream.run({walker(0, 9)}, 9);
  EXPECT_THAT(stream.tracking().report().lines[0].classes, IsEmpty());
}

TEST(Lines, WhoGoesWhileHiddenCrosses) {
  Actor actor = walker(0, 9);
  actor.hidden = {{3.5, 4.8}};
  Stream stream(with_line({}));
  stream.run({actor}, 9);
  EXPECT_EQ(sum(stream.tracking().report().lines[0], &LineCount::to_left), 1);
}

TEST(Lines, WhoIsLastSeenJustBehindItCrossed) {
  Stream stream(with_line({}));
  stream.run({walker(0, 4.35)}, 9);  // 30 px behind it
  EXPECT_EQ(sum(stream.tracking().report().lines[0], &LineCount::to_left), 1);
  EXPECT_EQ(stream.events().back().kind, EventKind::kEnd);
  EXPECT_EQ(stream.events().back().crossings.size(), 1U);
}

TEST(Masks, WhatIsInThemIsLeftOutAndCounted) {
  TrackingConfig config;
  config.places.masks = {
      {.name = "clock", .polygon = {{0.5, 0}, {1, 0}, {1, 1}, {0.5, 1}}, .who = {.labels = {"person"}}}};
  Stream stream(config);
  Actor car = straight(700, 600, 0, 0);
  car.class_id = 1;
  stream.run({straight(300, 300, 0, 0), straight(700, 300, 0, 0), car}, 1);
  ASSERT_EQ(stream.last().detections.size(), 2U);
  EXPECT_EQ(stream.last().detections[0].track_id, 1);
  EXPECT_EQ(stream.last().detections[1].class_id, 1);
  EXPECT_EQ(stream.tracking().report().boxes_masked, 10);
}

}  // namespace
}  // namespace weir::track
