// SPDX-License-Identifier: Apache-2.0
// The generated street: the same everywhere, any frame by itself, and a truth that fits its pixels.
#include "scene/street.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "scene/draw/geometry.h"
#include "scene/draw/scanner.h"
#include "scene/truth.h"

namespace weir::scene {
namespace {

StreetConfig config_of(int width, int height, uint64_t seed) {
  StreetConfig config;
  config.width_px = width;
  config.height_px = height;
  config.seed = seed;
  return config;
}

Street street_of(const StreetConfig& config) {
  auto street = Street::create(config);
  EXPECT_TRUE(street.has_value());
  return *std::move(street);
}

/// All bytes of all planes.
std::vector<uint8_t> bytes_of(const MutableI420& picture) {
  std::vector<uint8_t> bytes;
  for (size_t plane = 0; plane < 3; ++plane) {
    const int width = plane == 0 ? picture.width_px : picture.chroma_width_px();
    const int height = plane == 0 ? picture.height_px : picture.chroma_height_px();
    for (int y = 0; y < height; ++y) {
      const uint8_t* row = picture.planes[plane] + static_cast<ptrdiff_t>(y) * picture.strides[plane];
      bytes.insert(bytes.end(), row, row + width);
    }
  }
  return bytes;
}

std::vector<uint8_t> frame_of(const Street& street, int64_t frame) {
  const Canvas canvas(street.config().width_px, street.config().height_px);
  street.render(frame, canvas.view());
  return bytes_of(canvas.view());
}

/// FNV-1a, 64 bits.
uint64_t hash_of(const std::vector<uint8_t>& bytes, uint64_t hash = 0xcbf29ce484222325U) {
  for (const uint8_t byte : bytes) hash = (hash ^ byte) * 0x100000001b3U;
  return hash;
}

std::string truth_line_of(const Street& street, int64_t frame) {
  return write_truth_line("a", frame, street.config().width_px, street.config().height_px,
                          street.truth(frame));
}

uint64_t hash_of_scene(const Street& street) {
  uint64_t hash = 0xcbf29ce484222325U;
  for (const int64_t frame : {0, 1, 450}) {
    hash = hash_of(frame_of(street, frame), hash);
    const std::string line = truth_line_of(street, frame);
    hash = hash_of({line.begin(), line.end()}, hash);
  }
  return hash;
}

// Would catch: another compiler, machine or build type that gives other pixels or another truth. After a
// change to how the scene looks the new values belong here.
TEST(Scene, IsTheSameOnEveryMachine) {
  EXPECT_EQ(hash_of_scene(street_of(config_of(160, 90, 1))), 10709861682254908573U);
  EXPECT_EQ(hash_of_scene(street_of(config_of(161, 91, 4))), 3825972436092692768U);
  EXPECT_EQ(hash_of_scene(street_of(config_of(320, 720, 8))), 7814684862872675916U);
}

// Would catch: state that passes from frame to frame.
TEST(Scene, AFrameDoesNotDependOnThoseBefore) {
  const Street walked = street_of(config_of(192, 108, 3));
  for (int64_t frame = 0; frame < 5; ++frame) (void)frame_of(walked, frame);
  const Street fresh = street_of(config_of(192, 108, 3));
  EXPECT_EQ(frame_of(walked, 77), frame_of(fresh, 77));
  EXPECT_EQ(truth_line_of(walked, 77), truth_line_of(fresh, 77));
}

// Would catch: pixels outside the picture where the planes have padding.
TEST(Scene, KeepsWithinItsPlanes) {
  const Street street = street_of(config_of(101, 67, 5));
  constexpr int kPadding = 13;
  std::vector<uint8_t> memory(3 * (101 + kPadding) * 67, 7);
  MutableI420 padded{101, 67, {}, {101 + kPadding, 51 + kPadding, 51 + kPadding}};
  padded.planes = {memory.data(), memory.data() + 67 * padded.strides[0],
                   memory.data() + 67 * padded.strides[0] + 34 * padded.strides[1]};
  street.render(9, padded);
  EXPECT_EQ(bytes_of(padded), frame_of(street, 9));
  for (int y = 0; y < 67; ++y) {
    for (int x = 101; x < padded.strides[0]; ++x) ASSERT_EQ(padded.planes[0][y * padded.strides[0] + x], 7);
  }
}

// Would catch: noise that wraps around, colours outside of limited range.
TEST(Scene, StaysNearLimitedRange) {
  for (const uint64_t seed : {1, 3, 6}) {
    const std::vector<uint8_t> bytes = frame_of(street_of(config_of(160, 90, seed)), 20);
    EXPECT_THAT(bytes, testing::Each(testing::AllOf(testing::Ge(1), testing::Le(252)))) << "seed " << seed;
  }
}

TEST(Scene, SeedsAreDifferentCameras) {
  std::set<uint64_t> hashes;
  for (uint64_t seed = 0; seed < 12; ++seed) {
    hashes.insert(hash_of(frame_of(street_of(config_of(64, 48, seed)), 0)));
  }
  EXPECT_EQ(hashes.size(), 12U);
}

TEST(Scene, ThingsMove) {
  const Street street = street_of(config_of(192, 108, 1));
  std::map<int64_t, Box> before;
  for (const SceneObject& object : street.truth(0)) before[object.id] = object.box;
  int moved = 0;
  for (const SceneObject& object : street.truth(15)) {
    const auto was = before.find(object.id);
    if (was != before.end() && std::abs(was->second.x1 - object.box.x1) > 0.5F) ++moved;
  }
  EXPECT_GT(moved, 0);
}

TEST(Scene, TruthLiesWithinThePicture) {
  std::set<int> classes;
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    const Street street = street_of(config_of(320, 180, seed));
    for (const int64_t frame : {0, 200, 400}) {
      std::set<int64_t> ids;
      for (const SceneObject& object : street.truth(frame)) {
        classes.insert(object.class_id);
        EXPECT_TRUE(ids.insert(object.id).second) << "id " << object.id << " twice";
        EXPECT_GE(object.box.x1, 0);
        EXPECT_GE(object.box.y1, 0);
        EXPECT_LE(object.box.x2, 320);
        EXPECT_LE(object.box.y2, 180);
        EXPECT_LT(object.box.x1, object.box.x2);
        EXPECT_LT(object.box.y1, object.box.y2);
        EXPECT_GT(object.visible, 0);
        EXPECT_LE(object.visible, 1);
      }
    }
  }
  EXPECT_EQ(classes, (std::set<int>{0, 1, 2, 3}));
}

/// Columns and rows where two pictures differ clearly.
Box changed_box(const MutableI420& a, const MutableI420& b) {
  Box box{1e6F, 1e6F, -1, -1};
  for (int y = 0; y < a.height_px; ++y) {
    for (int x = 0; x < a.width_px; ++x) {
      const ptrdiff_t at = static_cast<ptrdiff_t>(y) * a.strides[0] + x;
      if (std::abs(a.planes[0][at] - b.planes[0][at]) < 2) continue;
      box.x1 = std::min(box.x1, static_cast<float>(x));
      box.y1 = std::min(box.y1, static_cast<float>(y));
      box.x2 = std::max(box.x2, static_cast<float>(x + 1));
      box.y2 = std::max(box.y2, static_cast<float>(y + 1));
    }
  }
  return box;
}

// Would catch: boxes around shadows or glows, boxes that miss a wheel or a hand, boxes that count what lies
// outside of the picture.
TEST(Scene, BoxesFitThePaintedPixels) {
  int compared = 0;
  const std::vector<std::pair<uint64_t, int64_t>> seeds_and_frames{{1, 30}, {4, 450}, {8, 30}, {11, 450}};
  for (const auto& [seed, frame] : seeds_and_frames) {
    const Street street = street_of(config_of(640, 360, seed));
    for (const SceneObject& object : street.truth(frame)) {
      // Painted over black and over white: what neither of them leaves unchanged is the object.
      const Canvas black(640, 360);
      const Canvas on_black(640, 360);
      const Canvas white(640, 360);
      const Canvas on_white(640, 360);
      std::fill_n(white.view().planes[0], 640 * 360, uint8_t{235});
      std::fill_n(on_white.view().planes[0], 640 * 360, uint8_t{235});
      street.render_object(frame, object.id, on_black.view());
      street.render_object(frame, object.id, on_white.view());
      const Box dark = changed_box(black.view(), on_black.view());
      const Box bright = changed_box(white.view(), on_white.view());
      const auto where = testing::Message()
                         << "seed " << seed << " frame " << frame << " class " << object.class_id;
      // The last pixel of a sharp corner may be too thin to change anything; at the picture's border, which
      // may cut a sliver off a head or a wheel, several may be.
      const Box& box = object.box;
      const bool cut = box.x1 <= 0 || box.y1 <= 0 || box.x2 >= 640 || box.y2 >= 360;
      const double tip = cut ? 4 : 1.25;
      EXPECT_NEAR(box.x1, std::min(dark.x1, bright.x1), tip) << where;
      EXPECT_NEAR(box.y1, std::min(dark.y1, bright.y1), tip) << where;
      EXPECT_NEAR(box.x2, std::max(dark.x2, bright.x2), tip) << where;
      EXPECT_NEAR(box.y2, std::max(dark.y2, bright.y2), tip) << where;
      ++compared;
    }
  }
  EXPECT_GT(compared, 30);
}

TEST(Scene, OddAndTinySizesAreSafe) {
  for (const auto& [width, height] : {std::pair{64, 48}, {641, 361}, {33, 32}, {32, 240}}) {
    for (const uint64_t seed : {2, 3, 7}) {
      const Street street = street_of(config_of(width, height, seed));
      EXPECT_GT(frame_of(street, 100).size(), static_cast<size_t>(width * height));
      (void)street.truth(100);
    }
  }
}

TEST(SceneConfig, ReadsAllParts) {
  const auto config = StreetConfig::parse("frames=12&size=641x361&seed=18446744073709551615&fps=25");
  ASSERT_TRUE(config.has_value());
  EXPECT_EQ(config->width_px, 641);
  EXPECT_EQ(config->height_px, 361);
  EXPECT_EQ(config->fps, 25);
  EXPECT_EQ(config->seed, UINT64_MAX);
  EXPECT_EQ(config->frames, 12);
  EXPECT_EQ(StreetConfig::parse("")->width_px, 1920);
}

TEST(SceneConfig, SaysWhatIsWrong) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"sise=64x48", "unknown key 'sise'; there are size, fps, seed and frames"},
      {"size=64", "WIDTHxHEIGHT"},
      {"size=16x48", "width 16 is out of range; it may be 32..7680"},
      {"size=64x99999", "height 99999 is out of range"},
      {"fps=0", "fps 0 is out of range; it may be 1..240"},
      {"fps=29.97", "fps=29.97 is not a whole number"},
      {"seed=-1", "seed=-1 is not a whole number"},
      {"frames=0", "frames 0 is out of range"},
      {"frames", "not KEY=VALUE"},
      {"fps=30&&seed=1", "not KEY=VALUE"},
  };
  for (const auto& [query, message] : cases) {
    const auto config = StreetConfig::parse(query);
    ASSERT_FALSE(config.has_value()) << query;
    EXPECT_EQ(config.error().code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(config.error().message, testing::HasSubstr(message));
  }
}

