// SPDX-License-Identifier: Apache-2.0
// `weir run`: streams in, detections out.
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <thread>

#include <unistd.h>

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/interruptible_sleep.h"
#include "cli/commands.h"
#include "cli/default_model.h"
#include "cli/output_check.h"
#include "cli/parse.h"
#include "cli/run_view.h"
#include "cli/stop_signals.h"
#include "engine/run.h"

namespace weir::cli {
namespace {

constexpr std::pair<std::string_view, Precision> kPrecisions[]{{"auto", Precision::kAuto},
                                                               {"f32", Precision::kF32},
                                                               {"bf16", Precision::kBf16},
                                                               {"f16", Precision::kF16}};
constexpr std::pair<std::string_view, Sharing> kSharings[]{
    {"none", Sharing::kNone}, {"stream", Sharing::kStream}, {"all", Sharing::kAll}};
constexpr std::pair<std::string_view, Pace> kPaces[]{{"max", Pace::kMax}, {"realtime", Pace::kRealtime}};
constexpr std::pair<std::string_view, WhenFull> kWhenFulls[]{{"block", WhenFull::kBlock},
                                                             {"drop-oldest", WhenFull::kDropOldest}};

/// The words of the command line, before they mean anything.
struct RunOptions {
  EngineConfig config;  ///< this and the two below take what needs no translation
  ModelConfig model;
  StreamConfig stream;
  std::vector<std::string> inputs;
  std::vector<std::string> models;
  std::vector<std::string> labels;
  std::string precision = "auto";
  std::string input_size = "auto";
  std::string sharing = "all";
  std::string pace = "max";
  std::string when_full;
  std::string duration;
  std::string warmup;
  std::string results;
  std::string annotate;
  std::string summary;
  bool quiet = false;
};

void add_options(CLI::App& run, RunOptions& o) {
  run.add_option("INPUT", o.inputs,
                 "Video or picture files, one stream each: PATH, file:PATH or NAME=PATH;\n"
                 "a rendered street: scene:street?seed=7. The same may be named several times")
      ->required()
      ->type_name("");
  const std::string kModel = "Model";
  takes_one_a_time(run.add_option("--model", o.models,
                                  "ONNX, OpenVINO IR (.xml) or .rknn; once for all, or once for each INPUT;\n"
                                  "default: weir's own detector of people, bicycles, cars and buses")
                       ->type_name("PATH")
                       ->group(kModel));
  takes_one_a_time(
      run.add_option("--labels", o.labels, "Class names, one a line; default: the model's own, or COCO's 80")
          ->type_name("FILE")
          ->group(kModel));
  run.add_option("--backend", o.model.backend, "auto, openvino, rknn or fake")
      ->type_name("NAME")
      ->group(kModel)
      ->capture_default_str();
  run.add_option("--rknn-lib", o.config.rknn_library,
                 "librknnrt.so for --backend rknn; default: what WEIR_RKNN_LIBRARY\nnames, or the system's")
      ->type_name("PATH")
      ->group(kModel);
  run.add_option("--precision", o.precision,
                 "auto, f32, bf16 or f16; auto: the fastest that the CPU has,\n"
                 "or what an .rknn model was made for")
      ->type_name("TYPE")
      ->group(kModel)
      ->capture_default_str();
  run.add_option("--input-size", o.input_size,
                 "auto: the streams' aspect ratio where the model allows it;\nmodel: the model's own; or WxH")
      ->type_name("SIZE")
      ->group(kModel)
      ->capture_default_str();
  run.add_option("--score", o.model.score, "Least score of a detection, 0 to 1")
      ->type_name("X")
      ->group(kModel)
      ->capture_default_str();
  run.add_option("--nms", o.model.nms, "Overlap (IoU) above which two boxes are one object")
      ->type_name("X")
      ->group(kModel)
      ->capture_default_str();

  const std::string kSharingGroup = "Sharing";
  run.add_option("--share", o.sharing,
                 "Who shares one copy of the weights: all contexts, those of\neach stream, or none")
      ->type_name("WHO")
      ->group(kSharingGroup)
      ->capture_default_str();
  run.add_option("--contexts", o.config.contexts,
                 "Contexts that serve all streams of a model; default: one per core")
      ->type_name("N")
      ->group(kSharingGroup);
  run.add_option("--contexts-per-stream", o.config.contexts_per_stream,
                 "Contexts of each stream's own, instead")
      ->type_name("K")
      ->group(kSharingGroup);
  run.add_option("--cores", o.config.cores, "Cores that inference may use; default: all")
      ->type_name("N")
      ->group(kSharingGroup);

  const std::string kFlow = "Flow";
  run.add_option("--pace", o.pace, "max: as fast as it goes; realtime: as a camera would")
      ->type_name("PACE")
      ->group(kFlow)
      ->capture_default_str();
  run.add_option("--when-full", o.when_full,
                 "block: every frame, slower; drop-oldest: the newest frames;\n"
                 "default: block at max pace, drop-oldest at realtime")
      ->type_name("POLICY")
      ->group(kFlow);
  run.add_option("--frames", o.stream.frames, "Stop each stream after N frames")
      ->type_name("N")
      ->group(kFlow);
  run.add_option("--duration", o.duration, "Stop after this time, such as 30s or 5m")
      ->type_name("TIME")
      ->group(kFlow);
  run.add_option("--warmup", o.warmup, "Leave the first TIME out of rate, latency, CPU and memory")
      ->type_name("TIME")
      ->group(kFlow);
  run.add_flag("--loop", o.stream.loop, "Start inputs again at their end")->group(kFlow);

  const std::string kOutput = "Output";
  run.add_option("--results", o.results, "One JSON object a frame; -: standard output")
      ->type_name("FILE.jsonl")
      ->group(kOutput);
  run.add_option("--annotate", o.annotate, "Videos and pictures with the boxes drawn")
      ->type_name("DIR")
      ->group(kOutput);
  run.add_option("--summary", o.summary, "The summary as JSON; -: standard output")
      ->type_name("FILE.json")
      ->group(kOutput);
  run.add_flag("-q,--quiet", o.quiet, "Only errors")->group(kOutput);
}

struct RunSettings {
  EngineConfig engine;
  RunLimits limits;
};

/// The first of them, as the command line calls it.
Status first_of(const std::vector<FieldError>& errors) {
  if (errors.empty()) return {};
  return Error{ErrorCode::kInvalidArgument, errors.front().text(option_name)};
}

Result<std::vector<StreamConfig>> to_streams(const RunOptions& o) {
  StreamConfig common = o.stream;
  WEIR_ASSIGN_OR_RETURN(common.pace, parse_choice<Pace>("--pace", o.pace, kPaces));
  if (!o.when_full.empty()) {
    WEIR_ASSIGN_OR_RETURN(common.when_full, parse_choice<WhenFull>("--when-full", o.when_full, kWhenFulls));
  }
  WEIR_ASSIGN_OR_RETURN(std::vector<StreamConfig> streams, parse_streams(o.inputs));
  for (StreamConfig& stream : streams) {
    common.name = std::move(stream.name);
    common.input = std::move(stream.input);
    stream = common;
  }
  return streams;
}

Result<RunLimits> to_limits(const RunOptions& o) {
  RunLimits limits;
  if (!o.duration.empty()) {
    WEIR_ASSIGN_OR_RETURN(limits.duration, parse_duration("--duration", o.duration));
  }
  if (!o.warmup.empty()) {
    WEIR_ASSIGN_OR_RETURN(limits.warmup, parse_duration("--warmup", o.warmup));
  }
  return limits;
}

Result<RunSettings> to_settings(const RunOptions& o) {
  RunSettings settings{.engine = o.config};
  EngineConfig& engine = settings.engine;
  ModelConfig model = o.model;
  const std::vector<std::string> models = o.models.empty() ? std::vector{default_model()} : o.models;
  if (models.front().empty()) {
    return Error{ErrorCode::kInvalidArgument, "no model: name one with --model PATH (ONNX or OpenVINO IR)"};
  }
  WEIR_ASSIGN_OR_RETURN(model.precision, parse_choice<Precision>("--precision", o.precision, kPrecisions));
  WEIR_ASSIGN_OR_RETURN(model.input_size, parse_input_size("--input-size", o.input_size));
  WEIR_ASSIGN_OR_RETURN(engine.streams, to_streams(o));
  WEIR_ASSIGN_OR_RETURN(engine.models, assign_models(engine.streams, models, o.labels, model));
  WEIR_ASSIGN_OR_RETURN(engine.sharing, parse_choice<Sharing>("--share", o.sharing, kSharings));
  WEIR_ASSIGN_OR_RETURN(settings.limits, to_limits(o));
  if (!o.results.empty()) engine.outputs.push_back({.kind = OutputKind::kResults, .path = o.results});
  if (!o.annotate.empty()) engine.outputs.push_back({.kind = OutputKind::kAnnotate, .path = o.annotate});
  if (o.summary == "-" && o.results == "-") {
    return Error{ErrorCode::kInvalidArgument, "--results and --summary can't both go to standard output"};
  }
  WEIR_RETURN_IF_ERROR(first_of(engine.validate()));
  WEIR_RETURN_IF_ERROR(first_of(settings.limits.validate()));
  return settings;
}

/// What the engine tells goes to the log.
void log_event(const Event& event) {
  const std::string text =
      event.stream.empty() ? event.message : fmt::format("stream '{}': {}", event.stream, event.message);
  switch (event.kind) {
    case Event::Kind::kInfo:
      return spdlog::info(text);
    case Event::Kind::kWarning:
      return spdlog::warn(text);
    case Event::Kind::kProblem:
      return spdlog::error(text);
  }
}

/// Shows how the run goes until it is told to stop.
void watch(const std::stop_token& stop, const Run& run, Console& console) {
  const auto period = console.is_live() ? std::chrono::milliseconds(500) : std::chrono::milliseconds(5000);
  auto last_wall = std::chrono::nanoseconds(0);
  auto last_cpu = std::chrono::nanoseconds(0);
  while (true) {
    sleep_until(std::chrono::steady_clock::now() + period, stop);
    if (stop.stop_requested()) break;
    const RunReport report = run.report();
    const auto wall = report.wall_time - last_wall;
    const double cores = wall.count() > 0 ? static_cast<double>((report.cpu_time - last_cpu).count()) /
                                                static_cast<double>(wall.count())
                                          : 0.0;
    last_wall = report.wall_time;
    last_cpu = report.cpu_time;
    if (console.is_live()) {
      console.show_status(status_lines(report, cores, console));
    } else {
      console.print(progress_line(report, cores));
    }
  }
  console.clear_status();
}

Error cannot_write_summary(const std::string& path) {
  return {ErrorCode::kInvalidArgument,
          fmt::format("summary '{}' can't be written: {}", path, std::strerror(errno))};
}

Status write_summary(const RunReport& report, const std::string& path) {
  // Names are whatever files are called: what is not UTF-8 is replaced.
  const std::string text =
      to_json(report).dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  if (path == "-") return write_whole(stdout, text, "the summary");
  std::ofstream file(path);
  file << text << std::flush;
  if (file) return {};
  return cannot_write_summary(path);
}

/// 2: an input could not be opened; 1: something failed on the way; 128 + signal: stopped by one.
int exit_code(const RunReport& report, int signal) {
  int code = kSuccess;
  for (const StreamReport& stream : report.streams) {
    if (stream.state == StreamState::kFailed) return kUsage;
    if (!stream.problems.empty() || stream.statistics.failed > 0) code = kFailure;
  }
  if (!report.problems.empty()) code = kFailure;
  return code == kSuccess && signal != 0 ? kSignalled + signal : code;
}

/// What goes where after a run, and the exit code. `watcher` shows the status, which ends here.
int conclude(const RunOptions& options, const RunReport& report, int signal, std::jthread watcher) {
  int code = exit_code(report, signal);
  const auto check = [&](const Status& status) {
    if (status) return;
    spdlog::error(status.error().message);
    if (code == kSuccess) code = kFailure;
  };
  const bool summary_on_stdout = options.summary == "-";
  // The file comes first: where the terminal stands still, so does whoever shows something there.
  if (!options.summary.empty() && !summary_on_stdout) check(write_summary(report, options.summary));
  watcher = std::jthread();
  if (summary_on_stdout) check(write_summary(report, options.summary));
  if (!options.quiet) {
    // If a program reads standard output, people read standard error.
    const bool data_on_stdout = options.results == "-" || summary_on_stdout;
    check(write_whole(data_on_stdout ? stderr : stdout, summary_text(report), "the summary"));
  }
  return code;
}

int run_streams(const RunOptions& options, Console& console) {
  log_to(console, options.quiet);
  const Result<RunSettings> settings = to_settings(options);
  if (!settings) return report_error(settings.error());
  if (const Status status = check_outputs(settings->engine, options.summary); !status)
    return report_error(status.error());
  StopSignals signals;
  const bool summary_file = !options.summary.empty() && options.summary != "-";
  std::error_code ignored;
  const bool summary_is_new = summary_file && !std::filesystem::exists(options.summary, ignored);
  if (summary_file && !std::ofstream(options.summary, std::ios::app)) {
    return report_error(cannot_write_summary(options.summary));
  }
  if (options.results == "-" && isatty(STDOUT_FILENO) == 1) console.scroll_only();

  EngineParts parts = default_parts();
  parts.on_event = log_event;
  Result<std::unique_ptr<Run>> run = Run::create(settings->engine, settings->limits, signals.token(), parts);
  if (!run) {
    const int code = report_error(run.error());
    if (summary_is_new) remove_file(options.summary);
    return signals.received() != 0 ? kSignalled + signals.received() : code;
  }
  std::jthread watcher;
  if (!options.quiet) {
    watcher = std::jthread([&](const std::stop_token& stop) { watch(stop, **run, console); });
  }
  const RunReport report = (*run)->to_end(signals.token());
  return conclude(options, report, signals.received(), std::move(watcher));
}

}  // namespace

void add_run_command(CLI::App& app, Command& chosen) {
  const auto options = std::make_shared<RunOptions>();
  CLI::App* run_app = app.add_subcommand("run", "Detect objects in every frame of many streams");
  add_options(*run_app, *options);
  run_app->footer(
      "Examples:\n"
      "  weir run gate=gate.mp4 yard=yard.mp4 --results found.jsonl\n"
      "  weir run *.mp4 --model m.onnx --share all --contexts-per-stream 3 --pace realtime\n"
      "  weir run picture.jpg --model m.onnx --annotate out/\n\n"
      "Exit codes: 0 all went well; 1 something failed on the way; 2 an input, option or model\n"
      "can't be used; 129, 130 or 143 stopped by a closed terminal, Ctrl-C or SIGTERM.");
  run_app->callback([options, &chosen] {
    chosen = [options](Console& console) { return run_streams(*options, console); };
  });
}

}  // namespace weir::cli
