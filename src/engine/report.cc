// SPDX-License-Identifier: Apache-2.0
#include "engine/report.h"

#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace weir {
namespace {

using nlohmann::ordered_json;

double seconds(std::chrono::nanoseconds time) {
  return std::chrono::duration<double>(time).count();
}

double rounded(double value) {
  return std::round(value * 1000.0) / 1000.0;
}

ordered_json messages(const std::vector<Error>& errors) {
  ordered_json list = ordered_json::array();
  for (const Error& error : errors) list.push_back(error.message);
  return list;
}

ordered_json to_json(const StreamReport& stream) {
  ordered_json json{{"name", stream.name}, {"input", stream.input}};
  if (!stream.description.empty()) json["source"] = stream.description;
  const StreamStatistics& statistics = stream.statistics;
  json["decoded"] = statistics.decoded;
  json["inferred"] = statistics.inferred;
  json["measured"] = statistics.measured;
  json["failed"] = statistics.failed;
  json["dropped"] = ordered_json::object();
  for (const auto& [reason, count] : statistics.dropped) json["dropped"][reason] = count;
  json["frames_per_second"] = rounded(statistics.frames_per_second());
  json["latency_ms"] = {{"p50", rounded(statistics.latency.percentile_ms(0.5))},
                        {"p99", rounded(statistics.latency.percentile_ms(0.99))}};
  if (!stream.not_written.empty()) json["not_written"] = stream.not_written;
  if (!stream.problems.empty()) json["problems"] = messages(stream.problems);
  return json;
}

/// What can't be told is null; a figure has the name of its measure.
ordered_json to_json(const MemoryReport& memory) {
  const auto number_if = [](bool known, int64_t bytes) {
    return known ? ordered_json(bytes) : ordered_json();
  };
  const bool is_pss = memory.measure == MemoryMeasure::kPss;
  const bool is_measured = memory.measure != MemoryMeasure::kNone;
  ordered_json json{{"measure", is_measured ? ordered_json(to_string(memory.measure)) : ordered_json()},
                    {"pss_bytes", number_if(is_pss, memory.bytes)},
                    {"pss_peak_bytes", number_if(is_pss, memory.peak_bytes)},
                    {"ledger_pss_bytes", number_if(is_pss, memory.ledger_bytes)},
                    {"rss_bytes", number_if(is_measured, memory.rss_bytes)},
                    {"uss_bytes", number_if(memory.uss_bytes.has_value(), memory.uss_bytes.value_or(0))}};
  if (memory.measure == MemoryMeasure::kRss) {
    json["rss_steady_bytes"] = memory.bytes;
    json["rss_peak_bytes"] = memory.peak_bytes;
  }
  json["ledger"] = ordered_json::array();
  for (const LedgerEntry& entry : memory.ledger) {
    json["ledger"].push_back(
        {{"kind", to_string(entry.kind)}, {"owner", entry.owner}, {"bytes", entry.bytes}});
  }
  return json;
}

}  // namespace

std::string_view to_string(StreamState state) {
  switch (state) {
    case StreamState::kIdle:
      return "idle";
    case StreamState::kConnecting:
      return "connecting";
    case StreamState::kRunning:
      return "running";
    case StreamState::kDraining:
      return "draining";
    case StreamState::kEnded:
      return "ended";
    case StreamState::kFailed:
      return "failed";
  }
  return "?";
}

StreamStatistics RunReport::totals() const {
  StreamStatistics sum;
  for (const StreamReport& stream : streams) {
    sum.decoded += stream.statistics.decoded;
    sum.inferred += stream.statistics.inferred;
    sum.measured += stream.statistics.measured;
    sum.failed += stream.statistics.failed;
    for (const auto& [reason, count] : stream.statistics.dropped) sum.dropped[reason] += count;
  }
  sum.seconds = seconds(wall_time);
  return sum;
}

double RunReport::frames_per_second() const {
  return totals().frames_per_second();
}

double RunReport::cpu_ms_per_frame() const {
  const int64_t measured = totals().measured;
  return measured > 0 ? seconds(cpu_time) * 1000.0 / static_cast<double>(measured) : 0.0;
}

ordered_json to_json(const RunReport& report) {
  std::string precisions;
  for (const Precision precision : report.precisions)
    precisions += fmt::format("{}{}", precisions.empty() ? "" : ",", to_string(precision));
  std::string sizes;
  for (const InputSize& size : report.input_sizes) {
    sizes += fmt::format("{}{}x{}", sizes.empty() ? "" : ",", size.width_px, size.height_px);
  }
  ordered_json json{{"backend", report.backend},
                    {"backend_version", report.backend_version},
                    {"device", report.device},
                    {"share", report.sharing},
                    {"pace", report.pace},
                    {"when_full", report.when_full},
                    {"precision", precisions},
                    {"input_size", sizes},
                    {"models_loaded", report.models_loaded},
                    {"contexts", report.contexts},
                    {"cores", report.cores},
                    {"interrupted", report.interrupted},
                    {"measured_from_seconds", rounded(seconds(report.measured_from.time_since_epoch()))},
                    {"wall_seconds", rounded(seconds(report.wall_time))},
                    {"cpu_seconds", rounded(seconds(report.cpu_time))},
                    {"frames_per_second", rounded(report.frames_per_second())},
                    {"cpu_ms_per_frame", rounded(report.cpu_ms_per_frame())},
                    {"memory", to_json(report.memory)},
                    {"streams", ordered_json::array()}};
  for (const StreamReport& stream : report.streams) json["streams"].push_back(to_json(stream));
  if (!report.problems.empty()) json["problems"] = messages(report.problems);
  return json;
}

}  // namespace weir
