// SPDX-License-Identifier: Apache-2.0
#include "image/draw.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include "image/color.h"
#include "image/stroke_font.h"

namespace weir {
namespace {

using YuvColor = std::array<uint8_t, 3>;

/// Whole pixels, left <= x < right.
struct Area {
  int left = 0;
  int top = 0;
  int right = 0;
  int bottom = 0;

  [[nodiscard]] bool is_empty() const { return left >= right || top >= bottom; }
};

/// What the sizes of a picture's outlines and letters are, so that they look alike at any size.
struct DrawingSizes {
  int outline_px;
  double cap_height_px;
  int tag_margin_px;
};

DrawingSizes sizes_for(int picture_height_px) {
  const double cap_height_px = std::max(8.0, std::round(3 + picture_height_px * 0.016));
  return {.outline_px = std::max(2, static_cast<int>(std::lround(picture_height_px / 300.0))),
          .cap_height_px = cap_height_px,
          .tag_margin_px = std::max(1, static_cast<int>(std::lround(cap_height_px / 5)))};
}

Area clip(const Area& area, const I420Canvas& canvas) {
  return {std::max(area.left, 0), std::max(area.top, 0), std::min(area.right, canvas.width_px),
          std::min(area.bottom, canvas.height_px)};
}

uint8_t& sample(const I420Canvas& canvas, size_t plane, int x, int y) {
  return canvas.planes[plane][static_cast<ptrdiff_t>(y) * canvas.strides[plane] + x];
}

void blend(uint8_t& value, uint8_t color, int part, int whole) {
  value = static_cast<uint8_t>((value * (whole - part) + color * part + whole / 2) / whole);
}

/// How many of the pixels 2i and 2i+1 lie in [from, to).
int covered_of_pair(int i, int from, int to) {
  return std::min(2 * i + 2, to) - std::max(2 * i, from);
}

/// A chroma sample takes the colour as far as its four pixels are covered.
void fill(const I420Canvas& canvas, const Area& wanted, const YuvColor& color) {
  const Area area = clip(wanted, canvas);
  if (area.is_empty()) return;
  for (int y = area.top; y < area.bottom; ++y) {
    std::memset(&sample(canvas, 0, area.left, y), color[0], static_cast<size_t>(area.right - area.left));
  }
  for (int y = area.top / 2; y < (area.bottom + 1) / 2; ++y) {
    for (int x = area.left / 2; x < (area.right + 1) / 2; ++x) {
      const int covered =
          covered_of_pair(x, area.left, area.right) * covered_of_pair(y, area.top, area.bottom);
      const int present = covered_of_pair(x, 0, canvas.width_px) * covered_of_pair(y, 0, canvas.height_px);
      for (size_t plane : {1U, 2U}) blend(sample(canvas, plane, x, y), color[plane], covered, present);
    }
  }
}

/// Text is black or white: over a chroma sample, each of its four pixels counts a quarter.
void draw_mask(const I420Canvas& canvas, const TextMask& mask, int left, int top, const YuvColor& color) {
  const Area area = clip({left, top, left + mask.width_px, top + mask.height_px}, canvas);
  for (int y = area.top; y < area.bottom; ++y) {
    for (int x = area.left; x < area.right; ++x) {
      const size_t row = static_cast<size_t>(y - top) * static_cast<size_t>(mask.width_px);
      const int coverage = mask.coverage[row + static_cast<size_t>(x - left)];
      if (coverage == 0) continue;
      blend(sample(canvas, 0, x, y), color[0], coverage, 255);
      for (size_t plane : {1U, 2U})
        blend(sample(canvas, plane, x / 2, y / 2), color[plane], coverage, 4 * 255);
    }
  }
}

void draw_outline(const I420Canvas& canvas, const Area& box, int thickness_px, const YuvColor& color) {
  const int inner_top = std::min(box.top + thickness_px, box.bottom);
  const int inner_bottom = std::max(box.bottom - thickness_px, inner_top);
  const int inner_left = std::min(box.left + thickness_px, box.right);
  const int inner_right = std::max(box.right - thickness_px, inner_left);
  fill(canvas, {box.left, box.top, box.right, inner_top}, color);
  fill(canvas, {box.left, inner_bottom, box.right, box.bottom}, color);
  fill(canvas, {box.left, inner_top, inner_left, inner_bottom}, color);
  fill(canvas, {inner_right, inner_top, box.right, inner_bottom}, color);
}

/// Above the box, or in its upper corner where the picture ends; moved left where it would stick out.
Area place_tag(const I420Canvas& canvas, const Area& box, int width_px, int height_px) {
  const int left = std::max(0, std::min(box.left, canvas.width_px - width_px));
  const int above = box.top - height_px;
  const int top = above >= 0 ? above : std::max(box.top, 0);
  return {left, top, left + width_px, top + height_px};
}

void draw_tag(const I420Canvas& canvas, const Area& box, std::string_view text, const DrawingSizes& sizes,
              Rgb background) {
  const TextMask mask = render_text(text, sizes.cap_height_px);
  const Area tag = place_tag(canvas, box, mask.width_px + 2 * sizes.tag_margin_px, mask.height_px);
  fill(canvas, tag, to_yuv(background, canvas.matrix, canvas.range));
  draw_mask(canvas, mask, tag.left + sizes.tag_margin_px, tag.top,
            to_yuv(text_color(background), canvas.matrix, canvas.range));
}

/// Whole pixels; far coordinates are brought near so that they fit an int.
Area to_pixels(const Box& box, const I420Canvas& canvas) {
  const auto round_near = [](float value, int limit) {
    const auto far = static_cast<float>(2 * limit);
    return static_cast<int>(std::lround(std::clamp(value, -far, far)));
  };
  return {round_near(box.x1, canvas.width_px), round_near(box.y1, canvas.height_px),
          round_near(box.x2, canvas.width_px), round_near(box.y2, canvas.height_px)};
}

bool is_finite(const Box& box) {
  return std::isfinite(box.x1) && std::isfinite(box.y1) && std::isfinite(box.x2) && std::isfinite(box.y2);
}

}  // namespace

void draw_detection(const I420Canvas& canvas, const Detection& detection, std::string_view label) {
  if (!is_finite(detection.box)) return;
  const Area box = to_pixels(detection.box, canvas);
  if (box.is_empty() || clip(box, canvas).is_empty()) return;
  const DrawingSizes sizes = sizes_for(canvas.height_px);
  const Rgb color = class_color(detection.class_id);
  draw_outline(canvas, box, sizes.outline_px, to_yuv(color, canvas.matrix, canvas.range));
  draw_tag(canvas, box, fmt::format("{} {:.2f}", label, detection.score), sizes, color);
}

void draw_detections(const I420Canvas& canvas, std::span<const Detection> by_falling_score,
                     std::span<const std::string> labels) {
  for (size_t i = by_falling_score.size(); i-- > 0;) {
    const Detection& detection = by_falling_score[i];
    const auto id = static_cast<size_t>(detection.class_id);
    draw_detection(canvas, detection, id < labels.size() ? labels[id] : std::to_string(detection.class_id));
  }
}

}  // namespace weir
