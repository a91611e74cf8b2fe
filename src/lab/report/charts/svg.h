// SPDX-License-Identifier: Apache-2.0
// A drawing: the few shapes that the charts are made of. Looks are classes; style.h says how each looks.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace weir::lab {

/// In pixels, origin top left.
struct Point {
  double x = 0;
  double y = 0;
};

struct Box {
  double x = 0;
  double y = 0;
  double width = 0;
  double height = 0;
};

/// Which part of a text is at its point.
enum class Anchor { kStart, kMiddle, kEnd };

class Svg {
 public:
  /// `label`: what it shows, for those who can't see it.
  Svg(double width_px, std::string label);

  /// As high as what was drawn turned out to be.
  void set_height(double height_px) { height_px_ = height_px; }

  /// `title` shows where the pointer rests; none if empty. All texts are escaped; classes are ours.
  void rect(const Box& box, std::string_view classes, std::string_view title = "");
  void circle(Point center, double radius_px, std::string_view classes, std::string_view title = "");
  void polyline(const std::vector<Point>& points, std::string_view classes, std::string_view title = "");
  void line(Point from, Point to, std::string_view classes);
  void text(Point baseline, std::string_view text, std::string_view classes, Anchor anchor = Anchor::kStart);

  /// An <svg> element for a page that has `chart_style()`. `classes`: of the element.
  [[nodiscard]] std::string for_page(std::string_view classes) const;

  /// A whole file, with the styles and its own ground, so that it can be read on any page.
  [[nodiscard]] std::string as_file() const;

 private:
  void mark(std::string_view shape, std::string_view title);

  double width_px_;
  double height_px_ = 0;
  std::string label_;
  std::string body_;
};

/// About as wide as `text` is drawn, at the size that charts have (kTextPx).
[[nodiscard]] double text_width_px(std::string_view text);

inline constexpr double kTextPx = 13;

}  // namespace weir::lab
