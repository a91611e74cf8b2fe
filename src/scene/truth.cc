// SPDX-License-Identifier: Apache-2.0
#include "scene/truth.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "scene/draw/scanner.h"

namespace weir::scene {
namespace {

/// A pixel belongs to a shape from this coverage on (of 256): thin tubes count too.
constexpr int kBelongs = 64;

struct Extent {
  double x1 = 1e9;
  double y1 = 1e9;
  double x2 = -1e9;
  double y2 = -1e9;

  void include(std::span<const Vec2> points) {
    for (const Vec2 p : points) {
      x1 = std::min(x1, p.x);
      y1 = std::min(y1, p.y);
      x2 = std::max(x2, p.x);
      y2 = std::max(y2, p.y);
    }
  }
};

/// What of a polygon lies on the side of a line where `inside` grows from 0 (Sutherland and Hodgman).
template <class Inside>
std::vector<Vec2> cut(const std::vector<Vec2>& polygon, Inside inside) {
  std::vector<Vec2> kept;
  for (size_t i = 0; i < polygon.size(); ++i) {
    const Vec2 a = polygon[i];
    const Vec2 b = polygon[(i + 1) % polygon.size()];
    const double from = inside(a);
    const double to = inside(b);
    if (from >= 0) kept.push_back(a);
    if ((from < 0) != (to < 0)) kept.push_back(a + (b - a) * (from / (from - to)));
  }
  return kept;
}

std::vector<Vec2> cut_at_border(std::span<const Vec2> corners, int width, int height) {
  std::vector<Vec2> polygon(corners.begin(), corners.end());
  polygon = cut(polygon, [](Vec2 p) { return p.x; });
  polygon = cut(polygon, [](Vec2 p) { return p.y; });
  polygon = cut(polygon, [width](Vec2 p) { return width - p.x; });
  return cut(polygon, [height](Vec2 p) { return height - p.y; });
}

/// Which object each pixel of an area shows.
class ObjectMap {
 public:
  explicit ObjectMap(const Area& area)
      : area_(area),
        objects_(static_cast<size_t>(area.x1 - area.x0) * static_cast<size_t>(area.y1 - area.y0), -1),
        scanner_(area) {}

  void paint(std::span<const Vec2> corners, int object) {
    object_ = object;
    scanner_.scan(corners, 1.0, *this);
  }
  [[nodiscard]] const std::vector<int>& objects() const { return objects_; }

  // What Scanner::scan calls.
  void begin(int y) { row_ = objects_.data() + static_cast<ptrdiff_t>(y - area_.y0) * (area_.x1 - area_.x0); }
  void whole(int begin, int end) { std::fill(row_ + (begin - area_.x0), row_ + (end - area_.x0), object_); }
  void part(int x, int coverage) {
    if (coverage >= kBelongs) row_[x - area_.x0] = object_;
  }

 private:
  Area area_;
  std::vector<int> objects_;
  Scanner scanner_;
  int* row_ = nullptr;
  int object_ = 0;
};

/// Pixels of an object if nothing hid it, up to a picture's size beyond the picture's border.
int64_t whole_area(const DrawList& list, int object, const Extent& extent, int width, int height) {
  const auto near = [](double v, int size) {
    return static_cast<int>(std::clamp<double>(v, -size, 2.0 * size));
  };
  const Area area{near(std::floor(extent.x1), width), near(std::floor(extent.y1), height),
                  near(std::ceil(extent.x2), width), near(std::ceil(extent.y2), height)};
  if (area.x0 >= area.x1 || area.y0 >= area.y1) return 0;
  ObjectMap map(area);
  for (const Shape& shape : list.shapes()) {
    if (shape.object == object) map.paint(list.corners(shape), object);
  }
  return std::count(map.objects().begin(), map.objects().end(), object);
}

double two_decimals(double v) {
  return std::floor(v * 100 + 0.5) / 100;
}

}  // namespace

std::vector<SceneObject> objects_of(const DrawList& list, int width_px, int height_px) {
  const size_t count = list.objects().size();
  std::vector<Extent> whole(count);
  std::vector<Extent> within(count);
  ObjectMap map({0, 0, width_px, height_px});
  for (const Shape& shape : list.shapes()) {
    if (shape.object == Shape::kLightOnly) continue;
    const auto corners = list.corners(shape);
    map.paint(corners, shape.object);
    if (shape.object < 0) continue;
    const auto index = static_cast<size_t>(shape.object);
    whole[index].include(corners);
    within[index].include(cut_at_border(corners, width_px, height_px));
  }
  std::vector<int64_t> shown(count, 0);
  for (const int object : map.objects()) {
    if (object >= 0) ++shown[static_cast<size_t>(object)];
  }
  std::vector<SceneObject> objects;
  for (size_t i = 0; i < count; ++i) {
    if (shown[i] == 0) continue;
    const int64_t area = whole_area(list, static_cast<int>(i), whole[i], width_px, height_px);
    const double visible =
        two_decimals(std::min(1.0, static_cast<double>(shown[i]) / static_cast<double>(area)));
    const auto rounded = [](double v) { return static_cast<float>(two_decimals(v)); };
    const Extent& e = within[i];
    const Box box{rounded(e.x1), rounded(e.y1), rounded(e.x2), rounded(e.y2)};
    const ObjectTag& tag = list.objects()[i];
    if (visible > 0) objects.push_back({tag.class_id, tag.id, box, visible});
  }
  return objects;
}

DrawList only_object(const DrawList& list, int64_t id) {
  DrawList one;
  for (const Shape& shape : list.shapes()) {
    const bool wanted = shape.object >= 0 && list.objects()[static_cast<size_t>(shape.object)].id == id;
    if (wanted) one.add(list.corners(shape), shape.paint, shape.object);
  }
  return one;
}

}  // namespace weir::scene
