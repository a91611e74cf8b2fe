// SPDX-License-Identifier: Apache-2.0
#include "lab/report/findings.h"

#include <algorithm>

#include <fmt/format.h>

namespace weir::lab {
namespace {

std::string rate_text(const Comparison& fps) {
  std::string text = fmt::format(" Its frame rate is {:.3f} of that of \"{}\"", fps.ratio, kUnshared);
  if (!fps.low || !fps.high) return text + ".";
  return text + fmt::format(" (95 % interval {:.3f} to {:.3f}: {} the noise).", *fps.low, *fps.high,
                            fps.beyond_noise() ? "beyond" : "within");
}

std::string saving_text(const Measured& measured) {
  const auto saved = [](const SetupSummary& row) { return row.saved_ratio.value_or(0); };
  const SetupSummary* base = find(measured.rows, kUnshared);
  const auto best = std::ranges::max_element(measured.rows, {}, saved);
  if (base == nullptr || saved(*best) <= 0) return "";
  const std::string_view measure = best->measure == MemoryMeasure::kRss ? " (RSS)" : "";
  std::string text = fmt::format("The set-up \"{}\" takes {} MB{}, \"{}\" {} MB: {} less", best->name,
                                 megabytes_text(best->memory_bytes.median), measure, base->name,
                                 megabytes_text(base->memory_bytes.median), percent_text(saved(*best)));
  const std::optional<Comparison>& memory = best->memory_against_base;
  if (memory && memory->low && memory->high) {
    text += fmt::format(" (95 % interval {} to {})", percent_text(1 - *memory->high),
                        percent_text(1 - *memory->low));
  }
  return text + "." + (best->fps_against_base ? rate_text(*best->fps_against_base) : "");
}

/// ", 96.0 % of what the model alone reaches"
std::string of_the_model(const SetupSummary& summary) {
  if (!summary.fps_against_base) return "";
  return fmt::format(", {} of what the model alone reaches", percent_text(summary.fps_against_base->ratio));
}

std::string engine_text(const Measured& measured) {
  std::string text;
  const SetupSummary* small = find(measured.rows, kSmallPictures);
  if (small != nullptr) {
    text =
        fmt::format("Where pictures cost little to decode, streams run at {:.1f} frames a second in all{}. ",
                    small->frames_per_second.median, of_the_model(*small));
  }
  const SetupSummary* most = nullptr;
  for (const SetupSummary& row : measured.rows) {
    if (has_whole_streams(row) && (most == nullptr || row.streams > most->streams)) most = &row;
  }
  if (most != nullptr) {
    text += fmt::format("{} at full size: {:.1f}{}. ", most->name, most->frames_per_second.median,
                        of_the_model(*most));
  }
  if (const auto growth = growth_per_stream(measured.rows)) {
    text += fmt::format("One stream more adds {} MB.", megabytes_text(growth->memory_bytes));
  }
  return text;
}

}  // namespace

std::string findings(const Measured& measured) {
  return measured.experiment->kind == Kind::kSharing ? saving_text(measured) : engine_text(measured);
}

}  // namespace weir::lab
