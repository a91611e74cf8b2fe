// SPDX-License-Identifier: Apache-2.0
#include "lab/analysis.h"

#include <algorithm>
#include <cmath>

namespace weir::lab {
namespace {

/// Ledger kinds that exist once for each model that is loaded.
bool is_per_model(MemoryKind kind) {
  return kind == MemoryKind::kWeights || kind == MemoryKind::kCompiledModel;
}

int64_t bytes_of(const std::vector<KindBytes>& ledger, MemoryKind kind) {
  const auto found = std::ranges::find(ledger, kind, &KindBytes::kind);
  return found == ledger.end() ? 0 : found->bytes;
}

/// Over the repeats that have the figure; nothing if none has it.
template <class Get>
std::optional<Spread> spread_over(const std::vector<Repeat>& repeats, Get get) {
  std::vector<double> values;
  for (const Repeat& repeat : repeats) {
    const auto value = std::optional(get(repeat));
    if (value) values.push_back(static_cast<double>(*value));
  }
  return values.empty() ? std::nullopt : std::optional(spread_of(values));
}

std::optional<double> median_of(const std::vector<double>& values) {
  return values.empty() ? std::nullopt : std::optional(median(values));
}

/// The samples' medians within the measured time.
struct SampleMedians {
  std::optional<double> pss_bytes;
  std::optional<double> uss_bytes;
  std::optional<double> rss_bytes;
  std::optional<double> system_bytes;
};

SampleMedians medians_of(const Repeat& repeat) {
  std::vector<double> pss;
  std::vector<double> uss;
  std::vector<double> rss;
  std::vector<double> system;
  const auto add = [](const std::optional<int64_t>& bytes, std::vector<double>& to) {
    if (bytes) to.push_back(static_cast<double>(*bytes));
  };
  for (const Sample& sample : repeat.samples) {
    if (sample.seconds < repeat.measured_from_seconds || sample.seconds > repeat.measured_to_seconds)
      continue;
    add(sample.pss_bytes, pss);
    add(sample.uss_bytes, uss);
    add(sample.rss_bytes, rss);
    add(sample.system_bytes, system);
  }
  return {median_of(pss), median_of(uss), median_of(rss), median_of(system)};
}

/// By that measure; nothing if the repeat doesn't tell so much.
std::optional<double> memory_of(const Repeat& repeat, MemoryMeasure measure) {
  if (measure == MemoryMeasure::kNone) return std::nullopt;
  const SampleMedians medians = medians_of(repeat);
  const std::optional<double>& sampled =
      measure == MemoryMeasure::kPss ? medians.pss_bytes : medians.rss_bytes;
  if (sampled || repeat.figures.measure != measure) return sampled;
  return static_cast<double>(repeat.figures.ledger_bytes);
}

MemoryMeasure measure_of(const Repeat& repeat) {
  for (const MemoryMeasure measure : {MemoryMeasure::kPss, MemoryMeasure::kRss}) {
    if (memory_of(repeat, measure)) return measure;
  }
  return MemoryMeasure::kNone;
}

/// The repeat whose memory is in the middle; of an even number, the lower of the two.
const Repeat& middle_by_memory(const std::vector<Repeat>& repeats, MemoryMeasure measure) {
  std::vector<const Repeat*> sorted;
  for (const Repeat& repeat : repeats) sorted.push_back(&repeat);
  std::ranges::stable_sort(sorted, {}, [&](const Repeat* repeat) { return memory_of(*repeat, measure); });
  return *sorted[(sorted.size() - 1) / 2];
}

SetupSummary summarise_alone(const SetupRuns& setup, MemoryMeasure measure) {
  const auto over = [&](auto figure) {
    return spread_over(setup.repeats, [=](const Repeat& repeat) { return summarise(repeat).*figure; });
  };
  const auto over_child = [&](double ChildFigures::*figure) {
    return spread_over(setup.repeats, [=](const Repeat& repeat) { return repeat.figures.*figure; });
  };
  const auto memory =
      spread_over(setup.repeats, [&](const Repeat& repeat) { return memory_of(repeat, measure); });
  const Repeat& middle = middle_by_memory(setup.repeats, measure);
  SetupSummary summary{
      .name = setup.name,
      .models_loaded = middle.figures.models_loaded,
      .contexts = middle.figures.contexts,
      .streams = static_cast<int64_t>(middle.figures.streams.size()),
      .measure = memory ? measure : MemoryMeasure::kNone,
      .memory_bytes = memory.value_or(Spread{}),
      .uss_bytes = over(&RepeatSummary::uss_bytes),
      .rss_bytes = over(&RepeatSummary::rss_bytes),
      .peak_rss_bytes = spread_over(setup.repeats, [](const Repeat& r) { return r.peak_rss_bytes; }),
      .system_bytes = over(&RepeatSummary::system_bytes),
      .frames_per_second = *over_child(&ChildFigures::frames_per_second),
      .cpu_ms_per_frame = *over_child(&ChildFigures::cpu_ms_per_frame),
      .latency_p50_ms = *over(&RepeatSummary::latency_p50_ms),
      .latency_p99_ms = *over(&RepeatSummary::latency_p99_ms),
      .dropped = *over(&RepeatSummary::dropped),
      .harness_cpu_ratio =
          spread_over(setup.repeats, [](const Repeat& r) { return r.harness_cpu_ratio; })->median,
      .ledger = by_kind(middle.figures.ledger)};
  if (middle.figures.ledger_bytes > 0) {
    summary.unexplained_ratio = static_cast<double>(bytes_of(summary.ledger, MemoryKind::kUnexplained)) /
                                static_cast<double>(middle.figures.ledger_bytes);
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
    if (pair == base.repeats.end()) continue;
    const std::optional<double> value = get(repeat);
    const std::optional<double> of_base = get(*pair);
    if (!value || of_base.value_or(0) <= 0) continue;
    values.push_back(*value);
    bases.push_back(*of_base);
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
  return copies_bytes * gone / models / base.memory_bytes.median;
}

}  // namespace

RepeatSummary summarise(const Repeat& repeat) {
  const SampleMedians medians = medians_of(repeat);
  const MemoryMeasure measure = measure_of(repeat);
  RepeatSummary summary{.measure = measure,
                        .memory_bytes = memory_of(repeat, measure).value_or(0),
                        .uss_bytes = medians.uss_bytes,
                        .rss_bytes = medians.rss_bytes,
                        .system_bytes = medians.system_bytes};
  std::vector<double> p50_ms;
  for (const StreamFigures& stream : repeat.figures.streams) {
    p50_ms.push_back(stream.latency_p50_ms);
    summary.latency_p99_ms = std::max(summary.latency_p99_ms, stream.latency_p99_ms);
    summary.dropped += static_cast<double>(stream.dropped);
  }
  summary.latency_p50_ms = median(p50_ms);
  return summary;
}

MemoryMeasure measure_of(const Experiment& experiment) {
  MemoryMeasure least = MemoryMeasure::kNone;
  for (const SetupRuns& setup : experiment.setups) {
    for (const Repeat& repeat : setup.repeats) {
      const MemoryMeasure measure = measure_of(repeat);
      if (measure == MemoryMeasure::kNone) continue;
      least = least == MemoryMeasure::kNone ? measure : std::min(least, measure);
    }
  }
  return least;
}

std::vector<SetupSummary> summarise(const Experiment& experiment) {
  const MemoryMeasure measure = measure_of(experiment);
  const std::string_view base_name = experiment.kind == Kind::kSharing ? kUnshared : kBackToBack;
  const auto base = std::ranges::find(experiment.setups, base_name, &SetupRuns::name);
  const bool has_base = base != experiment.setups.end() && !base->repeats.empty();
  const SetupSummary base_summary = has_base ? summarise_alone(*base, measure) : SetupSummary{};
  std::vector<SetupSummary> summaries;
  for (const SetupRuns& setup : experiment.setups) {
    if (setup.repeats.empty()) continue;
    SetupSummary& summary = summaries.emplace_back(summarise_alone(setup, measure));
    if (!has_base || setup.name == base_name) continue;
    summary.fps_against_base = compare_repeats(
        setup, *base, [](const Repeat& r) { return std::optional(r.figures.frames_per_second); });
    if (experiment.kind != Kind::kSharing) continue;
    summary.memory_against_base =
        compare_repeats(setup, *base, [&](const Repeat& r) { return memory_of(r, measure); });
    if (summary.memory_against_base) summary.saved_ratio = 1 - summary.memory_against_base->ratio;
    if (base_summary.models_loaded > 0 && base_summary.memory_bytes.median > 0) {
      summary.foretold_saved_ratio = foretold_saved_ratio(summary, base_summary);
    }
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
  std::vector<double> memory;
  std::vector<const SetupSummary*> rows;
  for (const SetupSummary& summary : summaries) {
    if (!has_whole_streams(summary) || summary.measure == MemoryMeasure::kNone) continue;
    streams.push_back(static_cast<double>(summary.streams));
    memory.push_back(summary.memory_bytes.median);
    rows.push_back(&summary);
  }
  if (rows.size() < 2) return std::nullopt;
  Growth growth{.measure = rows.front()->measure, .memory_bytes = slope(streams, memory)};
  for (const KindBytes& entry : rows.back()->ledger) {
    std::vector<double> bytes;
    for (const SetupSummary* row : rows)
      bytes.push_back(static_cast<double>(bytes_of(row->ledger, entry.kind)));
    growth.ledger.push_back({entry.kind, std::llround(slope(streams, bytes))});
  }
  return growth;
}

}  // namespace weir::lab
