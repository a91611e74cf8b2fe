// SPDX-License-Identifier: Apache-2.0
// The charts, one file each: experiments in, drawing out. Pure functions.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "lab/analysis.h"
#include "lab/experiment.h"
#include "lab/report/charts/scale.h"
#include "lab/report/charts/svg.h"

namespace weir::lab {

/// An experiment as the report knows it. The experiment outlives it.
struct Measured {
  std::string label;  ///< "A" or "B" of two; "" of one
  const Experiment* experiment = nullptr;
  std::vector<SetupSummary> rows;
};

/// Of one experiment or two.
using MeasuredList = std::span<const Measured>;

/// Charts are drawn for one of two widths, with letters of the same size: a page on a desk, one in a hand.
inline constexpr double kWidePx = 860;
inline constexpr double kNarrowPx = 360;
[[nodiscard]] inline bool is_narrow(double width_px) {
  return width_px < (kWidePx + kNarrowPx) / 2;
}

/// A set-up of one of the experiments: a row of a chart.
struct ChartRow {
  const Measured* measured = nullptr;
  const SetupSummary* summary = nullptr;
  std::string label;        ///< the set-up's name; "none, A" of two experiments
  std::string_view color;   ///< class of the experiment: "a" or "b"
  bool opens_group = true;  ///< the first of its set-up
};

/// By set-up, in the order of the first experiment; those of one name beside each other.
[[nodiscard]] std::vector<ChartRow> chart_rows(MeasuredList measured);

/// What is measured by repeat, of a row's set-up.
[[nodiscard]] const std::vector<Repeat>& repeats_of(const ChartRow& row);

/// "250", "12.5": three digits of megabytes.
[[nodiscard]] std::string megabytes_text(double bytes);

/// "MB of memory (PSS)": what the axes of memory count; of each experiment where they differ.
[[nodiscard]] std::string memory_unit(MeasuredList measured);

/// "54.0 %", which no line break divides.
[[nodiscard]] std::string percent_text(double ratio);

/// Grid lines and numbers of a horizontal axis under `top`..`bottom`, with its unit at the right end.
void draw_x_axis(Svg& svg, const Scale& scale, int most_ticks, double top, double bottom,
                 std::string_view unit);

/// Grid lines of a vertical axis from `left` to `right`, with numbers before `left` if wanted.
void draw_y_axis(Svg& svg, const Scale& scale, double left, double right, bool with_numbers);

/// A line from `low` to `high` with caps, upon a halo that sets it off from what is under it.
void draw_whisker(Svg& svg, const Scale& scale, double low, double high, double y, double half_height);

/// What the memory is: a bar of the ledger for each set-up.
[[nodiscard]] Svg draw_memory(MeasuredList measured, double width_px);

/// Memory of each repeat from its start: a panel for each set-up, one scale.
[[nodiscard]] Svg draw_memory_over_time(MeasuredList measured, double width_px);

/// Frames a second of each repeat, and the ratio to the base with its interval.
[[nodiscard]] Svg draw_frame_rate(MeasuredList measured, double width_px);

/// The middle and the worst latency of each repeat.
[[nodiscard]] Svg draw_latency(MeasuredList measured, double width_px);

/// kEngine: memory and frames a second by number of streams.
[[nodiscard]] Svg draw_scaling(MeasuredList measured, double width_px);

}  // namespace weir::lab
