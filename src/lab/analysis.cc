// SPDX-License-Identifier: Apache-2.0
#include "lab/analysis.h"

#include <algorithm>
#include <cmath>

namespace weir::lab {
namespace {

constexpr std::string_view kUnexplained = "unexplained";

/// Ledger kinds that exist once for each model that is loaded.
bool is_per_model(std::string_view kind) {
  return kind == "weights" || kind == "compiled model";
}

int64_t bytes_of(const std::vector<KindBytes>& ledger, std::string_view kind) {
  const auto found = std::ranges::find(ledger, kind, &KindBytes::kind);
  return found == ledger.end() ? 0 : found->bytes;
}

template <class Get>
Spread spread_over(const std::vector<Repeat>& repeats, Get get) {
  std::vector<double> values;
  for (const Repeat& repeat : repeats) values.push_back(static_cast<double>(get(repeat)));
  return spread_of(values);
}

double pss_of(const Repeat& repeat) {
  return summarise(repeat).pss_bytes;
}

/// The repeat whose PSS is in the middle; of an even number, the lower of the two.
const Repeat& middle_by_pss(const std::vector<Repeat>& repeats) {
  std::vector<const Repeat*> sorted;
  for (const Repeat& repeat : repeats) sorted.push_back(&repeat);
  std::ranges::stable_sort(sorted, {}, [](const Repeat* repeat) { return pss_of(*repeat); });
  return *sorted[(sorted.size() - 1) / 2];
}

SetupSummary summarise_alone(const SetupRuns& setup) {
  const auto over = [&](double RepeatSummary::*figure) {
    return spread_over(setup.repeats, [=](const Repeat& repeat) { return summarise(repeat).*figure; });
  };
  const Repeat& middle = middle_by_pss(setup.repeats);
  SetupSummary summary{
      .name = setup.name,
      .models_loaded = middle.figures.models_loaded,
      .contexts = middle.figures.contexts,
      .streams = static_cast<int64_t>(middle.figures.streams.size()),
      .pss_bytes = over(&RepeatSummary::pss_bytes),
      .uss_bytes = over(&RepeatSummary::uss_bytes),
      .rss_bytes = over(&RepeatSummary::rss_bytes),
      .peak_rss_bytes = spread_over(setup.repeats, [](const Repeat& r) { return r.peak_rss_bytes; }),
      .system_bytes = over(&RepeatSummary::system_bytes),
      .frames_per_second =
          spread_over(setup.repeats, [](const Repeat& r) { return r.figures.frames_per_second; }),
      .cpu_ms_per_frame =
          spread_over(setup.repeats, [](const Repeat& r) { return r.figures.cpu_ms_per_frame; }),
      .latency_p50_ms = over(&RepeatSummary::latency_p50_ms),
      .latency_p99_ms = over(&RepeatSummary::latency_p99_ms),
      .dropped = over(&RepeatSummary::dropped),
      .harness_cpu_ratio =
          spread_over(setup.repeats, [](const Repeat& r) { return r.harness_cpu_ratio; }).median,
      .ledger = by_kind(middle.figures.ledger)};
  if (middle.figures.ledger_pss_bytes > 0) {
    summary.unexplained_ratio = static_cast<double>(bytes_of(summary.ledger, kUnexplained)) /
                                static_cast<double>(middle.figures.ledger_pss_bytes);
  }
  return summary;
}

/// Of one figure, over the repeats that both have.
template <class Get>
std::optional<Comparison> compare_repeats(const SetupRuns& setup, const SetupRuns& base, Get get) {
  std::vector<double> values;
  std::vector<double> bases;
  for (const Repeat& repeat : setup.repeats) {
    const auto pair = std::ranges::find(base.repeats, repeat.number, &Repeat::number);
    if (pair == base.repeats.end() || get(*pair) <= 0) continue;
    values.push_back(get(repeat));
    bases.push_back(get(*pair));
  }
  if (values.empty()) return std::nullopt;
  return compare(values, bases);
}

double foretold_saved_ratio(const SetupSummary& summary, const SetupSummary& base) {
  double copies_bytes = 0;
  for (const KindBytes& entry : base.ledger) {
    if (is_per_model(entry.kind)) copies_bytes += static_cast<double>(entry.bytes);
  }
  const auto models = static_cast<double>(base.models_loaded);
  const double gone = models - static_cast<double>(summary.models_loaded);
  return models > 0 && base.pss_bytes.median > 0 ? copies_bytes * gone / models / base.pss_bytes.median : 0;
}

}  // namespace

RepeatSummary summarise(const Repeat& repeat) {
  std::vector<double> pss;
  std::vector<double> uss;
  std::vector<double> rss;
  std::vector<double> system;
  for (const Sample& sample : repeat.samples) {
    if (sample.seconds < repeat.measured_from_seconds || sample.seconds > repeat.measured_to_seconds)
      continue;
    rss.push_back(static_cast<double>(sample.rss_bytes));
    system.push_back(static_cast<double>(sample.system_bytes));
    if (sample.pss_bytes) pss.push_back(static_cast<double>(*sample.pss_bytes));
    if (sample.uss_bytes) uss.push_back(static_cast<double>(*sample.uss_bytes));
  }
  if (pss.empty()) pss.push_back(static_cast<double>(repeat.figures.ledger_pss_bytes));
  RepeatSummary summary{.pss_bytes = median(pss),
                        .uss_bytes = median(uss),
                        .rss_bytes = median(rss),
                        .system_bytes = median(system)};
  std::vector<double> p50_ms;
  for (const StreamFigures& stream : repeat.figures.streams) {
    p50_ms.push_back(stream.latency_p50_ms);
    summary.latency_p99_ms = std::max(summary.latency_p99_ms, stream.latency_p99_ms);
    summary.dropped += static_cast<double>(stream.dropped);
  }
  summary.latency_p50_ms = median(p50_ms);
  return summary;
}

std::vector<KindBytes> by_kind(const std::vector<LedgerEntry>& ledger) {
  std::vector<KindBytes> sums;
  for (const LedgerEntry& entry : ledger) {
    const auto found = std::ranges::find(sums, entry.kind, &KindBytes::kind);
    if (found == sums.end()) {
      sums.push_back({entry.kind, entry.bytes});
    } else {
      found->bytes += entry.bytes;
    }
  }
  return sums;
}

std::vector<SetupSummary> summarise(const Experiment& experiment) {
  const std::string_view base_name = experiment.kind == Kind::kSharing ? kUnshared : kBackToBack;
  const auto base = std::ranges::find(experiment.setups, base_name, &SetupRuns::name);
  const bool has_base = base != experiment.setups.end() && !base->repeats.empty();
  const SetupSummary base_summary = has_base ? summarise_alone(*base) : SetupSummary{};
  std::vector<SetupSummary> summaries;
  for (const SetupRuns& setup : experiment.setups) {
    if (setup.repeats.empty()) continue;
    SetupSummary& summary = summaries.emplace_back(summarise_alone(setup));
    if (!has_base || setup.name == base_name) continue;
    summary.fps_against_base =
        compare_repeats(setup, *base, [](const Repeat& r) { return r.figures.frames_per_second; });
    if (experiment.kind != Kind::kSharing) continue;
    summary.pss_against_base = compare_repeats(setup, *base, pss_of);
    if (summary.pss_against_base) summary.saved_ratio = 1 - summary.pss_against_base->ratio;
    summary.foretold_saved_ratio = foretold_saved_ratio(summary, base_summary);
  }
  return summaries;
}

bool has_whole_streams(const SetupSummary& summary) {
  return summary.name != kBackToBack && summary.name != kSmallPictures;
}

const SetupSummary* find(const std::vector<SetupSummary>& summaries, std::string_view name) {
  const auto found = std::ranges::find(summaries, name, &SetupSummary::name);
  return found == summaries.end() ? nullptr : &*found;
}

std::optional<Growth> growth_per_stream(const std::vector<SetupSummary>& summaries) {
  std::vector<double> streams;
  std::vector<double> pss;
  std::vector<const SetupSummary*> rows;
  for (const SetupSummary& summary : summaries) {
    if (!has_whole_streams(summary)) continue;
    streams.push_back(static_cast<double>(summary.streams));
    pss.push_back(summary.pss_bytes.median);
    rows.push_back(&summary);
  }
  if (rows.size() < 2) return std::nullopt;
  Growth growth{.pss_bytes = slope(streams, pss)};
  for (const KindBytes& entry : rows.back()->ledger) {
    std::vector<double> bytes;
    for (const SetupSummary* row : rows)
      bytes.push_back(static_cast<double>(bytes_of(row->ledger, entry.kind)));
    growth.ledger.push_back({entry.kind, std::llround(slope(streams, bytes))});
  }
  return growth;
}

}  // namespace weir::lab
