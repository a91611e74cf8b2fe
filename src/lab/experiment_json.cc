// SPDX-License-Identifier: Apache-2.0
#include "lab/experiment_json.h"

#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "lab/analysis.h"
#include "lab/published.h"

namespace weir::lab {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr int kFormat = 1;  ///< raised when a reader of old files would go wrong

double rounded(double value) {
  return std::round(value * 1e4) / 1e4;
}

/// null where there is nothing.
template <class T>
ordered_json or_null(const std::optional<T>& value) {
  return value ? ordered_json(*value) : ordered_json();
}

/// Of an object; nothing where it is null or absent.
std::optional<int64_t> bytes_from(const json& in, const char* key) {
  const auto found = in.find(key);
  return found == in.end() || found->is_null() ? std::nullopt : std::optional(found->get<int64_t>());
}

ordered_json to_json(MemoryMeasure measure) {
  return measure == MemoryMeasure::kNone ? ordered_json() : ordered_json(to_string(measure));
}

/// Files from before there was more than one measure don't name it.
MemoryMeasure measure_from(const json& in) {
  const auto found = in.find("measure");
  if (found == in.end()) return MemoryMeasure::kPss;
  if (found->is_null()) return MemoryMeasure::kNone;
  for (const MemoryMeasure measure : {MemoryMeasure::kPss, MemoryMeasure::kRss}) {
    if (*found == to_string(measure)) return measure;
  }
  throw std::invalid_argument(fmt::format("unknown measure {}", found->dump()));
}

ordered_json to_json(const Sample& sample) {
  ordered_json out{{"seconds", rounded(sample.seconds)},
                   {"rss_bytes", sample.rss_bytes},
                   {"system_bytes", or_null(sample.system_bytes)}};
  if (sample.pss_bytes) out["pss_bytes"] = *sample.pss_bytes;
  if (sample.uss_bytes) out["uss_bytes"] = *sample.uss_bytes;
  return out;
}

Sample sample_from(const json& in) {
  return {.seconds = in.at("seconds"),
          .rss_bytes = in.at("rss_bytes"),
          .system_bytes = bytes_from(in, "system_bytes"),
          .pss_bytes = bytes_from(in, "pss_bytes"),
          .uss_bytes = bytes_from(in, "uss_bytes")};
}

ordered_json to_json(const std::vector<LedgerEntry>& ledger) {
  ordered_json out = ordered_json::array();
  for (const LedgerEntry& entry : ledger) {
    out.push_back({{"kind", to_string(entry.kind)}, {"owner", entry.owner}, {"bytes", entry.bytes}});
  }
  return out;
}

std::vector<LedgerEntry> ledger_from(const json& in) {
  std::vector<LedgerEntry> ledger;
  for (const json& entry : in) {
    const std::string& kind = entry.at("kind").get_ref<const std::string&>();
    ledger.push_back({memory_kind(kind), entry.at("owner"), entry.at("bytes")});
  }
  return ledger;
}

ordered_json to_json(const StreamFigures& stream) {
  return {{"name", stream.name},
          {"inferred", stream.inferred},
          {"dropped", stream.dropped},
          {"frames_per_second", stream.frames_per_second},
          {"latency_p50_ms", stream.latency_p50_ms},
          {"latency_p99_ms", stream.latency_p99_ms}};
}

StreamFigures stream_from(const json& in) {
  return {.name = in.at("name"),
          .inferred = in.at("inferred"),
          .dropped = in.at("dropped"),
          .frames_per_second = in.at("frames_per_second"),
          .latency_p50_ms = in.at("latency_p50_ms"),
          .latency_p99_ms = in.at("latency_p99_ms")};
}

std::string ledger_key(MemoryMeasure measure) {
  return measure == MemoryMeasure::kPss ? "ledger_pss_bytes" : "ledger_rss_bytes";
}

ordered_json to_json(const ChildFigures& figures) {
  ordered_json out{{"backend", figures.backend},
                   {"backend_version", figures.backend_version},
                   {"device", figures.device},
                   {"precision", figures.precision},
                   {"input_size", figures.input_size},
                   {"models_loaded", figures.models_loaded},
                   {"contexts", figures.contexts},
                   {"cores", figures.cores},
                   {"wall_seconds", figures.wall_seconds},
                   {"frames_per_second", figures.frames_per_second},
                   {"cpu_ms_per_frame", figures.cpu_ms_per_frame},
                   {"measure", to_json(figures.measure)},
                   {"ledger", to_json(figures.ledger)},
                   {"ledger_pss_bytes", nullptr},
                   {"streams", ordered_json::array()}};
  if (figures.measure != MemoryMeasure::kNone) out[ledger_key(figures.measure)] = figures.ledger_bytes;
  for (const StreamFigures& stream : figures.streams) out["streams"].push_back(to_json(stream));
  return out;
}

/// What an experiment's file and a run's summary have in common.
ChildFigures common_figures_from(const json& in) {
  return {.backend = in.at("backend"),
          .backend_version = in.at("backend_version"),
          .device = in.at("device"),
          .precision = in.at("precision"),
          .input_size = in.at("input_size"),
          .models_loaded = in.at("models_loaded"),
          .contexts = in.at("contexts"),
          .cores = in.at("cores"),
          .wall_seconds = in.at("wall_seconds"),
          .frames_per_second = in.at("frames_per_second"),
          .cpu_ms_per_frame = in.at("cpu_ms_per_frame")};
}

ChildFigures figures_from(const json& in) {
  ChildFigures figures = common_figures_from(in);
  figures.ledger = ledger_from(in.at("ledger"));
  figures.measure = measure_from(in);
  if (figures.measure != MemoryMeasure::kNone) figures.ledger_bytes = in.at(ledger_key(figures.measure));
  for (const json& stream : in.at("streams")) figures.streams.push_back(stream_from(stream));
  return figures;
}

ordered_json to_json(const Repeat& repeat) {
  ordered_json out{{"repeat", repeat.number},
                   {"measured_from_seconds", rounded(repeat.measured_from_seconds)},
                   {"measured_to_seconds", rounded(repeat.measured_to_seconds)},
                   {"peak_rss_bytes", or_null(repeat.peak_rss_bytes)},
                   {"harness_cpu_ratio", rounded(repeat.harness_cpu_ratio)},
                   {"child", to_json(repeat.figures)},
                   {"samples", ordered_json::array()}};
  for (const Sample& sample : repeat.samples) out["samples"].push_back(to_json(sample));
  return out;
}

Repeat repeat_from(const json& in) {
  Repeat repeat{.number = in.at("repeat"),
                .measured_from_seconds = in.at("measured_from_seconds"),
                .measured_to_seconds = in.at("measured_to_seconds"),
                .peak_rss_bytes = bytes_from(in, "peak_rss_bytes"),
                .harness_cpu_ratio = in.at("harness_cpu_ratio"),
                .figures = figures_from(in.at("child"))};
  for (const json& sample : in.at("samples")) repeat.samples.push_back(sample_from(sample));
  return repeat;
}

ordered_json to_json(const Spread& spread) {
  return {
      {"median", rounded(spread.median)}, {"least", rounded(spread.least)}, {"most", rounded(spread.most)}};
}

ordered_json to_json(const std::optional<Spread>& spread) {
  return spread ? to_json(*spread) : ordered_json();
}

ordered_json median_bytes(const std::optional<Spread>& spread) {
  return spread ? ordered_json(std::llround(spread->median)) : ordered_json();
}

/// If it was measured by that.
std::optional<Spread> memory_by(MemoryMeasure measure, const SetupSummary& summary) {
  return summary.measure == measure ? std::optional(summary.memory_bytes) : std::nullopt;
}

ordered_json to_json(const Comparison& comparison) {
  ordered_json out{{"ratio", rounded(comparison.ratio)}};
  if (comparison.low && comparison.high) {
    out["low"] = rounded(*comparison.low);
    out["high"] = rounded(*comparison.high);
    out["beyond_noise"] = comparison.beyond_noise();
  }
  return out;
}

/// What follows from the repeats: medians under the names of the figures, then more.
void add_summary(const SetupSummary& summary, ordered_json& out) {
  out["models_loaded"] = summary.models_loaded;
  out["contexts"] = summary.contexts;
  out["streams"] = summary.streams;
  const std::optional<Spread> pss_bytes = memory_by(MemoryMeasure::kPss, summary);
  const std::optional<Spread> rss_bytes = memory_by(MemoryMeasure::kRss, summary);
  out["measure"] = to_json(summary.measure);
  out["pss_bytes"] = median_bytes(pss_bytes);
  out["rss_bytes"] = median_bytes(rss_bytes ? rss_bytes : summary.rss_bytes);
  out["uss_bytes"] = median_bytes(summary.uss_bytes);
  out["system_bytes"] = median_bytes(summary.system_bytes);
  out["frames_per_second"] = rounded(summary.frames_per_second.median);
  out["cpu_ms_per_frame"] = rounded(summary.cpu_ms_per_frame.median);
  if (summary.saved_ratio) out["saved_ratio"] = rounded(*summary.saved_ratio);
  if (summary.foretold_saved_ratio) out["foretold_saved_ratio"] = rounded(*summary.foretold_saved_ratio);
  if (summary.memory_against_base) {
    out[pss_bytes ? "pss_against_base" : "rss_against_base"] = to_json(*summary.memory_against_base);
  }
  if (summary.fps_against_base) out["frames_per_second_against_base"] = to_json(*summary.fps_against_base);
  for (const KindBytes& entry : summary.ledger) out["ledger"][to_string(entry.kind)] = entry.bytes;
  out["unexplained_ratio"] =
      summary.unexplained_ratio ? ordered_json(rounded(*summary.unexplained_ratio)) : ordered_json();
  out["harness_cpu_ratio"] = rounded(summary.harness_cpu_ratio);
  out["spread"] = {{"pss_bytes", to_json(pss_bytes)},
                   {"uss_bytes", to_json(summary.uss_bytes)},
                   {"rss_bytes", to_json(rss_bytes ? rss_bytes : summary.rss_bytes)},
                   {"peak_rss_bytes", to_json(summary.peak_rss_bytes)},
                   {"system_bytes", to_json(summary.system_bytes)},
                   {"frames_per_second", to_json(summary.frames_per_second)},
                   {"cpu_ms_per_frame", to_json(summary.cpu_ms_per_frame)},
                   {"latency_p50_ms", to_json(summary.latency_p50_ms)},
                   {"latency_p99_ms", to_json(summary.latency_p99_ms)},
                   {"dropped", to_json(summary.dropped)}};
}

ordered_json to_json(const SetupRuns& setup, const SetupSummary* summary) {
  ordered_json out{{"name", setup.name}, {"arguments", setup.arguments}};
  if (summary != nullptr) add_summary(*summary, out);
  out["failures"] = ordered_json::array();
  for (const Failure& failure : setup.failures) {
    out["failures"].push_back({{"repeat", failure.repeat}, {"message", failure.message}});
  }
  out["repeats"] = ordered_json::array();
  for (const Repeat& repeat : setup.repeats) out["repeats"].push_back(to_json(repeat));
  return out;
}

SetupRuns setup_from(const json& in) {
  SetupRuns setup{.name = in.at("name"), .arguments = in.at("arguments")};
  for (const json& repeat : in.at("repeats")) setup.repeats.push_back(repeat_from(repeat));
  for (const json& failure : in.at("failures")) {
    setup.failures.push_back({failure.at("repeat"), failure.at("message")});
  }
  return setup;
}

ordered_json to_json(const Environment& environment) {
  ordered_json out{{"date", environment.date},     {"weir_version", environment.weir_version},
                   {"commit", environment.commit}, {"cpu", environment.cpu},
                   {"cores", environment.cores},   {"memory_bytes", or_null(environment.memory_bytes)},
                   {"kernel", environment.kernel}, {"models", ordered_json::array()}};
  for (const ModelFile& model : environment.models) {
    out["models"].push_back({{"path", model.path}, {"hash", model.hash}});
  }
  return out;
}

Environment environment_from(const json& in) {
  Environment environment{.date = in.at("date"),
                          .weir_version = in.at("weir_version"),
                          .commit = in.at("commit"),
                          .cpu = in.at("cpu"),
                          .cores = in.at("cores"),
                          .memory_bytes = bytes_from(in, "memory_bytes"),
                          .kernel = in.at("kernel")};
  for (const json& model : in.at("models"))
    environment.models.push_back({model.at("path"), model.at("hash")});
  return environment;
}

ordered_json to_json(const Protocol& protocol) {
  return {{"command", protocol.command},
          {"streams", protocol.streams},
          {"contexts_per_stream", protocol.contexts_per_stream},
          {"repeats", protocol.repeats},
          {"warmup_seconds", protocol.warmup_seconds},
          {"duration_seconds", protocol.duration_seconds},
          {"pace", protocol.pace},
          {"inputs", protocol.inputs}};
}

Protocol protocol_from(const json& in) {
  return {.command = in.value("command", ""),
          .streams = in.at("streams"),
          .contexts_per_stream = in.at("contexts_per_stream"),
          .repeats = in.at("repeats"),
          .warmup_seconds = in.at("warmup_seconds"),
          .duration_seconds = in.at("duration_seconds"),
          .pace = in.at("pace"),
          .inputs = in.at("inputs")};
}

ordered_json published() {
  ordered_json out{{"machine", kPublishedMachine}, {"setups", ordered_json::array()}};
  for (const PublishedRow& row : kPublished) {
    out["setups"].push_back({{"name", row.setup},
                             {"models_loaded", row.models_loaded},
                             {"contexts", row.contexts},
                             {"application_mb", row.application_mb},
                             {"system_mb", row.system_mb},
                             {"saved_ratio", rounded(row.saved_percent / 100)}});
  }
  return out;
}

Kind kind_from(const std::string& name) {
  for (const Kind kind : {Kind::kSharing, Kind::kEngine}) {
    if (to_string(kind) == name) return kind;
  }
  throw std::invalid_argument(fmt::format("unknown kind '{}'", name));
}

Experiment experiment_from(const json& in) {
  if (!in.is_object()) throw std::invalid_argument("no JSON object in it");
  if (in.value("weir_lab", 0) != kFormat) throw std::invalid_argument("no \"weir_lab\": 1 in it");
  Experiment experiment{.kind = kind_from(in.at("kind")),
                        .environment = environment_from(in.at("environment")),
                        .protocol = protocol_from(in.at("protocol")),
                        .interrupted = in.at("interrupted")};
  for (const json& setup : in.at("setups")) experiment.setups.push_back(setup_from(setup));
  return experiment;
}

}  // namespace

