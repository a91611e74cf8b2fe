// SPDX-License-Identifier: Apache-2.0
#include "lab/csv.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "lab/analysis.h"

namespace weir::lab {
namespace {

/// Every kind that any ledger has, in the order of first appearance.
std::vector<MemoryKind> ledger_kinds(const Experiment& experiment) {
  std::vector<MemoryKind> kinds;
  for (const SetupRuns& setup : experiment.setups) {
    for (const Repeat& repeat : setup.repeats) {
      for (const LedgerEntry& entry : repeat.figures.ledger) {
        if (std::ranges::find(kinds, entry.kind) == kinds.end()) kinds.push_back(entry.kind);
      }
    }
  }
  return kinds;
}

/// Empty where nothing was measured.
std::string cell(const std::optional<double>& bytes) {
  return bytes ? fmt::format("{:.0f}", *bytes) : "";
}

std::string line_of(const SetupRuns& setup, const Repeat& repeat, const std::vector<MemoryKind>& kinds) {
  const ChildFigures& figures = repeat.figures;
  const RepeatSummary summary = summarise(repeat);
  const bool is_pss = summary.measure == MemoryMeasure::kPss;
  std::string line =
      fmt::format("{},{},{},{},{},{},{},{},{},{},{},{},{},{},{:.0f}", setup.name, repeat.number,
                  figures.models_loaded, figures.contexts, figures.streams.size(),
                  cell(is_pss ? std::optional(summary.memory_bytes) : std::nullopt), cell(summary.uss_bytes),
                  cell(summary.rss_bytes), cell(repeat.peak_rss_bytes), cell(summary.system_bytes),
                  figures.frames_per_second, figures.cpu_ms_per_frame, summary.latency_p50_ms,
                  summary.latency_p99_ms, summary.dropped);
  const std::vector<KindBytes> ledger = by_kind(figures.ledger);
  for (const MemoryKind kind : kinds) {
    const auto found = std::ranges::find(ledger, kind, &KindBytes::kind);
    line += found != ledger.end() ? fmt::format(",{}", found->bytes) : ledger.empty() ? "," : ",0";
  }
  return line + "\n";
}

}  // namespace

std::string to_csv(const Experiment& experiment) {
  const std::vector<MemoryKind> kinds = ledger_kinds(experiment);
  std::string text =
      "setup,repeat,models_loaded,contexts,streams,pss_bytes,uss_bytes,rss_bytes,peak_rss_bytes,system_bytes,"
      "frames_per_second,cpu_ms_per_frame,latency_p50_ms,latency_p99_ms,dropped";
  for (const MemoryKind kind : kinds) text += fmt::format(",{} bytes", to_string(kind));
  text += "\n";
  for (const SetupRuns& setup : experiment.setups) {
    for (const Repeat& repeat : setup.repeats) text += line_of(setup, repeat, kinds);
  }
  return text;
}

}  // namespace weir::lab
