// SPDX-License-Identifier: Apache-2.0
#include "scene/draw/raster.h"

#include <algorithm>
#include <cstring>

#include "scene/draw/scanner.h"

namespace weir::scene {
namespace {

/// In 16 bits, which is all it needs and lets the compiler take twice as many pixels at a time.
uint8_t blended(uint8_t below, int value, int opacity) {
  const auto kept = static_cast<uint16_t>(below * (kOpaque - opacity));
  return static_cast<uint8_t>(static_cast<uint16_t>(kept + value * opacity + 128) >> 8);
}

void fill(uint8_t* row, int begin, int end, int value, int opacity) {
  if (opacity == kOpaque) {
    std::memset(row + begin, value, static_cast<size_t>(end - begin));
    return;
  }
  for (int x = begin; x < end; ++x) row[x] = blended(row[x], value, opacity);
}

/// The luma of each row of a shape: it may fall from top to bottom.
class LumaRamp {
 public:
  LumaRamp(const Paint& paint, std::span<const Vec2> corners) : base_(paint.colour.y * kOne + kOne / 2) {
    if (paint.luma_fall == 0) return;
    double top = corners[0].y;
    double bottom = corners[0].y;
    for (const Vec2& c : corners) {
      top = std::min(top, c.y);
      bottom = std::max(bottom, c.y);
    }
    slope_ = static_cast<int>(paint.luma_fall * kOne / std::max(bottom - top, 1.0));
    top_ = static_cast<int>(std::max(top, -32000.0));
  }
  [[nodiscard]] int at(int y) const { return std::clamp((base_ + slope_ * (y - top_)) / kOne, 16, 235); }

 private:
  static constexpr int kOne = 1 << 14;
  int base_;
  int top_ = 0;
  int slope_ = 0;
};

/// What Scanner::scan calls, for the luma plane.
class LumaRows {
 public:
  LumaRows(const Paint& paint, std::span<const Vec2> corners, const MutableI420& out)
      : ramp_(paint, corners), opacity_(paint.opacity), plane_(out.planes[0]), stride_(out.strides[0]) {}

  void begin(int y) {
    row_ = plane_ + y * stride_;
    value_ = ramp_.at(y);
  }
  void whole(int begin, int end) { fill(row_, begin, end, value_, opacity_); }
  void part(int x, int coverage) { row_[x] = blended(row_[x], value_, coverage * opacity_ >> 8); }

 private:
  LumaRamp ramp_;
  int opacity_;
  uint8_t* plane_;
  ptrdiff_t stride_;
  uint8_t* row_ = nullptr;
  int value_ = 0;
};

/// The same for the chroma planes.
class ChromaRows {
 public:
  ChromaRows(const Paint& paint, const MutableI420& out) : paint_(paint), out_(out) {}

  void begin(int y) {
    u_ = out_.planes[1] + static_cast<ptrdiff_t>(y) * out_.strides[1];
    v_ = out_.planes[2] + static_cast<ptrdiff_t>(y) * out_.strides[2];
  }
  void whole(int begin, int end) {
    fill(u_, begin, end, paint_.colour.u, paint_.opacity);
    fill(v_, begin, end, paint_.colour.v, paint_.opacity);
  }
  void part(int x, int coverage) {
    const int opacity = coverage * paint_.opacity >> 8;
    u_[x] = blended(u_[x], paint_.colour.u, opacity);
    v_[x] = blended(v_[x], paint_.colour.v, opacity);
  }

 private:
  Paint paint_;
  const MutableI420& out_;
  uint8_t* u_ = nullptr;
  uint8_t* v_ = nullptr;
};

}  // namespace

Canvas::Canvas(int width_px, int height_px) {
  view_.width_px = width_px;
  view_.height_px = height_px;
  const auto luma = static_cast<size_t>(width_px) * static_cast<size_t>(height_px);
  const auto chroma =
      static_cast<size_t>(view_.chroma_width_px()) * static_cast<size_t>(view_.chroma_height_px());
  bytes_.assign(luma + 2 * chroma, 128);
  std::fill_n(bytes_.begin(), luma, uint8_t{16});
  view_.planes = {bytes_.data(), bytes_.data() + luma, bytes_.data() + luma + chroma};
  view_.strides = {width_px, view_.chroma_width_px(), view_.chroma_width_px()};
}

void paint(const DrawList& list, const MutableI420& out) {
  Scanner luma({0, 0, out.width_px, out.height_px});
  Scanner chroma({0, 0, out.chroma_width_px(), out.chroma_height_px()});
  for (const Shape& shape : list.shapes()) {
    const auto corners = list.corners(shape);
    LumaRows luma_rows(shape.paint, corners, out);
    luma.scan(corners, 1.0, luma_rows);
    ChromaRows chroma_rows(shape.paint, out);
    chroma.scan(corners, 0.5, chroma_rows);
  }
}

}  // namespace weir::scene