/// A rectangle of the list's newest object, or of no object.
void add_rectangle(DrawList& list, double x1, double y1, double x2, double y2, int object) {
  list.add(std::vector<Vec2>{{x1, y1}, {x2, y1}, {x2, y2}, {x1, y2}}, Paint{}, object);
}

// Would catch: shadows that hide, street furniture that does not, parts outside of the picture that count
// as visible, objects that are wholly hidden but listed.
TEST(SceneTruth, MeasuresWhatShows) {
  DrawList list;
  add_rectangle(list, 0, 0, 100, 100, Shape::kNoObject);
  add_rectangle(list, 10, 10, 30, 30, list.begin_object({2, 1}));    // half of it behind the next one
  add_rectangle(list, 20, 10, 40, 30, list.begin_object({0, 2}));    // a quarter of it behind a post
  add_rectangle(list, -30, 50, 10, 60, list.begin_object({3, 3}));   // three quarters outside
  add_rectangle(list, 60, 60, 70, 70, list.begin_object({1, 4}));    // behind a shadow
  add_rectangle(list, 80, 80, 90, 90, list.begin_object({1, 5}));    // wholly hidden
  add_rectangle(list, 110, 10, 120, 20, list.begin_object({1, 6}));  // wholly outside
  add_rectangle(list, 35, 0, 40, 100, Shape::kNoObject);
  add_rectangle(list, 60, 60, 70, 70, Shape::kLightOnly);
  add_rectangle(list, 75, 75, 95, 95, Shape::kNoObject);
  std::map<int64_t, SceneObject> objects;
  for (const SceneObject& object : objects_of(list, 100, 100)) objects[object.id] = object;
  ASSERT_EQ(objects.size(), 4U);
  EXPECT_EQ(objects[1].class_id, 2);
  EXPECT_EQ(objects[1].visible, 0.5);
  EXPECT_EQ(objects[1].box.x2, 30);
  EXPECT_EQ(objects[2].visible, 0.75);
  EXPECT_EQ(objects[3].visible, 0.25);
  EXPECT_EQ(objects[3].box.x1, 0);
  EXPECT_EQ(objects[3].box.x2, 10);
  EXPECT_EQ(objects[4].visible, 1);
}

