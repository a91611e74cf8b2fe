// SPDX-License-Identifier: Apache-2.0
// From a convex polygon to pixels: which are wholly inside, and how much of the others is.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "scene/draw/geometry.h"

namespace weir::scene {

/// Pixels x0 <= x < x1, y0 <= y < y1.
struct Area {
  int x0 = 0;
  int y0 = 0;
  int x1 = 0;
  int y1 = 0;
};

/// Two scanlines a pixel row, exact to 1/256 px along each. Integers from the corners on.
/// Keeps memory between polygons; thread-bound.
class Scanner {
 public:
  explicit Scanner(const Area& area) : area_(area), changes_(static_cast<size_t>(area.x1 - area.x0) + 2, 0) {}

  /// Calls `rows.begin(y)` for each row from top to bottom, then `rows.whole(x_begin, x_end)` and
  /// `rows.part(x, coverage 1..256)` for its pixels within the area. `scale` multiplies the corners (0.5
  /// for subsampled chroma).
  template <class Rows>
  void scan(std::span<const Vec2> polygon, double scale, Rows& rows) {
    if (!find_spans(polygon, scale)) return;
    const int last = first_line_ + lines_ - 1;
    for (int y = first_line_ >> 1; y <= last >> 1; ++y) {
      rows.begin(y);
      if (!scan_upright(y, rows)) scan_any(take_row(y), rows);
    }
  }

 private:
  static constexpr int kLines = 2;
  static constexpr int kFull = 256 * kLines;

  struct Span {
    int low = 0;  ///< in 1/256 px
    int high = 0;
  };
  struct Row {
    int begin = 0;  ///< pixels that are touched
    int end = 0;
    int whole_begin = 0;  ///< pixels that are inside on both lines
    int whole_end = 0;
  };
  /// One side of the polygon on its way through a row of at most two pixels.
  struct Crossing {
    Crossing(int upper, int lower) : first(std::min(upper, lower) >> 8), last(std::max(upper, lower) >> 8) {
      const int border = (first + 1) * 256;
      in_last = std::max(0, upper - border) + std::max(0, lower - border);
      in_first = upper + lower - 2 * first * 256 - in_last;
    }
    int first;
    int last;
    int in_first = 0;  ///< how much of the first pixel lies to its left, over both lines
    int in_last = 0;   ///< and of the second, where there is one
  };
  struct Point {
    int x = 0;
    int y = 0;
  };

  /// False where nothing of it lies within the area.
  [[nodiscard]] bool find_spans(std::span<const Vec2> polygon, double scale);
  /// Where the scanlines meet an edge.
  void follow(Point upper, Point lower, std::vector<int>& side) const;
  /// Leaves in changes_ how the coverage changes from pixel to pixel.
  [[nodiscard]] Row take_row(int y);

  [[nodiscard]] Span span_at(int line) const {
    return {lows_[static_cast<size_t>(line)], highs_[static_cast<size_t>(line)]};
  }
  int& change_at(int x) { return changes_[static_cast<size_t>(x - area_.x0)]; }

  /// The short way for most rows: both sides pass through two pixels at most, apart from each other.
  template <class Rows>
  bool scan_upright(int y, Rows& rows) const {
    const int line = y * kLines - first_line_;
    if (line < 0 || line + kLines > lines_) return false;
    const auto upper = static_cast<size_t>(line);
    const Crossing left(lows_[upper], lows_[upper + 1]);
    const Crossing right(highs_[upper], highs_[upper + 1]);
    if (left.last > left.first + 1 || right.last > right.first + 1 || left.last >= right.first) return false;
    if (left.first < area_.x0 || right.last >= area_.x1) return false;
    const auto report = [&rows](int x, int covered) {
      if (covered >= kLines) rows.part(x, covered / kLines);
    };
    report(left.first, kFull - left.in_first);
    if (left.last > left.first) report(left.last, kFull - left.in_last);
    if (left.last + 1 < right.first) rows.whole(left.last + 1, right.first);
    report(right.first, right.in_first);
    if (right.last > right.first) report(right.last, right.in_last);
    return true;
  }

  template <class Rows>
  void scan_any(const Row& row, Rows& rows) {
    if (row.begin >= row.end) return;
    int* change = &change_at(row.begin);
    int covered = 0;
    const auto scan_parts = [&](int begin, int end) {
      for (int x = begin; x < end; ++x) {
        covered += std::exchange(*change++, 0);
        if (covered >= kLines) rows.part(x, covered / kLines);
      }
    };
    scan_parts(row.begin, row.whole_begin);
    if (row.whole_begin < row.whole_end) {
      rows.whole(row.whole_begin, row.whole_end);
      *change = 0;
      change = &change_at(row.whole_end);
      covered = kFull;
      scan_parts(row.whole_end, row.end);
    }
    change_at(row.end) = 0;
  }

  Area area_;
  int first_line_ = 0;
  int lines_ = 0;
  std::vector<int> lows_;  ///< where each scanline enters the polygon, from first_line_ on
  std::vector<int> highs_;
  std::vector<Point> points_;
  std::vector<int> changes_;  ///< one a pixel of a row, and two beyond; all 0 between rows
};

}  // namespace weir::scene
