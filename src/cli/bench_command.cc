// SPDX-License-Identifier: Apache-2.0
// `weir bench`: what sharing saves, and what the engine costs, measured on `weir run` itself.
#include <algorithm>
#include <memory>
#include <set>

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <nlohmann/json.hpp>

#include "cli/bench_outputs.h"
#include "cli/commands.h"
#include "cli/default_model.h"
#include "cli/output_check.h"
#include "cli/parse.h"
#include "cli/stop_signals.h"
#include "infer/model_store.h"
#include "lab/analysis.h"
#include "lab/run/back_to_back.h"
#include "lab/run/environment.h"
#include "lab/run/measure.h"
#include "lab/run/setups.h"
#include "lab/run/street_inputs.h"
#include "sources/source.h"

namespace weir::cli {
namespace {

/// The words of the command line that `bench sharing` and `bench engine` share.
struct BenchOptions : BenchOutputs {
  std::string warmup;
  std::string duration;
};

void add_common_options(CLI::App& app, lab::CommonOptions& o, BenchOptions& words) {
  app.add_option("--inputs", o.inputs,
                 "Video files, taken in turn where there are fewer than streams; default: four\n"
                 "rendered 1080p30 streets, made once and kept")
      ->type_name("FILE...");
  takes_one_a_time(
      app.add_option("--model", o.models, "ONNX, OpenVINO IR (.xml) or .rknn; default: weir's own detector")
          ->type_name("PATH"));
  takes_one_a_time(
      app.add_option("--labels", o.labels, "Class names, one a line; default: the model's own, or COCO's 80")
          ->type_name("FILE"));
  app.add_option("--backend", o.backend, "auto, openvino, rknn or fake")
      ->type_name("NAME")
      ->capture_default_str();
  app.add_option("--rknn-lib", o.rknn_library,
                 "librknnrt.so for --backend rknn; default: what WEIR_RKNN_LIBRARY names, or the system's")
      ->type_name("PATH");
  app.add_option("--pace", o.pace, "max: as fast as it goes; realtime: as a camera would")
      ->type_name("PACE")
      ->capture_default_str();
  app.add_option("--warmup", words.warmup, "Of each run, after loading: not measured")
      ->type_name("TIME")
      ->capture_default_str();
  app.add_option("--duration", words.duration, "Of each run, after the warm-up: measured")
      ->type_name("TIME")
      ->capture_default_str();
  app.add_option("--repeats", o.repeats, "Runs of each set-up, each in a fresh process")
      ->type_name("N")
      ->capture_default_str();
  app.add_option("--json", words.json, "Every raw value, with what follows from it")->type_name("FILE.json");
  app.add_option("--csv", words.csv, "A line for each run")->type_name("FILE.csv");
  add_output_options(app, words);
}

/// Translates what is left of the words; the default model where none was named.
Status complete(const BenchOptions& words, lab::CommonOptions& common) {
  if (common.models.empty()) common.models = {default_model()};
  if (common.models.front().empty()) {
    return Error{ErrorCode::kInvalidArgument, "no model: name one with --model PATH (ONNX or OpenVINO IR)"};
  }
  WEIR_ASSIGN_OR_RETURN(common.warmup, parse_duration("--warmup", words.warmup));
  WEIR_ASSIGN_OR_RETURN(common.duration, parse_duration("--duration", words.duration));
  return {};
}

Status check_outputs(const BenchOptions& words, const lab::CommonOptions& common) {
  std::vector<std::string> read;
  for (const std::string& input : common.inputs) read.push_back(file_of(input).value_or(""));
  for (const std::string& model : common.models) {
    for (std::string& file : files_of_model(model)) read.push_back(std::move(file));
  }
  read.insert(read.end(), common.labels.begin(), common.labels.end());
  return check_writable(words, read);
}

/// What the children would say one by one. Errors: kNotFound, kInvalidArgument.
Status check_readable(const lab::CommonOptions& common) {
  const std::set<std::string> inputs(common.inputs.begin(), common.inputs.end());
  for (const std::string& input : inputs) {
    if (auto source = open_source(input); !source) return source.error();
  }
  const std::set<std::string> models(common.models.begin(), common.models.end());
  for (const std::string& model : models) {
    if (auto hash = content_hash(model); !hash) return hash.error();
  }
  return {};
}

/// "2 min 05 s"
std::string time_text(double seconds) {
  const int whole = static_cast<int>(seconds + 0.5);
  return whole < 60 ? fmt::format("{} s", whole) : fmt::format("{} min {:02} s", whole / 60, whole % 60);
}

/// "174.6 MB", and what else it is than PSS.
std::string memory_text(const lab::RepeatSummary& summary) {
  if (summary.measure == MemoryMeasure::kNone) return "memory not measured";
  return fmt::format("{:.1f} MB{}", lab::megabytes(summary.memory_bytes),
                     summary.measure == MemoryMeasure::kRss ? " RSS" : "");
}

lab::Watcher watcher_on(Console& console) {
  return {.running =
              [&console](const lab::Progress& now) {
                if (!console.is_live()) return;
                console.show_status({fmt::format("{}, repeat {} of {}; about {} left", now.setup, now.repeat,
                                                 now.repeats, time_text(now.seconds_left))});
              },
          .measured =
              [](const lab::SetupRuns& setup, const lab::Repeat& repeat) {
                spdlog::info(fmt::format("{}, repeat {}: {}, {:.1f} frames/s", setup.name, repeat.number,
                                         memory_text(summarise(repeat)), repeat.figures.frames_per_second));
              },
          .failed =
              [last = std::string()](const lab::SetupRuns& setup, const lab::Failure& failure) mutable {
                const std::string_view said =
                    failure.message == last ? "the same" : std::string_view(failure.message);
                spdlog::error(fmt::format("{}, repeat {}: {}", setup.name, failure.repeat, said));
                last = failure.message;
              }};
}

/// The streets of that size, with word of it where they have to be made first.
Result<std::vector<std::string>> streets(int width_px, int height_px, const std::stop_token& stop,
                                         Console& console) {
  std::string told;
  const auto making = [&](std::string_view path, double done) {
    if (told != path) spdlog::info(fmt::format("making '{}', once", path));
    told = path;
    if (console.is_live()) console.show_status({fmt::format("making it: {:.0f} %", done * 100)});
  };
  auto paths = lab::street_inputs(lab::cache_folder(), width_px, height_px, stop, making);
  console.clear_status();
  return paths;
}

/// 1: a run failed; 2: no set-up can run with what was given.
int exit_code(const lab::Experiment& experiment) {
  const auto failed = [](const lab::SetupRuns& setup) { return !setup.failures.empty(); };
  const auto can_not_run = [](const lab::SetupRuns& setup) {
    return setup.repeats.empty() && !setup.failures.empty() && setup.failures.front().is_usage;
  };
  if (std::ranges::none_of(experiment.setups, failed)) return kSuccess;
  return std::ranges::all_of(experiment.setups, can_not_run) ? kUsage : kFailure;
}

int measure_and_show(const BenchOptions& words, lab::Experiment experiment, const lab::CommonOptions& common,
                     const StopSignals& signals, Console& console) {
  experiment.environment = lab::this_environment(common.models);
  experiment.protocol.command = lab::this_command();
  const Status measured = lab::measure(experiment, signals.token(), watcher_on(console));
  console.clear_status();
  const Status written = write_outputs(words, experiment);
  if (!measured) return report_error(measured.error());
  if (!written) return report_error(written.error());
  if (signals.received() != 0) return kSignalled + signals.received();
  return exit_code(experiment);
}

/// Of an error before anything was measured.
int give_up(const Error& error, const StopSignals& signals) {
  const int code = report_error(error);
  return signals.received() != 0 ? kSignalled + signals.received() : code;
}

constexpr const char* kWhenStopped = "what was measured is shown";

/// Of bench sharing and bench engine.
template <class Options>
struct Words : BenchOptions {
  Options options;
};

/// Everything that can be told before minutes of measuring. Errors: kNotFound, kInvalidArgument.
template <class Options>
Status prepare(Words<Options>& words) {
  lab::CommonOptions& common = words.options.common;
  WEIR_RETURN_IF_ERROR(complete(words, common));
  WEIR_RETURN_IF_ERROR(words.options.validate());
  WEIR_RETURN_IF_ERROR(check_outputs(words, common));
  return check_readable(common);
}

/// The default inputs, where none were named.
Status choose_inputs(lab::CommonOptions& common, const std::stop_token& stop, Console& console) {
  if (common.inputs.empty()) {
    WEIR_ASSIGN_OR_RETURN(common.inputs, streets(1920, 1080, stop, console));
  }
  return {};
}

/// Streets of the first input's shape, so that the model runs at the same size.
Result<std::vector<std::string>> small_streets(const std::string& input, const std::stop_token& stop,
                                               Console& console) {
  WEIR_ASSIGN_OR_RETURN(const std::unique_ptr<Source> source, open_source(input));
  const InputSize size = lab::small_size_like(source->info().width_px, source->info().height_px);
  return streets(size.width_px, size.height_px, stop, console);
}

using SharingWords = Words<lab::SharingOptions>;

int run_sharing(SharingWords words, Console& console) {
  log_to(console, words.quiet);
  const StopSignals signals(kWhenStopped);
  if (const Status status = prepare(words); !status) return give_up(status.error(), signals);
  lab::CommonOptions& common = words.options.common;
  const Status chosen = choose_inputs(common, signals.token(), console);
  if (!chosen) return give_up(chosen.error(), signals);
  return measure_and_show(words, lab::plan(words.options), common, signals, console);
}

using EngineWords = Words<lab::EngineOptions>;

int run_engine(EngineWords words, Console& console) {
  log_to(console, words.quiet);
  const StopSignals signals(kWhenStopped);
  if (const Status status = prepare(words); !status) return give_up(status.error(), signals);
  lab::CommonOptions& common = words.options.common;
  const Status chosen = choose_inputs(common, signals.token(), console);
  if (!chosen) return give_up(chosen.error(), signals);
  auto small = small_streets(common.inputs.front(), signals.token(), console);
  if (!small) return give_up(small.error(), signals);
  words.options.small_inputs = *std::move(small);
  return measure_and_show(words, lab::plan(words.options), common, signals, console);
}

struct RawWords {
  lab::BackToBackConfig config;
  std::string warmup;
  std::string duration;
  std::string summary;
  bool quiet = false;
};

Status run_raw(RawWords words, const std::stop_token& stop) {
  WEIR_ASSIGN_OR_RETURN(words.config.duration, parse_duration("--duration", words.duration));
  if (!words.warmup.empty()) {
    WEIR_ASSIGN_OR_RETURN(words.config.warmup, parse_duration("--warmup", words.warmup));
  }
  WEIR_ASSIGN_OR_RETURN(const RunReport report, lab::run_back_to_back(words.config, stop));
  return write_file(words.summary,
                    to_json(report).dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
}

void add_sharing(CLI::App& bench, Command& chosen) {
  const auto words = std::make_shared<SharingWords>();
  words->warmup = lab::seconds_text(words->options.common.warmup);
  words->duration = lab::seconds_text(words->options.common.duration);
  CLI::App* app =
      bench.add_subcommand("sharing", "What sharing one copy of the model saves, and what it costs");
  app->add_option("--streams", words->options.streams, "How many")->type_name("N")->capture_default_str();
  app->add_option("--contexts", words->options.contexts_per_stream,
                  "Of each stream; pool has one per core instead")
      ->type_name("K")
      ->capture_default_str();
  app->add_option("--setups", words->options.setups,
                  "none: a model for each context; stream: one for each stream; all: one\n"
                  "for all; pool: one, with as many contexts as cores")
      ->type_name("NAME,...")
      ->delimiter(',')
      ->capture_default_str();
  add_common_options(*app, words->options.common, *words);
  app->footer(
      "Several --model, one for each stream: all then shares what is identical.\n"
      "docs/measuring.md says what each figure is.\n\n"
      "Examples:\n"
      "  weir bench sharing\n"
      "  weir bench sharing --inputs a.mp4 b.mp4 --model m.onnx --setups none,all --json out.json\n\n"
      "Exit codes: 0 all runs went well; 1 a run failed; 2 an option or file can't be used;\n"
      "129, 130 or 143 stopped by a closed terminal, Ctrl-C or SIGTERM, with what was measured\n"
      "until then.");
  app->callback(
      [words, &chosen] { chosen = [words](Console& console) { return run_sharing(*words, console); }; });
}

void add_engine(CLI::App& bench, Command& chosen) {
  const auto words = std::make_shared<EngineWords>();
  words->warmup = lab::seconds_text(words->options.common.warmup);
  words->duration = lab::seconds_text(words->options.common.duration);
  CLI::App* app =
      bench.add_subcommand("engine", "How near the engine comes to the model alone, and what a stream adds");
  app->add_option("--streams", words->options.streams, "Numbers of streams to run")
      ->type_name("N,...")
      ->delimiter(',')
      ->capture_default_str();
  add_common_options(*app, words->options.common, *words);
  app->footer(
      "back to back: the compiled model on all cores and nothing else. small pictures: weir run with\n"
      "four streams that cost next to nothing to decode. Then 1080p streams, more and more.\n\n"
      "Exit codes: as weir bench sharing.");
  app->callback(
      [words, &chosen] { chosen = [words](Console& console) { return run_engine(*words, console); }; });
}

/// What `bench engine` runs as a child; not for people, so not in the help.
void add_raw(CLI::App& bench, Command& chosen) {
  const auto words = std::make_shared<RawWords>();
  CLI::App* app = bench.add_subcommand("raw", "A compiled model driven back to back")->group("");
  app->add_option("INPUT", words->config.input)->required();
  app->add_option("--model", words->config.model)->required();
  app->add_option("--labels", words->config.labels);
  app->add_option("--backend", words->config.backend);
  app->add_option("--rknn-lib", words->config.rknn_library);
  app->add_option("--warmup", words->warmup);
  app->add_option("--duration", words->duration)->required();
  app->add_option("--summary", words->summary)->required();
  app->add_flag("-q,--quiet", words->quiet);
  app->callback([words, &chosen] {
    chosen = [words](Console& console) -> int {
      log_to(console, words->quiet);
      const StopSignals signals;
      const Status status = run_raw(*words, signals.token());
      return status ? static_cast<int>(kSuccess) : report_error(status.error());
    };
  });
}

}  // namespace

void add_bench_command(CLI::App& app, Command& chosen) {
  CLI::App* bench = app.add_subcommand("bench", "Measure: what sharing saves, what the engine costs");
  bench->require_subcommand(1);
  add_sharing(*bench, chosen);
  add_engine(*bench, chosen);
  add_bench_report_command(*bench, chosen);
  add_raw(*bench, chosen);
}

}  // namespace weir::cli