TEST(SceneTruth, LineIsJson) {
  const std::vector<SceneObject> objects{{2, 12, {1.5F, 2.25F, 30, 40.125F}, 0.83}, {0, 13, {0, 0, 1, 2}, 1}};
  const std::string line = write_truth_line("a \"b\"\n", 17, 64, 48, objects);
  EXPECT_EQ(line.back(), '\n');
  const auto json = nlohmann::json::parse(line);
  EXPECT_EQ(json["stream"], "a \"b\"\n");
  EXPECT_EQ(json["frame"], 17);
  EXPECT_EQ(json["width"], 64);
  EXPECT_EQ(json["height"], 48);
  ASSERT_EQ(json["objects"].size(), 2U);
  EXPECT_EQ(json["objects"][0]["label"], "car");
  EXPECT_EQ(json["objects"][0]["class_id"], 2);
  EXPECT_EQ(json["objects"][0]["box"], nlohmann::json({1.5, 2.25, 30.0, 40.12}));
  EXPECT_EQ(json["objects"][0]["visible"], 0.83);
  EXPECT_EQ(json["objects"][0]["id"], 12);
  EXPECT_EQ(json["objects"][1]["label"], "person");
}

/// Sums the coverage of all pixels, and sees that none is reported twice.
struct CoverageSum {
  std::vector<int> row;
  int64_t sum = 0;
  void begin(int) { std::fill(row.begin(), row.end(), 0); }
  void whole(int x0, int x1) {
    for (int x = x0; x < x1; ++x) part(x, 256);
  }
  void part(int x, int coverage) {
    EXPECT_EQ(std::exchange(row.at(static_cast<size_t>(x)), 1), 0);
    sum += coverage;
  }
};

