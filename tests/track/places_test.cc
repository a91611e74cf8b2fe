// SPDX-License-Identifier: Apache-2.0
// Polygons and lines from tiny inputs worked out by hand, and what is refused of those that people configure.
#include <cmath>
#include <limits>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "track/geometry.h"
#include "track/path.h"
#include "track/placed.h"
#include "track/places.h"
#include "track/timeline.h"

namespace weir::track {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const Polygon kSquare{{10, 10}, {20, 10}, {20, 20}, {10, 20}};
/// A square without its upper right quarter.
const Polygon kCorner{{0, 0}, {10, 0}, {10, 10}, {20, 10}, {20, 20}, {0, 20}};

TEST(Geometry, APointIsInAPolygonOrNot) {
  EXPECT_TRUE(contains(kSquare, {15, 15}));
  EXPECT_FALSE(contains(kSquare, {25, 15}));
  EXPECT_FALSE(contains(kSquare, {15, 5}));
  EXPECT_TRUE(contains(kCorner, {5, 5}));
  EXPECT_FALSE(contains(kCorner, {15, 5})) << "the missing quarter";
  EXPECT_TRUE(contains(kCorner, {15, 15}));
}

TEST(Geometry, InsideIsAnOddNumberOfSidesInEveryDirection) {
  // Against the sum of angles, which is a turn for a point inside and none for one outside.
  std::mt19937 random(9);
  const auto coordinate = [&] { return static_cast<double>(random() % 1000) / 10; };
  for (int i = 0; i < 500; ++i) {
    const Polygon triangle{
        {coordinate(), coordinate()}, {coordinate(), coordinate()}, {coordinate(), coordinate()}};
    const Point p{coordinate() + 0.03, coordinate() + 0.03};
    double angle = 0;
    for (size_t k = 0; k < 3; ++k) {
      const Point a{triangle[k].x - p.x, triangle[k].y - p.y};
      const Point b{triangle[(k + 1) % 3].x - p.x, triangle[(k + 1) % 3].y - p.y};
      angle += std::atan2(a.x * b.y - a.y * b.x, a.x * b.x + a.y * b.y);
    }
    EXPECT_EQ(contains(triangle, p), std::abs(angle) > 3) << "case " << i;
  }
}

TEST(Geometry, APolygonAndABoxShareAnAreaOrNot) {
  EXPECT_TRUE(touches(kSquare, {12, 12, 14, 14})) << "the box is inside";
  EXPECT_TRUE(touches(kSquare, {0, 0, 100, 100})) << "the polygon is inside";
  EXPECT_TRUE(touches(kSquare, {18, 18, 30, 30}));
  EXPECT_FALSE(touches(kSquare, {20, 10, 30, 20})) << "they touch";
  EXPECT_FALSE(touches(kSquare, {30, 30, 40, 40}));
  EXPECT_FALSE(touches(kCorner, {11, 1, 19, 9})) << "the missing quarter";
}

TEST(Geometry, AreaOfAPolygon) {
  EXPECT_DOUBLE_EQ(area_of(kSquare), 100);
  EXPECT_DOUBLE_EQ(area_of(kCorner), 300);
  EXPECT_DOUBLE_EQ(area_of(Polygon(kCorner.rbegin(), kCorner.rend())), 300) << "either way round";
}

TEST(Geometry, SidesThatCrossAreFound) {
  EXPECT_FALSE(crossing_sides(kSquare));
  EXPECT_FALSE(crossing_sides(kCorner));
  EXPECT_EQ(crossing_sides(Polygon{{0, 0}, {10, 10}, {10, 0}, {0, 10}}), (std::pair<size_t, size_t>(0, 2)));
  EXPECT_TRUE(crossing_sides(Polygon{{0, 0}, {10, 0}, {5, 0}, {5, 5}})) << "it folds back";
  EXPECT_TRUE(crossing_sides(Polygon{{0, 0}, {10, 0}, {10, 0}, {5, 5}})) << "a corner twice";
  EXPECT_TRUE(crossing_sides(Polygon{{0, 0}, {10, 0}, {10, 10}, {5, 0}, {0, 10}}))
      << "a corner on another side";
}

TEST(Geometry, RightIsRightForWhoLooksAlong) {
  EXPECT_DOUBLE_EQ(distance_right_of({0, 10}, {10, 10}, {5, 13}), 3)
      << "to the right in the picture, y goes down";
  EXPECT_DOUBLE_EQ(distance_right_of({10, 10}, {0, 10}, {5, 13}), -3);
}

PlacesConfig one_zone(Polygon polygon) {
  return {.zones = {{.name = "door", .polygon = std::move(polygon)}}};
}

/// The messages, without the place that they start with.
std::vector<std::string> said_of(const PlacesConfig& places) {
  std::vector<std::string> messages;
  for (const PlaceMistake& mistake : find_mistakes(places)) messages.push_back(mistake.message);
  return messages;
}

TEST(Places, GoodOnesAreGood) {
  EXPECT_THAT(said_of(one_zone({{0.1, 0.2}, {0.9, 0.2}, {0.5, 0.8}})), IsEmpty());
  EXPECT_THAT(said_of(one_zone({{0, 0}, {1, 0}, {1, 1}})), IsEmpty());
  EXPECT_THAT(said_of(one_zone({{0, 0}, {300, 0}, {300, 200}})), IsEmpty()) << "pixels";
  PlacesConfig places = one_zone({{0, 0}, {1, 0}, {1, 1}});
  places.lines = {{.name = "door", .from = {0.1, 0.5}, .to = {0.9, 0.5}}};
  places.masks = {{.name = "door", .polygon = {{0, 0}, {10, 0}, {10, 10}}}};
  EXPECT_THAT(said_of(places), IsEmpty()) << "a zone, a line and a mask may have one name";
}

TEST(Places, WhatCanNotBeAPolygon) {
  const std::vector<std::pair<Polygon, std::string>> cases{
      {{}, "a polygon has 3 corners or more, not 0"},
      {{{0.1, 0.1}, {0.2, 0.2}}, "3 corners or more, not 2"},
      {{{0, 0}, {0.5, 0.5}, {0.5, 0}, {0, 0.5}},
       "its sides cross: [0, 0] to [0.5, 0.5], and [0.5, 0] to [0, 0.5]"},
      {{{0.1, 0.2}, {1.5, 0.2}, {0.5, 0.8}}, "[1.5, 0.2] is outside the picture: parts of it are 0 to 1"},
      {{{0.5, 0.2}, {300, 200}, {5, 8}}, "[300, 200] is outside the picture"},
      {{{-1, 5}, {300, 200}, {5, 8}}, "[-1, 5] is outside the picture: coordinates start at 0"},
      {{{std::nan(""), 0}, {1, 0}, {1, 1}}, "a coordinate is not a number"},
      {{{0, 0}, {0.5, 0.5}, {1, 1}}, "its sides cross"},
      {{{0.1, 0.1}, {0.1001, 0.1}, {0.1, 0.1001}}, "it has no area"}};
  for (const auto& [polygon, what] : cases) {
    const auto mistakes = find_mistakes(one_zone(polygon));
    ASSERT_EQ(mistakes.size(), 1U) << what;
    EXPECT_THAT(mistakes[0].message, HasSubstr("zone 'door': "));
    EXPECT_THAT(mistakes[0].message, HasSubstr(what));
  }
}

TEST(Places, EveryMistakeIsToldWithItsPlace) {
  PlacesConfig places;
  places.zones = {{.name = "a", .polygon = {{0, 0}, {1, 0}}},
                  {.name = "a", .polygon = {{0, 0}, {1, 0}, {1, 1}}, .loiter = Time(-1)},
                  {.name = "", .polygon = {{0, 0}, {1, 0}, {1, 1}}, .inertia = {-1, Time(0)}}};
  places.lines = {{.name = "l", .from = {0.5, 0.5}, .to = {0.5, 0.5}},
                  {.name = "m", .from = {0, 0.5}, .to = {1, 0.5}, .point = CountingPoint::kOverlap},
                  {.name = "n", .from = {0, 0.5}, .to = {1, 0.5}, .who = {.min_score = 2}}};
  places.masks = {{.name = "k", .polygon = {{0, 0}, {1, 0}, {1, 1}}, .who = {{"car"}, {"car"}}}};
  EXPECT_THAT(
      said_of(places),
      ElementsAre("zone 'a': a polygon has 3 corners or more, not 2", "zone 'a': the name is there twice",
                  "zone 'a': the loitering time must be 0 s to 7 days", "zone '': it needs a name",
                  "zone '': the inertia must be 0 to 100000 frames, not -1",
                  "line 'l': it begins and ends at [0.5, 0.5]",
                  "line 'm': a line is crossed by a point: bottom or centre, not overlap",
                  "line 'n': the smallest score must be 0 to 1, not 2",
                  "mask 'k': the class 'car' is asked for and left out"));
  EXPECT_EQ(find_mistakes(places)[1].index, 1U);
  EXPECT_EQ(find_mistakes(places).back().kind, PlaceKind::kMask);
}

TEST(Places, PixelsHaveToBeInThePicture) {
  PlacesConfig places = one_zone({{0, 0}, {640, 0}, {640, 481}});
  places.lines = {{.name = "gate", .from = {0.5, 0}, .to = {0.5, 1}}};
  const auto mistakes = find_mistakes_in_picture(places, 640, 480);
  ASSERT_EQ(mistakes.size(), 1U) << "parts of the picture fit every picture";
  EXPECT_EQ(mistakes[0].message, "zone 'door': [640, 481] is outside the picture, which is 640x480");
  EXPECT_THAT(find_mistakes_in_picture(places, 640, 481), IsEmpty());
}

TEST(Places, ClassesHaveToBeTheModels) {
  PlacesConfig places = one_zone({{0, 0}, {1, 0}, {1, 1}});
  places.zones[0].who = {{"persn"}, {"tree"}};
  const std::vector<std::string> labels{"person", "car"};
  const auto mistakes = find_mistakes_in_labels(places, labels);
  ASSERT_EQ(mistakes.size(), 2U);
  EXPECT_EQ(mistakes[0].message, "zone 'door': the model has no class 'persn'; did you mean 'person'?");
  EXPECT_EQ(mistakes[1].message, "zone 'door': the model has no class 'tree'");
}

TEST(Places, WhoCountsIsByClassSizeAndScore) {
  const std::vector<std::string> labels{"person", "car", "bus"};
  const Box box{0, 0, 20, 20};
  const auto admits = [&](const WhoCounts& who, int class_id) {
    return Admission(who, labels).admits(class_id, box, 0.5F);
  };
  EXPECT_TRUE(admits({}, 0));
  EXPECT_TRUE(admits({}, 77)) << "a class that nobody knows is one of all";
  EXPECT_FALSE(admits({.labels = {"car"}}, 0));
  EXPECT_TRUE(admits({.labels = {"car"}}, 1));
  EXPECT_FALSE(admits({.labels = {"car"}}, 77));
  EXPECT_FALSE(admits({.labels = {"car"}}, -1));
  EXPECT_FALSE(admits({.without = {"car"}}, 1));
  EXPECT_TRUE(admits({.without = {"car"}}, 2));
  EXPECT_FALSE(admits({.min_size_px = 21}, 0));
  EXPECT_TRUE(admits({.min_size_px = 20}, 0));
  EXPECT_FALSE(admits({.min_score = 0.6}, 0));
}

TEST(Path, KeepsFewPointsThatMatter) {
  Path path;
  for (int i = 0; i <= 1000; ++i) {
    const double x = i;
    path.add({Time(i), {x, i < 500 ? 0.0 : x - 500}}, 5);
  }
  const auto& points = path.points();
  EXPECT_LE(points.size(), Path::kMost);
  EXPECT_EQ(points.front().place, (Point{0, 0}));
  EXPECT_EQ(points.back().place, (Point{1000, 500}));
  double nearest_to_bend = 1e9;
  for (const PathPoint& point : points) {
    nearest_to_bend = std::min(nearest_to_bend, std::hypot(point.place.x - 500, point.place.y));
    EXPECT_NEAR(point.place.y, std::max(0.0, point.place.x - 500), 6) << "on the way";
  }
  EXPECT_LT(nearest_to_bend, 6);
  for (size_t i = 1; i < points.size(); ++i) EXPECT_LT(points[i - 1].time, points[i].time);
}

TEST(Path, WhoStandsStillHasTwoPoints) {
  Path path;
  for (int i = 0; i < 100; ++i) path.add({Time(i), {10.0 + i % 2, 20}}, 5);
  ASSERT_EQ(path.points().size(), 2U);
  EXPECT_EQ(path.points().back().time, Time(99));
}

TEST(Timeline, NeverGoesBack) {
  Timeline timeline;
  EXPECT_EQ(timeline.at(Time(100)), Time(100));
  EXPECT_EQ(timeline.at(Time(100)), Time(100));
  EXPECT_EQ(timeline.at(Time(150)), Time(150));
  EXPECT_EQ(timeline.at(Time(10)), Time(150)) << "it began anew";
  EXPECT_EQ(timeline.at(Time(30)), Time(170)) << "and goes on at its pace";
  EXPECT_EQ(timeline.at(Time(1'000'000)), Time(1'000'140)) << "a jump ahead is one";
  Time last = timeline.at(Time(5));
  for (const int64_t pts : {INT64_MAX, INT64_MIN, int64_t{0}, INT64_MAX, INT64_MIN, INT64_MAX, INT64_MIN}) {
    const Time now = timeline.at(Time(pts));
    EXPECT_GE(now, last);
    last = now;
  }
}

}  // namespace
}  // namespace weir::track