std::string_view to_string(Kind kind) {
  return kind == Kind::kSharing ? "sharing" : "engine";
}

ordered_json to_json(const Experiment& experiment) {
  ordered_json out{{"weir_lab", kFormat},
                   {"kind", to_string(experiment.kind)},
                   {"environment", to_json(experiment.environment)},
                   {"protocol", to_json(experiment.protocol)},
                   {"interrupted", experiment.interrupted},
                   {"setups", ordered_json::array()}};
  const std::vector<SetupSummary> summaries = summarise(experiment);
  for (const SetupRuns& setup : experiment.setups)
    out["setups"].push_back(to_json(setup, find(summaries, setup.name)));
  if (experiment.kind == Kind::kSharing) out["published"] = published();
  if (const std::optional<Growth> growth = growth_per_stream(summaries);
      growth && experiment.kind == Kind::kEngine) {
    const bool is_pss = growth->measure == MemoryMeasure::kPss;
    out["growth_per_stream"][is_pss ? "pss_bytes" : "rss_bytes"] = std::llround(growth->memory_bytes);
    for (const KindBytes& entry : growth->ledger)
      out["growth_per_stream"]["ledger"][to_string(entry.kind)] = entry.bytes;
  }
  return out;
}

Result<Experiment> parse_experiment(std::string_view text, const std::string& where) {
  try {
    return experiment_from(json::parse(text));
  } catch (const std::exception& error) {
    return Error{ErrorCode::kInvalidArgument,
                 fmt::format("'{}' is not what weir bench --json writes: {}", where, error.what())};
  }
}

