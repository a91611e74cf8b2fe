// SPDX-License-Identifier: Apache-2.0
// What the memory is: the ledger as a bar, what sharing changes first, so that bars differ where set-ups do.
#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>

#include "base/text.h"
#include "lab/report/charts/charts.h"
#include "lab/report/charts/style.h"

namespace weir::lab {
namespace {

constexpr double kBarPx = 28;
constexpr double kLegendLinePx = 22;

struct Layout {
  bool narrow = false;
  double width_px = 0;
  double row_px = 0;
  double bar_below_px = 0;  ///< the bar's top, below the row's
  Scale scale;
};

std::string models_text(const SetupSummary& summary) {
  return plural(summary.models_loaded, "model") + ", " + plural(summary.contexts, "context");
}

/// In the order of a bar, without what is nothing.
std::vector<KindBytes> in_bar_order(std::vector<KindBytes> ledger) {
  std::erase_if(ledger, [](const KindBytes& entry) { return entry.bytes == 0; });
  std::ranges::stable_sort(ledger, {}, [](const KindBytes& entry) { return place_of_kind(entry.kind); });
  return ledger;
}

double bar_bytes(const SetupSummary& summary) {
  double sum = 0;
  for (const KindBytes& entry : summary.ledger) sum += static_cast<double>(std::max<int64_t>(entry.bytes, 0));
  return std::max(sum, summary.memory_bytes.most);
}

Layout layout_of(const std::vector<ChartRow>& rows, double width_px) {
  constexpr double kTotalPx = 104;
  constexpr double kBesideBarPx = 8;
  double most = 0;
  double name_px = 0;
  for (const ChartRow& row : rows) {
    most = std::max(most, megabytes(bar_bytes(*row.summary)));
    name_px = std::max({name_px, text_width_px(row.label), text_width_px(models_text(*row.summary))});
  }
  if (is_narrow(width_px)) return {true, width_px, 66, 22, scale_from_zero(most, 1, width_px - 12)};
  name_px = std::min(name_px + kBesideBarPx, width_px / 3);
  return {false, width_px, 50, 8, scale_from_zero(most, name_px, width_px - kTotalPx)};
}

/// The kinds that appear, as squares with names; as many lines as they need. Returns the height.
double draw_legend(Svg& svg, const std::vector<ChartRow>& rows, double width_px) {
  constexpr double kSquarePx = 12;
  constexpr double kBetweenPx = 18;
  std::vector<KindBytes> kinds;
  for (const ChartRow& row : rows) {
    for (const KindBytes& entry : in_bar_order(row.summary->ledger)) {
      if (std::ranges::find(kinds, entry.kind, &KindBytes::kind) == kinds.end()) kinds.push_back(entry);
    }
  }
  double x = 0;
  double y = 0;
  for (const KindBytes& entry : in_bar_order(kinds)) {
    const double entry_px = kSquarePx + 6 + text_width_px(to_string(entry.kind));
    if (x > 0 && x + entry_px > width_px) {
      x = 0;
      y += kLegendLinePx;
    }
    svg.rect({x + 0.5, y + 2.5, kSquarePx, kSquarePx}, class_of_kind(entry.kind));
    svg.text({x + kSquarePx + 6, y + 13}, to_string(entry.kind), "");
    x += entry_px + kBetweenPx;
  }
  return kinds.empty() ? 0 : y + kLegendLinePx + 8;
}

/// What is told beside a bar: whose it is, how much it is in all, what was saved.
void draw_words(Svg& svg, const ChartRow& row, const Layout& layout, double top, double end_px) {
  const SetupSummary& summary = *row.summary;
  const std::string models = models_text(summary);
  const std::string total = summary.measure == MemoryMeasure::kNone
                                ? "not measured"
                                : megabytes_text(summary.memory_bytes.median) + " MB";
  const std::string saved = summary.saved_ratio
                                ? fmt::format("{} {}", *summary.saved_ratio < 0 ? "added" : "saved",
                                              percent_text(std::abs(*summary.saved_ratio)))
                                : "";
  if (layout.narrow) {
    svg.text({0, top + 15}, row.label, "strong");
    svg.text({text_width_px(row.label) + 14, top + 15}, saved.empty() ? models : saved, "muted");
    svg.text({layout.width_px - 1, top + 15}, total, "strong", Anchor::kEnd);
    return;
  }
  svg.text({0, top + 19}, row.label, "strong");
  svg.text({0, top + 35}, models, "muted");
  svg.text({end_px + 10, top + (saved.empty() ? 27 : 19)}, total, "strong");
  if (!saved.empty()) svg.text({end_px + 10, top + 35}, saved, "muted");
}

void draw_segment(Svg& svg, const KindBytes& entry, const Box& box, const std::string& setup) {
  constexpr double kGapPx = 1;
  const auto bytes = static_cast<double>(entry.bytes);
  const std::string_view classes = class_of_kind(entry.kind);
  svg.rect({box.x, box.y, std::max(box.width - kGapPx, 0.5), box.height}, fmt::format("segment {}", classes),
           fmt::format("{}: {} {} MB", setup, to_string(entry.kind), megabytes_text(bytes)));
  const std::string value = megabytes_text(bytes);
  if (box.width < text_width_px(value) + 4) return;
  svg.text({box.x + box.width / 2, box.y + box.height / 2 + 4}, value, fmt::format("on {}", classes),
           Anchor::kMiddle);
}

/// Returns where the bar ends. What is negative was accounted for though it isn't there: an outline takes it
/// off the end again.
double draw_bar(Svg& svg, const ChartRow& row, const Scale& scale, double top) {
  double sum = 0;
  int64_t overdrawn = 0;
  for (const KindBytes& entry : in_bar_order(row.summary->ledger)) {
    if (entry.bytes < 0) {
      overdrawn -= entry.bytes;
      continue;
    }
    const double size = megabytes(static_cast<double>(entry.bytes));
    draw_segment(svg, entry, {scale(sum), top, scale(sum + size) - scale(sum), kBarPx}, row.label);
    sum += size;
  }
  if (overdrawn > 0) {
    const double size = megabytes(static_cast<double>(overdrawn));
    const double from = std::max(sum - size, 0.0);
    svg.rect({scale(from), top - 3, scale(sum) - scale(from), kBarPx + 6}, "overdrawn",
             fmt::format("{}: accounted for {} MB more than there is", row.label,
                         megabytes_text(static_cast<double>(overdrawn))));
  }
  if (row.summary->measure == MemoryMeasure::kNone) return scale(sum);
  const Spread& memory = row.summary->memory_bytes;
  draw_whisker(svg, scale, megabytes(memory.least), megabytes(memory.most), top + kBarPx / 2, 5);
  return std::max(scale(sum), scale(megabytes(memory.most)));
}

}  // namespace

Svg draw_memory(MeasuredList measured, double width_px) {
  constexpr double kGroupGapPx = 12;
  constexpr double kAxisPx = 40;
  const std::vector<ChartRow> rows = chart_rows(measured);
  const Layout layout = layout_of(rows, width_px);
  const double group_gap = measured.size() > 1 ? kGroupGapPx : 0;

  Svg svg(width_px, "Memory of each set-up, by what it is, in MB");
  double top = draw_legend(svg, rows, width_px);
  double bottom = top + static_cast<double>(rows.size()) * layout.row_px;
  for (const ChartRow& row : rows) bottom += row.opens_group ? group_gap : 0;
  draw_x_axis(svg, layout.scale, layout.narrow ? 5 : 9, top, bottom, memory_unit(measured));
  for (const ChartRow& row : rows) {
    if (row.opens_group) top += group_gap;
    const double end_px = draw_bar(svg, row, layout.scale, top + layout.bar_below_px);
    draw_words(svg, row, layout, top, end_px);
    top += layout.row_px;
  }
  svg.set_height(bottom + kAxisPx);
  return svg;
}

}  // namespace weir::lab
