// SPDX-License-Identifier: Apache-2.0
#include "scene/draw/scanner.h"

#include <climits>

namespace weir::scene {
namespace {

/// To the nearest 1/256 px. The limit lies far outside of every picture and keeps the products below small;
/// the offset makes the number positive, so that truncation rounds down.
int to_fixed(double v) {
  constexpr int kOffset = 1 << 24;
  return static_cast<int>(std::clamp(v, -32000.0, 32000.0) * 256.0 + (kOffset + 0.5)) - kOffset;
}

constexpr int kGap = 128;  ///< 1/256 px from scanline to scanline; the first one of a row lies at half of it

/// The first scanline at or below y.
int line_from(int y) {
  return (y + kGap / 2 - 1) >> 7;
}

/// Whether an outline goes round clockwise in the picture.
template <class Point>
bool turns_right(const std::vector<Point>& outline) {
  int64_t twice_area = 0;
  Point a = outline.back();
  for (const Point b : outline) {
    twice_area += static_cast<int64_t>(a.x) * b.y - static_cast<int64_t>(b.x) * a.y;
    a = b;
  }
  return twice_area > 0;
}

}  // namespace

bool Scanner::find_spans(std::span<const Vec2> polygon, double scale) {
  points_.clear();
  int top = INT_MAX;
  int bottom = INT_MIN;
  int left = INT_MAX;
  int right = INT_MIN;
  for (const Vec2& corner : polygon) {
    const Point p{to_fixed(corner.x * scale), to_fixed(corner.y * scale)};
    top = std::min(top, p.y);
    bottom = std::max(bottom, p.y);
    left = std::min(left, p.x);
    right = std::max(right, p.x);
    points_.push_back(p);
  }
  if (points_.size() < 3 || right <= area_.x0 * 256 || left >= area_.x1 * 256) return false;
  first_line_ = std::max(line_from(top), area_.y0 * kLines);
  const int end_line = std::min(line_from(bottom), area_.y1 * kLines);
  if (first_line_ >= end_line) return false;

  lines_ = end_line - first_line_;
  if (lows_.size() < static_cast<size_t>(lines_)) lows_.resize(static_cast<size_t>(lines_));
  highs_.resize(lows_.size());
  // Seen along its outline, one side of a convex polygon goes up and the other one down.
  std::vector<int>& falling = turns_right(points_) ? highs_ : lows_;
  std::vector<int>& rising = &falling == &lows_ ? highs_ : lows_;
  Point a = points_.back();
  for (const Point b : points_) {
    if (a.y < b.y) follow(a, b, falling);
    if (b.y < a.y) follow(b, a, rising);
    a = b;
  }
  return true;
}

void Scanner::follow(Point upper, Point lower, std::vector<int>& side) const {
  const int begin = std::max(line_from(upper.y), first_line_);
  const int end = std::min(line_from(lower.y), first_line_ + lines_);
  if (begin >= end) return;
  const int64_t slope = (static_cast<int64_t>(lower.x - upper.x) * 65536) / (lower.y - upper.y);
  int64_t x = static_cast<int64_t>(upper.x) * 65536 + slope * (begin * kGap + kGap / 2 - upper.y);
  for (int line = begin; line < end; ++line, x += slope * kGap) {
    side[static_cast<size_t>(line - first_line_)] = static_cast<int>(x >> 16);
  }
}

Scanner::Row Scanner::take_row(int y) {
  int low = INT_MAX;
  int high = INT_MIN;
  int inner_low = INT_MIN;
  int inner_high = INT_MAX;
  for (int line = y * kLines - first_line_; line < (y + 1) * kLines - first_line_; ++line) {
    Span span{0, 0};
    if (line >= 0 && line < lines_) span = span_at(line);
    span.low = std::max(span.low, area_.x0 * 256);
    span.high = std::min(span.high, area_.x1 * 256);
    if (span.low >= span.high) {
      inner_high = INT_MIN;  // nothing is inside on both lines
      continue;
    }
    low = std::min(low, span.low);
    high = std::max(high, span.high);
    inner_low = std::max(inner_low, span.low);
    inner_high = std::min(inner_high, span.high);
    int* const first = &change_at(span.low >> 8);
    int* const last = &change_at(span.high >> 8);
    first[0] += 256 - (span.low & 255);
    first[1] += span.low & 255;
    last[0] -= 256 - (span.high & 255);
    last[1] -= span.high & 255;
  }
  if (low >= high) return {};
  Row row{low >> 8, (high + 255) >> 8, 0, 0};
  row.whole_begin = row.whole_end = row.end;
  if (inner_low < inner_high && (inner_low + 255) >> 8 < inner_high >> 8) {
    row.whole_begin = (inner_low + 255) >> 8;
    row.whole_end = inner_high >> 8;
  }
  return row;
}

}  // namespace weir::scene
