// SPDX-License-Identifier: Apache-2.0
#include "lab/account.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <map>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "lab/analysis.h"
#include "lab/published.h"

namespace weir::lab {
namespace {

using Row = std::vector<std::string>;

std::string in_megabytes(const Spread& bytes) {
  return fmt::format("{:.1f} ({:.1f} to {:.1f})", megabytes(bytes.median), megabytes(bytes.least),
                     megabytes(bytes.most));
}

std::string with_range(const Spread& spread) {
  return fmt::format("{:.1f} ({:.1f} to {:.1f})", spread.median, spread.least, spread.most);
}

std::string percent(const std::optional<double>& ratio) {
  return ratio ? fmt::format("{:.1f} %", *ratio * 100) : "-";
}

std::string saved_interval(const std::optional<Comparison>& memory) {
  if (!memory || !memory->low || !memory->high) return "-";
  return fmt::format("{:.1f} to {:.1f} %", (1 - *memory->high) * 100, (1 - *memory->low) * 100);
}

std::string against(const std::optional<Comparison>& comparison) {
  if (!comparison) return "-";
  if (!comparison->low || !comparison->high) return fmt::format("{:.3f}", comparison->ratio);
  return fmt::format("{:.3f} ({:.3f} to {:.3f})", comparison->ratio, *comparison->low, *comparison->high);
}

std::string verdict(const std::optional<Comparison>& comparison) {
  if (!comparison || !comparison->low) return "";
  return comparison->beyond_noise() ? "yes" : "no";
}

std::string latency(const SetupSummary& row) {
  return fmt::format("{:.0f}/{:.0f}", row.latency_p50_ms.median, row.latency_p99_ms.median);
}

/// What all set-ups have in common, as far as any was measured.
std::string what_was_run(const Experiment& experiment) {
  const Protocol& protocol = experiment.protocol;
  std::string text = "the engine's limits";
  if (experiment.kind == Kind::kSharing) {
    text = fmt::format("{}, {} each", plural(protocol.streams, "stream"),
                       plural(protocol.contexts_per_stream, "context"));
  }
  for (const ModelFile& model : experiment.environment.models) {
    text += ", " + std::filesystem::path(model.path).filename().string();
  }
  const auto measured =
      std::ranges::find_if(experiment.setups, [](const SetupRuns& setup) { return !setup.repeats.empty(); });
  if (measured != experiment.setups.end()) {
    const ChildFigures& figures = measured->repeats.front().figures;
    text += fmt::format(", {} {} at {}", figures.backend, figures.precision, figures.input_size);
  }
  return text;
}

std::string how_it_was_run(const Experiment& experiment) {
  const Protocol& protocol = experiment.protocol;
  return fmt::format("{}, {}; pace {}, {} of {:g} s after {:g} s; medians (least to most){}",
                     experiment.environment.cpu, plural(experiment.environment.cores, "core"), protocol.pace,
                     plural(protocol.repeats, "repeat"), protocol.duration_seconds, protocol.warmup_seconds,
                     experiment.interrupted ? "; stopped before its end" : "");
}

/// "PSS MB": the head of a column.
std::string memory_head(MemoryMeasure measure) {
  return measure == MemoryMeasure::kNone ? "memory MB" : fmt::format("{} MB", to_string(measure));
}

std::string memory_cell(const SetupSummary& row) {
  return row.measure == MemoryMeasure::kNone ? "-" : in_megabytes(row.memory_bytes);
}

/// The median in megabytes, with so many digits behind the point.
std::string median_cell(const std::optional<Spread>& bytes, int digits) {
  return bytes ? fmt::format("{:.{}f}", megabytes(bytes->median), digits) : "-";
}

Table sharing_memory(const std::vector<SetupSummary>& rows, MemoryMeasure measure) {
  std::vector<Row> table{{"memory", "models", "contexts", memory_head(measure), "USS MB", "system MB",
                          "saved", "95 % interval", "foretold"}};
  for (const SetupSummary& row : rows) {
    table.push_back({row.name, std::to_string(row.models_loaded), std::to_string(row.contexts),
                     memory_cell(row), median_cell(row.uss_bytes, 1), median_cell(row.system_bytes, 0),
                     percent(row.saved_ratio), saved_interval(row.memory_against_base),
                     percent(row.foretold_saved_ratio)});
  }
  return {.rows = std::move(table)};
}

Table sharing_throughput(const std::vector<SetupSummary>& rows) {
  std::vector<Row> table{
      {"throughput", "frames/s", "of none", "beyond noise", "CPU ms/frame", "p50/p99 ms", "dropped"}};
  for (const SetupSummary& row : rows) {
    table.push_back({row.name, with_range(row.frames_per_second), against(row.fps_against_base),
                     verdict(row.fps_against_base), fmt::format("{:.2f}", row.cpu_ms_per_frame.median),
                     latency(row), fmt::format("{:.0f}", row.dropped.median)});
  }
  return {.rows = std::move(table)};
}

Table engine_table(const std::vector<SetupSummary>& rows, MemoryMeasure measure) {
  std::vector<Row> table{{"", "streams", "frames/s", "of back to back", "CPU ms/frame", "p50/p99 ms",
                          memory_head(measure), "unexplained"}};
  for (const SetupSummary& row : rows) {
    table.push_back({row.name, std::to_string(row.streams), with_range(row.frames_per_second),
                     against(row.fps_against_base), fmt::format("{:.2f}", row.cpu_ms_per_frame.median),
                     latency(row), memory_cell(row), percent(row.unexplained_ratio)});
  }
  return {.rows = std::move(table)};
}

std::vector<std::string> growth_notes(const std::vector<SetupSummary>& rows) {
  constexpr double kLeastMegabytes = 0.05;
  const std::optional<Growth> growth = growth_per_stream(rows);
  if (!growth) return {};
  std::string parts;
  for (const KindBytes& entry : growth->ledger) {
    const double size = megabytes(static_cast<double>(entry.bytes));
    if (std::abs(size) < kLeastMegabytes) continue;
    parts += fmt::format("{}{} {:.1f}", parts.empty() ? "" : ", ", to_string(entry.kind), size);
  }
  return {fmt::format("one stream more adds {:.1f} MB: {}", megabytes(growth->memory_bytes), parts)};
}

/// A row for each kind, a column for each set-up.
Table ledger_table(const std::vector<SetupSummary>& rows, MemoryMeasure measure) {
  Row head{"what it is, MB"};
  Row left{fmt::format("unexplained of {}", to_string(measure))};
  std::vector<MemoryKind> kinds;
  std::map<MemoryKind, std::map<std::string, int64_t>> bytes;
  for (const SetupSummary& row : rows) {
    head.push_back(row.name);
    left.push_back(percent(row.unexplained_ratio));
    for (const KindBytes& entry : row.ledger) {
      if (std::ranges::find(kinds, entry.kind) == kinds.end()) kinds.push_back(entry.kind);
      bytes[entry.kind][row.name] = entry.bytes;
    }
  }
  std::vector<Row> table{head};
  for (const MemoryKind kind : kinds) {
    Row line{std::string(to_string(kind))};
    for (const SetupSummary& row : rows) {
      line.push_back(fmt::format("{:.1f}", megabytes(static_cast<double>(bytes[kind][row.name]))));
    }
    table.push_back(std::move(line));
  }
  table.push_back(std::move(left));
  return {.rows = std::move(table)};
}

/// What has to be said of figures that are not PSS.
std::vector<std::string> memory_notes(MemoryMeasure measure) {
  switch (measure) {
    case MemoryMeasure::kPss:
      return {};
    case MemoryMeasure::kRss:
      return {
          "memory is RSS, as the kernel shows no PSS: pages that other processes share are counted in full"};
    case MemoryMeasure::kNone:
      break;
  }
  return {"memory was not measured: the kernel shows none"};
}

Table published_table() {
  std::vector<Row> table{{"", "models", "contexts", "application MB", "system MB", "saved"}};
  for (const PublishedRow& row : kPublished) {
    table.push_back({std::string(row.setup), std::to_string(row.models_loaded), std::to_string(row.contexts),
                     fmt::format("{:.0f}", row.application_mb), fmt::format("{:.0f}", row.system_mb),
                     row.saved_percent > 0 ? percent(row.saved_percent / 100) : "-"});
  }
  return {fmt::format("published, of another machine ({}):", kPublishedMachine), std::move(table)};
}

std::vector<std::string> failures_of(const Experiment& experiment) {
  std::vector<std::string> lines;
  for (const SetupRuns& setup : experiment.setups) {
    std::map<std::string, int> counts;
    for (const Failure& failure : setup.failures) ++counts[failure.message];
    for (const auto& [message, count] : counts) {
      lines.push_back(fmt::format("{}: {} of {} failed: {}", setup.name, count,
                                  setup.failures.size() + setup.repeats.size(), message));
    }
  }
  return lines;
}

std::string harness_note(const std::vector<SetupSummary>& rows) {
  double most = 0;
  for (const SetupSummary& row : rows) most = std::max(most, row.harness_cpu_ratio);
  return fmt::format("measuring took at most {:.2f} % of the CPU time of what was measured", most * 100);
}

/// A figure that two experiments are compared by, and what its value is divided by to be shown.
struct Compared {
  std::string_view name;
  Spread SetupSummary::*figure;
  double by = 1;
};
constexpr std::array<Compared, 4> kCompared{{{"frames/s", &SetupSummary::frames_per_second},
                                             {"CPU ms/frame", &SetupSummary::cpu_ms_per_frame},
                                             {"p50 ms", &SetupSummary::latency_p50_ms},
                                             {"p99 ms", &SetupSummary::latency_p99_ms}}};

Table comparison_table(const Compared& compared, const std::vector<SetupSummary>& a,
                       const std::vector<SetupSummary>& b) {
  const auto shown = [&](const SetupSummary& row) {
    const Spread& spread = row.*compared.figure;
    return Spread{spread.median / compared.by, spread.least / compared.by, spread.most / compared.by};
  };
  std::vector<Row> table{{std::string(compared.name), "A", "B", "B - A", "B / A", "apart"}};
  for (const SetupSummary& row : a) {
    const SetupSummary* other = find(b, row.name);
    if (other == nullptr) continue;
    const Spread left = shown(row);
    const Spread right = shown(*other);
    const bool apart = left.most < right.least || right.most < left.least;
    table.push_back(
        {row.name, with_range(left), with_range(right), fmt::format("{:+.1f}", right.median - left.median),
         left.median > 0 ? fmt::format("{:.3f}", right.median / left.median) : "-", apart ? "yes" : "no"});
  }
  return {.rows = std::move(table)};
}

std::vector<std::string> heading_of(std::string_view label, const Experiment& experiment) {
  const Environment& where = experiment.environment;
  return {fmt::format("{}: {}; {}, weir {} {}", label, what_was_run(experiment), where.date,
                      where.weir_version, where.commit),
          fmt::format("{}: {}", label, how_it_was_run(experiment))};
}

}  // namespace

Account account_of(const Experiment& experiment) {
  const std::vector<SetupSummary> rows = summarise(experiment);
  const MemoryMeasure measure = measure_of(experiment);
  Account account{.heading = {what_was_run(experiment), how_it_was_run(experiment)},
                  .failures = failures_of(experiment)};
  if (rows.empty()) return account;
  if (experiment.kind == Kind::kSharing) {
    account.tables = {sharing_memory(rows, measure), sharing_throughput(rows)};
  } else {
    account.tables = {engine_table(rows, measure)};
    account.notes = growth_notes(rows);
  }
  if (measure != MemoryMeasure::kNone) account.tables.push_back(ledger_table(rows, measure));
  if (experiment.kind == Kind::kSharing) account.tables.push_back(published_table());
  for (std::string& note : memory_notes(measure)) account.notes.push_back(std::move(note));
  account.notes.push_back(harness_note(rows));
  return account;
}

Account account_of(const Experiment& a, const Experiment& b) {
  Account account{.heading = heading_of("A", a)};
  for (std::string& line : heading_of("B", b)) account.heading.push_back(std::move(line));
  const std::vector<SetupSummary> rows_a = summarise(a);
  const std::vector<SetupSummary> rows_b = summarise(b);
  const bool has_common =
      std::ranges::any_of(rows_a, [&](const SetupSummary& row) { return find(rows_b, row.name) != nullptr; });
  if (!has_common) {
    account.notes = {"A and B have no set-up in common that was measured"};
  } else {
    const MemoryMeasure measure = measure_of(a);
    if (measure == measure_of(b) && measure != MemoryMeasure::kNone) {
      const std::string head = memory_head(measure);
      account.tables.push_back(comparison_table({head, &SetupSummary::memory_bytes, 1e6}, rows_a, rows_b));
    } else {
      account.notes.emplace_back("memory is not compared: it was not measured alike in A and B");
    }
    for (const Compared& compared : kCompared) {
      account.tables.push_back(comparison_table(compared, rows_a, rows_b));
    }
    account.notes.emplace_back(
        "apart: all repeats of one lie beyond all of the other; they were not measured in turn");
  }
  for (const auto& [label, experiment] : {std::pair("A, ", &a), std::pair("B, ", &b)}) {
    for (const std::string& failure : failures_of(*experiment)) account.failures.push_back(label + failure);
  }
  return account;
}

}  // namespace weir::lab
