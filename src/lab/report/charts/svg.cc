// SPDX-License-Identifier: Apache-2.0
#include "lab/report/charts/svg.h"

#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "lab/report/charts/style.h"
#include "lab/report/markup.h"

namespace weir::lab {
namespace {

/// A tenth of a pixel is fine enough, and short.
double px(double value) {
  constexpr double kSteps = 10;
  return std::round(value * kSteps) / kSteps + 0.0;  // no "-0"
}

std::string_view anchor_name(Anchor anchor) {
  switch (anchor) {
    case Anchor::kStart:
      return "start";
    case Anchor::kMiddle:
      return "middle";
    case Anchor::kEnd:
      return "end";
  }
  return "start";
}

}  // namespace

Svg::Svg(double width_px, std::string label) : width_px_(width_px), label_(std::move(label)) {}

/// `shape`: a start tag without its ">".
void Svg::mark(std::string_view shape, std::string_view title) {
  const std::string_view name = shape.substr(1, shape.find(' ') - 1);
  if (title.empty()) {
    body_ += fmt::format("{}/>\n", shape);
  } else {
    body_ += fmt::format("{}>{}</{}>\n", shape, element("title", title), name);
  }
}

void Svg::rect(const Box& box, std::string_view classes, std::string_view title) {
  mark(fmt::format(R"(<rect class="{}" x="{}" y="{}" width="{}" height="{}")", classes, px(box.x), px(box.y),
                   px(box.width), px(box.height)),
       title);
}

void Svg::circle(Point center, double radius_px, std::string_view classes, std::string_view title) {
  mark(fmt::format(R"(<circle class="{}" cx="{}" cy="{}" r="{}")", classes, px(center.x), px(center.y),
                   radius_px),
       title);
}

void Svg::polyline(const std::vector<Point>& points, std::string_view classes, std::string_view title) {
  std::string list;
  for (const Point& point : points) {
    list += fmt::format("{}{},{}", list.empty() ? "" : " ", px(point.x), px(point.y));
  }
  mark(fmt::format(R"(<polyline class="{}" points="{}")", classes, list), title);
}

void Svg::line(Point from, Point to, std::string_view classes) {
  mark(fmt::format(R"(<line class="{}" x1="{}" y1="{}" x2="{}" y2="{}")", classes, px(from.x), px(from.y),
                   px(to.x), px(to.y)),
       "");
}

void Svg::text(Point baseline, std::string_view text, std::string_view classes, Anchor anchor) {
  body_ += fmt::format("<text class=\"{}\" x=\"{}\" y=\"{}\" text-anchor=\"{}\">{}</text>\n", classes,
                       px(baseline.x), px(baseline.y), anchor_name(anchor), escape(text));
}

std::string Svg::for_page(std::string_view classes) const {
  return fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart {}\" role=\"img\" aria-label=\"{}\" "
      "width=\"{}\" height=\"{}\" viewBox=\"0 0 {} {}\">\n{}</svg>\n",
      classes, escape(label_), px(width_px_), px(height_px_), px(width_px_), px(height_px_), body_);
}

std::string Svg::as_file() const {
  constexpr double kMargin = 20;
  const double width = px(width_px_ + 2 * kMargin);
  const double height = px(height_px_ + 2 * kMargin);
  return fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart\" role=\"img\" aria-label=\"{}\" "
      "width=\"{}\" height=\"{}\" viewBox=\"{} {} {} {}\">\n<title>{}</title>\n<style>\n{}</style>\n"
      "<rect class=\"ground\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"8\"/>\n{}</svg>\n",
      escape(label_), width, height, -kMargin, -kMargin, width, height, escape(label_), chart_style(),
      -kMargin, -kMargin, width, height, body_);
}

double text_width_px(std::string_view text) {
  constexpr double kOfHeight = 0.58;
  return static_cast<double>(text.size()) * kTextPx * kOfHeight;
}

}  // namespace weir::lab
