// SPDX-License-Identifier: Apache-2.0
// What the charts have in common.
#include "lab/report/charts/charts.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>

#include <fmt/format.h>

namespace weir::lab {

std::vector<ChartRow> chart_rows(MeasuredList measured) {
  std::vector<std::string_view> names;
  for (const Measured& each : measured) {
    for (const SetupSummary& row : each.rows) {
      if (std::ranges::find(names, row.name) == names.end()) names.push_back(row.name);
    }
  }
  std::vector<ChartRow> rows;
  for (const std::string_view name : names) {
    bool opens_group = true;
    for (const Measured& each : measured) {
      const SetupSummary* summary = find(each.rows, name);
      if (summary == nullptr) continue;
      rows.push_back({.measured = &each,
                      .summary = summary,
                      .label = each.label.empty() ? summary->name : summary->name + ", " + each.label,
                      .color = &each == &measured.front() ? "a" : "b",
                      .opens_group = std::exchange(opens_group, false)});
    }
  }
  return rows;
}

const std::vector<Repeat>& repeats_of(const ChartRow& row) {
  return std::ranges::find(row.measured->experiment->setups, row.summary->name, &SetupRuns::name)->repeats;
}

std::string megabytes_text(double bytes) {
  constexpr double kWhole = 99.95;
  const double size = megabytes(bytes);
  return fmt::format("{:.{}f}", size, std::abs(size) < kWhole ? 1 : 0);
}

std::string memory_unit(MeasuredList measured) {
  std::vector<std::string> names;
  for (const Measured& each : measured) {
    const MemoryMeasure measure = measure_of(*each.experiment);
    names.emplace_back(measure == MemoryMeasure::kNone ? "not measured" : to_string(measure));
  }
  const bool are_same = std::ranges::adjacent_find(names, std::ranges::not_equal_to()) == names.end();
  if (are_same) return fmt::format("MB of memory ({})", names.front());
  return fmt::format("MB of memory ({}: {}, {}: {})", measured[0].label, names[0], measured[1].label,
                     names[1]);
}

std::string percent_text(double ratio) {
  return fmt::format("{:.1f}\u00A0%", ratio * 100);
}

void draw_x_axis(Svg& svg, const Scale& scale, int most_ticks, double top, double bottom,
                 std::string_view unit) {
  constexpr double kLabelBelow = 18;
  const std::vector<double> ticks = round_ticks(scale.from, scale.to, most_ticks);
  const std::vector<std::string> labels = tick_labels(ticks);
  for (size_t i = 0; i < ticks.size(); ++i) {
    const double x = scale(ticks[i]);
    svg.line({x, top}, {x, bottom}, "grid");
    svg.text({x, bottom + kLabelBelow}, labels[i], "muted", Anchor::kMiddle);
  }
  svg.line({scale.from_px, bottom}, {scale.to_px, bottom}, "axis");
  svg.text({scale.from_px, bottom + 2 * kLabelBelow}, unit, "muted");
}

void draw_y_axis(Svg& svg, const Scale& scale, double left, double right, bool with_numbers) {
  const std::vector<double> ticks = round_ticks(scale.from, scale.to, 5);
  const std::vector<std::string> labels = tick_labels(ticks);
  for (size_t i = 0; i < ticks.size(); ++i) {
    svg.line({left, scale(ticks[i])}, {right, scale(ticks[i])}, "grid");
    if (with_numbers) svg.text({left - 8, scale(ticks[i]) + 4}, labels[i], "muted", Anchor::kEnd);
  }
}

void draw_whisker(Svg& svg, const Scale& scale, double low, double high, double y, double half_height) {
  const double from = scale(low);
  const double to = scale(high);
  for (const char* classes : {"halo", "whisker"}) {
    svg.line({from, y}, {to, y}, classes);
    svg.line({from, y - half_height}, {from, y + half_height}, classes);
    svg.line({to, y - half_height}, {to, y + half_height}, classes);
  }
}

}  // namespace weir::lab