Result<ChildSummary> parse_child_summary(std::string_view text) {
  try {
    const json in = json::parse(text);
    ChildFigures figures = common_figures_from(in);
    const json& memory = in.at("memory");
    figures.measure = measure_from(memory);
    figures.ledger = ledger_from(memory.at("ledger"));
    if (figures.measure == MemoryMeasure::kPss) figures.ledger_bytes = memory.at("ledger_pss_bytes");
    if (figures.measure == MemoryMeasure::kRss) figures.ledger_bytes = memory.at("rss_bytes");
    for (const json& stream : in.at("streams")) {
      StreamFigures& added =
          figures.streams.emplace_back(StreamFigures{.name = stream.at("name"),
                                                     .inferred = stream.at("inferred"),
                                                     .frames_per_second = stream.at("frames_per_second"),
                                                     .latency_p50_ms = stream.at("latency_ms").at("p50"),
                                                     .latency_p99_ms = stream.at("latency_ms").at("p99")});
      for (const auto& [reason, count] : stream.at("dropped").items()) added.dropped += count.get<int64_t>();
    }
    return ChildSummary{std::move(figures), in.at("measured_from_seconds")};
  } catch (const std::exception& error) {
    return Error{ErrorCode::kInternal, fmt::format("the summary is not as expected: {}", error.what())};
  }
}

}  // namespace weir::lab
