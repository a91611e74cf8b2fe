// SPDX-License-Identifier: Apache-2.0
// Memory over time: a small panel for each set-up, all of one scale, a line for each repeat. Panels rather
// than colours: there may be many set-ups, and lines of repeats lie upon each other.
#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "lab/report/charts/charts.h"

namespace weir::lab {
namespace {

constexpr double kAxisPx = 44;
constexpr double kTitlePx = 24;
constexpr double kBelowPx = 30;
constexpr double kUnitPx = 20;

struct Grid {
  size_t columns = 1;
  double panel_width_px = 0;
  double panel_height_px = 0;
  double gap_px = 0;
};

/// The rows of one set-up.
using Panel = std::vector<ChartRow>;

std::vector<Panel> panels_of(MeasuredList measured) {
  std::vector<Panel> panels;
  for (const ChartRow& row : chart_rows(measured)) {
    if (row.opens_group) panels.emplace_back();
    panels.back().push_back(row);
  }
  return panels;
}

Grid grid_of(size_t panels, double width_px) {
  const bool narrow = is_narrow(width_px);
  const size_t columns = std::clamp<size_t>(panels, 1, narrow ? 2 : 4);
  Grid grid{.columns = columns, .panel_height_px = narrow ? 110.0 : 170.0, .gap_px = narrow ? 18.0 : 26.0};
  const auto count = static_cast<double>(columns);
  grid.panel_width_px = (width_px - kAxisPx - grid.gap_px * (count - 1)) / count;
  return grid;
}

/// In megabytes; nothing where it was not read.
std::optional<double> memory_of(const Sample& sample, const ChartRow& row) {
  switch (row.summary->measure) {
    case MemoryMeasure::kPss:
      if (sample.pss_bytes) return megabytes(static_cast<double>(*sample.pss_bytes));
      break;
    case MemoryMeasure::kRss:
      return megabytes(static_cast<double>(sample.rss_bytes));
    case MemoryMeasure::kNone:
      break;
  }
  return std::nullopt;
}

std::vector<Point> memory_line(const Repeat& repeat, const ChartRow& row, const Scale& x, const Scale& y) {
  std::vector<Point> points;
  for (const Sample& sample : repeat.samples) {
    const std::optional<double> size = memory_of(sample, row);
    if (size) points.push_back({x(sample.seconds), y(*size)});
  }
  return points;
}

struct Extent {
  double seconds = 0;
  double megabytes = 0;
};

Extent extent_of(const std::vector<Panel>& panels) {
  Extent extent;
  for (const Panel& panel : panels) {
    for (const ChartRow& row : panel) {
      for (const Repeat& repeat : repeats_of(row)) {
        for (const Sample& sample : repeat.samples) {
          extent.seconds = std::max(extent.seconds, sample.seconds);
          extent.megabytes = std::max(extent.megabytes, memory_of(sample, row).value_or(0));
        }
      }
    }
  }
  return extent;
}

/// The time that counts, in the middle of the repeats.
void draw_window(Svg& svg, const Panel& panel, const Scale& x, const Scale& y) {
  std::vector<double> from;
  std::vector<double> to;
  for (const Repeat& repeat : repeats_of(panel.front())) {
    from.push_back(repeat.measured_from_seconds);
    to.push_back(repeat.measured_to_seconds);
  }
  const double left = x(std::clamp(median(from), x.from, x.to));
  const double right = x(std::clamp(median(to), x.from, x.to));
  svg.rect({left, y.to_px, std::max(right - left, 0.0), y.from_px - y.to_px}, "window", "measured");
}

void draw_x_numbers(Svg& svg, const Scale& x, double bottom) {
  const std::vector<double> ticks = round_ticks(x.from, x.to, 5);
  const std::vector<std::string> labels = tick_labels(ticks);
  svg.line({x.from_px, bottom}, {x.to_px, bottom}, "axis");
  for (size_t i = 0; i < ticks.size(); ++i) {
    svg.line({x(ticks[i]), bottom}, {x(ticks[i]), bottom + 4}, "axis");
    svg.text({x(ticks[i]), bottom + 18}, labels[i], "muted", Anchor::kMiddle);
  }
}

void draw_lines(Svg& svg, const ChartRow& row, const Scale& x, const Scale& y) {
  for (const Repeat& repeat : repeats_of(row)) {
    const std::vector<Point> points = memory_line(repeat, row, x, y);
    const std::string title = fmt::format("{}, repeat {}: {} MB", row.label, repeat.number,
                                          megabytes_text(summarise(repeat).memory_bytes));
    if (points.size() == 1) {
      svg.circle(points.front(), 2.5, fmt::format("run fill {}", row.color), title);
    } else if (!points.empty()) {
      svg.polyline(points, fmt::format("run stroke {}", row.color), title);
    }
  }
}

void draw_panel(Svg& svg, const Panel& panel, Scale x, Scale y, bool with_numbers) {
  draw_window(svg, panel, x, y);
  draw_y_axis(svg, y, x.from_px, x.to_px, with_numbers);
  draw_x_numbers(svg, x, y.from_px);
  for (const ChartRow& row : panel) draw_lines(svg, row, x, y);
  svg.text({x.from_px, y.to_px - 8}, panel.front().summary->name, "strong");
  const SetupSummary& summary = *panel.front().summary;
  if (panel.size() > 1 || summary.measure == MemoryMeasure::kNone) return;
  svg.text({x.to_px, y.to_px - 8}, megabytes_text(summary.memory_bytes.median) + " MB", "muted",
           Anchor::kEnd);
}

}  // namespace

Svg draw_memory_over_time(MeasuredList measured, double width_px) {
  const std::vector<Panel> panels = panels_of(measured);
  const Grid grid = grid_of(panels.size(), width_px);
  const Extent extent = extent_of(panels);
  const double line_px = kTitlePx + grid.panel_height_px + kBelowPx;

  Svg svg(width_px, "Memory of each repeat over time, a panel for each set-up");
  for (size_t i = 0; i < panels.size(); ++i) {
    const auto column = static_cast<double>(i % grid.columns);
    const auto line = static_cast<double>(i / grid.columns);
    const double left = kAxisPx + column * (grid.panel_width_px + grid.gap_px);
    const double top = kUnitPx + line * line_px + kTitlePx;
    const Scale x{0, extent.seconds > 0 ? extent.seconds : 1, left, left + grid.panel_width_px};
    const Scale y = scale_from_zero(extent.megabytes, top + grid.panel_height_px, top);
    draw_panel(svg, panels[i], x, y, i % grid.columns == 0);
  }
  const auto lines = static_cast<double>((panels.size() + grid.columns - 1) / grid.columns);
  const double bottom = kUnitPx + lines * line_px;
  svg.text({0, 13}, memory_unit(measured), "muted");
  svg.text({kAxisPx, bottom + 8}, "seconds since the process was started", "muted");
  svg.set_height(bottom + kUnitPx);
  return svg;
}

}  // namespace weir::lab