// Would catch: seams, lost pixels, coverage beyond the polygon.
TEST(Scanner, CoversTheAreaOfAPolygon) {
  const std::vector<std::vector<Vec2>> polygons{{{3.2, 4.1}, {40.7, 9.9}, {22.5, 51.3}},
                                                {{10, 10}, {10, 30}, {50, 30}, {50, 10}},
                                                {{5.5, 20.2}, {58.9, 21.0}, {59.0, 21.9}, {5.4, 21.1}},
                                                {{30.1, 2}, {31.3, 2}, {33.3, 60}, {32.1, 60}}};
  for (const auto& polygon : polygons) {
    double twice = 0;
    for (size_t i = 0; i < polygon.size(); ++i) twice += cross(polygon[i], polygon[(i + 1) % polygon.size()]);
    Scanner scanner({0, 0, 64, 64});
    CoverageSum rows{std::vector<int>(64)};
    scanner.scan(polygon, 1.0, rows);
    const double area = std::abs(twice) / 2;
    EXPECT_NEAR(static_cast<double>(rows.sum) / 256, area, 0.03 * area + 0.5);
  }
}

// Would catch: reading or writing beside the area where a polygon sticks out of it.
TEST(Scanner, CutsAtTheArea) {
  Scanner scanner({0, 0, 64, 64});
  CoverageSum rows{std::vector<int>(64)};
  scanner.scan(std::vector<Vec2>{{-1e9, -1e9}, {1e9, -1e9}, {1e9, 1e9}, {-1e9, 1e9}}, 1.0, rows);
  EXPECT_EQ(rows.sum, 64 * 64 * 256);
  rows.sum = 0;
  scanner.scan(std::vector<Vec2>{{60, 60}, {90, 60}, {90, 90}, {60, 90}}, 1.0, rows);
  EXPECT_EQ(rows.sum, 4 * 4 * 256);
  rows.sum = 0;
  scanner.scan(std::vector<Vec2>{{-20, 3}, {-10, 3}, {-10, 9}}, 1.0, rows);
  EXPECT_EQ(rows.sum, 0);
}

TEST(SceneGeometry, SineIsASine) {
  for (int i = -400; i <= 400; ++i) {
    const double turns = i / 97.0;
    EXPECT_NEAR(sine(turns), std::sin(turns * 2 * 3.14159265358979), 1e-5);
    EXPECT_NEAR(cosine(turns), std::cos(turns * 2 * 3.14159265358979), 1e-5);
  }
}

TEST(SceneGeometry, HullKeepsTheCorners) {
  std::vector<Vec2> points{{0, 0}, {1, 1}, {4, 0}, {2, 1}, {4, 3}, {0, 3}, {2, 0}};
  reduce_to_hull(points);
  EXPECT_EQ(points.size(), 4U);
  EXPECT_TRUE(contains(points, {3.9, 2.9}));
  EXPECT_FALSE(contains(points, {4.1, 1}));
}

}  // namespace
}  // namespace weir::scene
