// SPDX-License-Identifier: Apache-2.0
// Frame rate and latency: every repeat as a dot, the median, and how far it spreads. Two panels that share
// their rows, beside each other or, on a narrow page, one below the other.
#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include <fmt/format.h>

#include "lab/report/charts/charts.h"

namespace weir::lab {
namespace {

struct Mark {
  std::vector<double> repeats;  ///< a dot each; none for an interval
  double middle = 0;
  std::optional<double> low;  ///< of the whisker
  std::optional<double> high;
  std::string text;
  std::string title;
};

struct PanelRow {
  const ChartRow* row = nullptr;
  std::optional<Mark> mark;  ///< absent where there is nothing to tell
};

struct Panel {
  std::string title;
  std::string unit;
  std::optional<double> reference;  ///< what is held against; the axis then need not begin at 0
  std::vector<PanelRow> rows;
};

template <class Get>
Panel spread_panel(const std::vector<ChartRow>& rows, std::string title, std::string unit, int decimals,
                   Spread SetupSummary::*figure, Get get) {
  Panel panel{.title = std::move(title), .unit = std::move(unit)};
  for (const ChartRow& row : rows) {
    const Spread& spread = row.summary->*figure;
    Mark mark{.middle = spread.median, .low = spread.least, .high = spread.most};
    for (const Repeat& repeat : repeats_of(row)) mark.repeats.push_back(get(repeat));
    mark.text = fmt::format("{:.{}f}", spread.median, decimals);
    mark.title = fmt::format("{}: {:.{}f} to {:.{}f} {}", row.label, spread.least, decimals, spread.most,
                             decimals, panel.unit);
    panel.rows.push_back({&row, std::move(mark)});
  }
  return panel;
}

/// Against the base, with the interval where repeats were enough for one.
Panel ratio_panel(const std::vector<ChartRow>& rows, Kind kind) {
  const std::string base(kind == Kind::kSharing ? kUnshared : kBackToBack);
  Panel panel{.title = "Ratio to " + base, .unit = "ratio, with its 95 % interval", .reference = 1};
  for (const ChartRow& row : rows) {
    PanelRow& out = panel.rows.emplace_back(PanelRow{.row = &row});
    const std::optional<Comparison>& against = row.summary->fps_against_base;
    if (!against) continue;
    out.mark = Mark{.middle = against->ratio,
                    .low = against->low,
                    .high = against->high,
                    .text = fmt::format("{:.3f}", against->ratio),
                    .title = fmt::format("{}: {:.3f} of {}", row.label, against->ratio, base)};
    if (!against->low || !against->high) continue;
    out.mark->title += fmt::format(", {:.3f} to {:.3f}, {} the noise", *against->low, *against->high,
                                   against->beyond_noise() ? "beyond" : "within");
  }
  return panel;
}

bool has_marks(const Panel& panel) {
  return std::ranges::any_of(panel.rows, [](const PanelRow& row) { return row.mark.has_value(); });
}

/// From 0, or for a ratio what there is with the reference and some space.
Scale scale_of(const Panel& panel, double from_px, double to_px) {
  constexpr double kLeastRange = 0.04;
  double low = std::numeric_limits<double>::max();
  double high = 0;
  for (const PanelRow& row : panel.rows) {
    if (!row.mark) continue;
    low = std::min({low, row.mark->middle, row.mark->low.value_or(row.mark->middle)});
    high = std::max({high, row.mark->middle, row.mark->high.value_or(row.mark->middle)});
  }
  if (!panel.reference) return scale_from_zero(high, from_px, to_px);
  low = std::min(low, *panel.reference);
  high = std::max(high, *panel.reference);
  const double space = std::max((high - low) * 0.15, kLeastRange / 2);
  return {low - space, high + space, from_px, to_px};
}

struct Place {
  double left = 0;
  double top = 0;
  double width_px = 0;
  double names_px = 0;  ///< 0: another panel of the same rows names them
};

constexpr double kTitlePx = 26;
constexpr double kRowPx = 32;
constexpr double kAxisPx = 48;

double height_px(const Panel& panel) {
  return kTitlePx + static_cast<double>(panel.rows.size()) * kRowPx + kAxisPx;
}

void draw_mark(Svg& svg, const PanelRow& row, const Scale& scale, double y) {
  const Mark& mark = *row.mark;
  const std::string_view color = row.row->color;
  if (mark.low && mark.high) {
    svg.line({scale(*mark.low), y}, {scale(*mark.high), y}, fmt::format("interval stroke {}", color));
  }
  for (const double repeat : mark.repeats) {
    svg.circle({scale(repeat), y}, 4.5, fmt::format("repeat fill {}", color), mark.title);
  }
  if (mark.repeats.empty()) {
    svg.circle({scale(mark.middle), y}, 5, fmt::format("point fill {}", color), mark.title);
  } else {
    svg.line({scale(mark.middle), y - 9}, {scale(mark.middle), y + 9}, "median");
  }
}

void draw_panel(Svg& svg, const Panel& panel, const Place& place) {
  constexpr double kValuePx = 56;
  const double right = place.left + place.width_px;
  const Scale scale = scale_of(panel, place.left + place.names_px + 8, right - kValuePx);
  const double rows_top = place.top + kTitlePx;
  const double rows_bottom = rows_top + static_cast<double>(panel.rows.size()) * kRowPx;
  svg.text({place.left, place.top + 13}, panel.title, "strong");
  draw_x_axis(svg, scale, place.width_px < 400 ? 5 : 7, rows_top, rows_bottom, panel.unit);
  if (panel.reference) {
    svg.line({scale(*panel.reference), rows_top}, {scale(*panel.reference), rows_bottom}, "reference");
  }
  for (size_t i = 0; i < panel.rows.size(); ++i) {
    const PanelRow& row = panel.rows[i];
    const double y = rows_top + (static_cast<double>(i) + 0.5) * kRowPx;
    if (place.names_px > 0) svg.text({place.left, y + 4}, row.row->label, "");
    if (!row.mark) continue;
    svg.line({scale.from_px, y}, {scale.to_px, y}, "track");
    draw_mark(svg, row, scale, y);
    svg.text({right, y + 4}, row.mark->text, "strong", Anchor::kEnd);
  }
}

Svg draw_panels(const std::vector<Panel>& panels, const std::vector<ChartRow>& rows, std::string label,
                double width_px) {
  constexpr double kBetweenPx = 32;
  double names_px = 40;
  for (const ChartRow& row : rows) names_px = std::max(names_px, text_width_px(row.label) + 10);
  names_px = std::min(names_px, width_px / 3);

  Svg svg(width_px, std::move(label));
  const bool narrow = is_narrow(width_px);
  const auto count = static_cast<double>(panels.size());
  const double plot_px = narrow ? width_px : (width_px - names_px - kBetweenPx * (count - 1)) / count;
  Place place;
  double bottom = 0;
  for (const Panel& panel : panels) {
    place.names_px = narrow || place.left == 0 ? names_px : 0;
    place.width_px = narrow ? width_px : plot_px + place.names_px;
    draw_panel(svg, panel, place);
    bottom = std::max(bottom, place.top + height_px(panel));
    if (narrow) {
      place.top = bottom + 8;
    } else {
      place.left += place.width_px + kBetweenPx;
    }
  }
  svg.set_height(bottom);
  return svg;
}

}  // namespace

Svg draw_frame_rate(MeasuredList measured, double width_px) {
  const std::vector<ChartRow> rows = chart_rows(measured);
  std::vector<Panel> panels{
      spread_panel(rows, "Frame rate", "frames a second, all streams", 1, &SetupSummary::frames_per_second,
                   [](const Repeat& repeat) { return repeat.figures.frames_per_second; })};
  if (!measured.empty()) {
    Panel ratio = ratio_panel(rows, measured.front().experiment->kind);
    if (has_marks(ratio)) panels.push_back(std::move(ratio));
  }
  return draw_panels(panels, rows, "Frames a second of each set-up, every repeat a dot", width_px);
}

Svg draw_latency(MeasuredList measured, double width_px) {
  const std::vector<ChartRow> rows = chart_rows(measured);
  const std::vector<Panel> panels{
      spread_panel(rows, "Latency, half the frames (p50)", "ms, the middle stream", 1,
                   &SetupSummary::latency_p50_ms,
                   [](const Repeat& repeat) { return summarise(repeat).latency_p50_ms; }),
      spread_panel(rows, "Latency, 99 of 100 frames (p99)", "ms, the worst stream", 1,
                   &SetupSummary::latency_p99_ms,
                   [](const Repeat& repeat) { return summarise(repeat).latency_p99_ms; })};
  return draw_panels(panels, rows, "Latency of each set-up in ms, every repeat a dot", width_px);
}

}  // namespace weir::lab
