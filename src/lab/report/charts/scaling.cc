// SPDX-License-Identifier: Apache-2.0
// What streams cost: memory and frames a second by their number.
#include <algorithm>

#include <fmt/format.h>

#include "lab/report/charts/charts.h"

namespace weir::lab {
namespace {

struct Place {
  double left = 0;
  double top = 0;
  double width_px = 0;
};

constexpr double kTitlePx = 30;
constexpr double kPlotPx = 220;
constexpr double kBelowPx = 44;
constexpr double kNumbersPx = 44;
constexpr double kPanelPx = kTitlePx + kPlotPx + kBelowPx;

/// A figure of a set-up, against its number of streams.
struct Panel {
  std::string title;
  std::string unit;
  Spread SetupSummary::*figure;
  double by = 1;            ///< the figure's value over what is shown
  bool with_limit = false;  ///< shows what the model alone reaches
  bool is_memory = false;   ///< set-ups whose memory was not measured have no point
};

std::vector<const SetupSummary*> by_streams(const Measured& measured, const Panel& panel) {
  std::vector<const SetupSummary*> rows;
  for (const SetupSummary& row : measured.rows) {
    const bool is_known = !panel.is_memory || row.measure != MemoryMeasure::kNone;
    if (has_whole_streams(row) && is_known) rows.push_back(&row);
  }
  std::ranges::stable_sort(rows, {}, [](const SetupSummary* row) { return row->streams; });
  return rows;
}

struct Extent {
  std::vector<double> streams;  ///< all numbers of them, in order, each once
  double most = 0;
};

Extent extent_of(MeasuredList measured, const Panel& panel) {
  Extent extent;
  for (const Measured& each : measured) {
    for (const SetupSummary* row : by_streams(each, panel)) {
      extent.streams.push_back(static_cast<double>(row->streams));
      extent.most = std::max(extent.most, (row->*panel.figure).most / panel.by);
    }
    const SetupSummary* limit = panel.with_limit ? find(each.rows, kBackToBack) : nullptr;
    if (limit != nullptr) extent.most = std::max(extent.most, (limit->*panel.figure).median / panel.by);
  }
  std::ranges::sort(extent.streams);
  extent.streams.erase(std::ranges::unique(extent.streams).begin(), extent.streams.end());
  return extent;
}

void draw_axes(Svg& svg, const Panel& panel, const Extent& extent, const Scale& x, const Scale& y) {
  draw_y_axis(svg, y, x.from_px, x.to_px, true);
  svg.line({x.from_px, y.from_px}, {x.to_px, y.from_px}, "axis");
  for (const double streams : extent.streams) {
    svg.line({x(streams), y.from_px}, {x(streams), y.from_px + 4}, "axis");
    svg.text({x(streams), y.from_px + 18}, fmt::format("{}", streams), "muted", Anchor::kMiddle);
  }
  svg.text({x.from_px, y.from_px + 36}, panel.unit, "muted");
}

void draw_limit(Svg& svg, const Panel& panel, const Measured& measured, const Scale& x, const Scale& y) {
  const SetupSummary* limit = find(measured.rows, kBackToBack);
  if (limit == nullptr) return;
  const double value = (limit->*panel.figure).median / panel.by;
  svg.line({x.from_px, y(value)}, {x.to_px, y(value)}, "reference");
  svg.text(
      {x.to_px, y(value) - 7},
      fmt::format("{}{}the model alone: {:.1f}", measured.label, measured.label.empty() ? "" : ", ", value),
      "muted", Anchor::kEnd);
}

void draw_line(Svg& svg, const Panel& panel, const Measured& measured, std::string_view color, const Scale& x,
               const Scale& y) {
  const std::vector<const SetupSummary*> rows = by_streams(measured, panel);
  if (rows.empty()) return;
  const auto point = [&](const SetupSummary& row, double value) {
    return Point{x(static_cast<double>(row.streams)), y(value / panel.by)};
  };
  std::vector<Point> medians;
  for (const SetupSummary* row : rows) medians.push_back(point(*row, (row->*panel.figure).median));
  svg.polyline(medians, fmt::format("trend stroke {}", color));
  for (const SetupSummary* row : rows) {
    const Spread& spread = row->*panel.figure;
    svg.line(point(*row, spread.least), point(*row, spread.most), "whisker");
    svg.circle(point(*row, spread.median), 5, fmt::format("point fill {}", color),
               fmt::format("{}: {:.1f} ({:.1f} to {:.1f})", row->name, spread.median / panel.by,
                           spread.least / panel.by, spread.most / panel.by));
  }
  const SetupSummary& last = *rows.back();
  const double value = (last.*panel.figure).median;
  const Point end = point(last, value);
  svg.text({end.x + 10, end.y + 4},
           fmt::format("{:.0f}{}{}", value / panel.by, measured.label.empty() ? "" : " ", measured.label),
           "strong");
}

void draw_panel(Svg& svg, const Panel& panel, MeasuredList measured, const Place& place) {
  constexpr double kValuePx = 52;
  const Extent extent = extent_of(measured, panel);
  const double most_streams = extent.streams.empty() ? 1 : std::max(extent.streams.back(), 1.0);
  const Scale x{0, most_streams, place.left + kNumbersPx, place.left + place.width_px - kValuePx};
  const Scale y = scale_from_zero(extent.most, place.top + kTitlePx + kPlotPx, place.top + kTitlePx);
  svg.text({place.left, place.top + 13}, panel.title, "strong");
  draw_axes(svg, panel, extent, x, y);
  for (const Measured& each : measured) {
    if (panel.with_limit) draw_limit(svg, panel, each, x, y);
    draw_line(svg, panel, each, &each == &measured.front() ? "a" : "b", x, y);
  }
}

std::string memory_title(MeasuredList measured) {
  std::string growths;
  for (const Measured& each : measured) {
    const auto growth = growth_per_stream(each.rows);
    if (!growth) continue;
    growths += fmt::format("{}{}{}{} MB", growths.empty() ? ": " : ", ", each.label,
                           each.label.empty() ? "" : " ", megabytes_text(growth->memory_bytes));
  }
  return "Memory" + (growths.empty() ? "" : growths + " a stream");
}

}  // namespace

Svg draw_scaling(MeasuredList measured, double width_px) {
  constexpr double kBetweenPx = 24;
  constexpr double kBytesPerMegabyte = 1e6;
  const Panel memory{memory_title(measured),
                     "streams; " + memory_unit(measured),
                     &SetupSummary::memory_bytes,
                     kBytesPerMegabyte,
                     false,
                     true};
  const Panel rate{"Frame rate", "streams; frames a second, all streams", &SetupSummary::frames_per_second, 1,
                   true};

  Svg svg(width_px, "Memory and frames a second by number of streams");
  if (is_narrow(width_px)) {
    draw_panel(svg, memory, measured, {0, 0, width_px});
    draw_panel(svg, rate, measured, {0, kPanelPx + kBetweenPx, width_px});
    svg.set_height(2 * kPanelPx + kBetweenPx);
  } else {
    const double half_px = (width_px - kBetweenPx) / 2;
    draw_panel(svg, memory, measured, {0, 0, half_px});
    draw_panel(svg, rate, measured, {half_px + kBetweenPx, 0, half_px});
    svg.set_height(kPanelPx);
  }
  return svg;
}

}  // namespace weir::lab
