// SPDX-License-Identifier: Apache-2.0
// `weir eval`: how good results are, measured against what is in the pictures.
#include <array>
#include <memory>

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/eval_view.h"
#include "cli/parse.h"
#include "eval/files/mot.h"
#include "eval/files/mot_folder.h"
#include "eval/pairing.h"
#include "eval/report.h"
#include "eval/tracking/track_report.h"

namespace weir::cli {
namespace {

struct EvalCommandOptions {
  eval::EvalOptions eval;
  std::string results;
  std::vector<std::string> truth;
  bool tracking = false;
  std::string format = "auto";
  std::string mot_folder;
  bool json = false;
};

void add_options(CLI::App& app, EvalCommandOptions& o) {
  app.add_option("RESULTS.jsonl", o.results, "What `weir run --results` wrote")->required()->type_name("");
  app.add_option("TRUTH", o.truth, "What is there: weir's own (`weir scene --truth`) or COCO instances JSON")
      ->required()
      ->type_name("");
  app.add_option("--min-size", o.eval.min_size_px, "Ignore objects smaller than a square of PX pixels")
      ->type_name("PX")
      ->capture_default_str();
  app.add_option("--min-visible", o.eval.min_visible,
                 "Ignore objects of which less than this part shows, 0 to 1")
      ->type_name("F")
      ->capture_default_str();
  app.add_option("--score", o.eval.score, "Recall and precision: of detections with at least this score")
      ->type_name("X")
      ->capture_default_str();
  app.add_flag("--strict", o.eval.strict, "Frames that nobody looked at by request count as missed, too");
  app.add_flag("--json", o.json, "The figures as JSON, with more of them");
  app.add_flag("--tracking", o.tracking, "Measure tracks: HOTA, MOTA, IDF1, id switches")->group("Tracks");
  app.add_option("--format", o.format, "Of both files: weir, mot (MOTChallenge's text) or auto")
      ->type_name("NAME")
      ->capture_default_str()
      ->group("Tracks");
  app.add_option("--write-mot", o.mot_folder, "Write what is compared as files of MOTChallenge, too")
      ->type_name("DIR")
      ->group("Tracks");
}

enum class FileFormat { kAuto, kWeir, kMot };
constexpr std::array<std::pair<std::string_view, FileFormat>, 3> kFileFormats{
    {{"auto", FileFormat::kAuto}, {"weir", FileFormat::kWeir}, {"mot", FileFormat::kMot}}};

/// Whether the file is to be read as MOTChallenge's.
Result<bool> is_mot(FileFormat format, const std::string& path) {
  if (format != FileFormat::kAuto) return format == FileFormat::kMot;
  return eval::is_mot(path);
}

Result<eval::Truth> read_truth(FileFormat format, const std::vector<std::string>& paths) {
  WEIR_ASSIGN_OR_RETURN(const bool mot, is_mot(format, paths.front()));
  return mot ? eval::read_mot_truth(paths) : eval::read_truth(paths);
}

Result<eval::Results> read_results(FileFormat format, const std::string& path) {
  WEIR_ASSIGN_OR_RETURN(const bool mot, is_mot(format, path));
  return mot ? eval::read_mot_results(path) : eval::read_results(path);
}

/// The figures, as they are printed.
Result<std::string> measure_boxes(const EvalCommandOptions& o) {
  WEIR_ASSIGN_OR_RETURN(const eval::Truth truth, eval::read_truth(o.truth));
  WEIR_ASSIGN_OR_RETURN(const eval::Results results, eval::read_results(o.results));
  WEIR_ASSIGN_OR_RETURN(const eval::Paired paired, eval::pair(results, truth, o.eval.strict));
  const eval::Evaluation evaluation = eval::evaluate(paired.classes, o.eval);
  for (const std::string& line : eval::remarks(paired.coverage)) spdlog::warn(line);
  return o.json ? eval::to_json(evaluation, paired.coverage, o.eval).dump(2) + "\n"
                : figures_text(evaluation, paired.coverage, o.eval);
}

Result<std::string> measure_tracks(const EvalCommandOptions& o) {
  WEIR_ASSIGN_OR_RETURN(const FileFormat format,
                        parse_choice<FileFormat>("--format", o.format, kFileFormats));
  WEIR_ASSIGN_OR_RETURN(const eval::Truth truth, read_truth(format, o.truth));
  WEIR_ASSIGN_OR_RETURN(const eval::Results results, read_results(format, o.results));
  WEIR_ASSIGN_OR_RETURN(const eval::PairedTracks paired, eval::pair_tracks(results, truth, o.eval));
  const eval::TrackEvaluation evaluation = eval::evaluate_tracks(paired.classes);
  for (const std::string& line : eval::remarks(paired)) spdlog::warn(line);
  if (!o.mot_folder.empty()) {
    WEIR_RETURN_IF_ERROR(eval::write_mot_folder(o.mot_folder, paired, truth));
  }
  return o.json ? eval::to_json(evaluation, paired, o.eval).dump(2) + "\n"
                : track_figures_text(evaluation, paired, o.eval);
}

Status run(const EvalCommandOptions& o) {
  WEIR_RETURN_IF_ERROR(o.eval.validate());
  if (!o.tracking && (o.format != "auto" || !o.mot_folder.empty())) {
    return Error{ErrorCode::kInvalidArgument, "--format and --write-mot go with --tracking"};
  }
  WEIR_ASSIGN_OR_RETURN(const std::string text, o.tracking ? measure_tracks(o) : measure_boxes(o));
  return write_whole(stdout, text, "the figures");
}

}  // namespace

void add_eval_command(CLI::App& app, Command& chosen) {
  const auto options = std::make_shared<EvalCommandOptions>();
  CLI::App* eval_app =
      app.add_subcommand("eval", "Measure results against the truth: AP, recall, precision; tracks");
  add_options(*eval_app, *options);
  eval_app->footer(
      "Examples:\n"
      "  weir eval found.jsonl gate.truth.jsonl yard.truth.jsonl\n"
      "  weir eval found.jsonl instances_val2017.json --json\n"
      "  weir eval found.jsonl truth.jsonl --min-size 24 --score 0.5\n"
      "  weir eval --tracking found.jsonl truth.jsonl\n"
      "  weir eval --tracking --format mot MOT17-02.txt MOT17-02/gt/gt.txt\n\n"
      "Results for AP want a low score: `weir run --score 0.01`. docs/eval.md says what each figure is.\n\n"
      "Exit codes: 0 the figures were printed; 1 they could not be written; 2 a file or option\n"
      "can't be used.");
  eval_app->callback([options, &chosen] {
    chosen = [options](Console&) -> int {
      const Status status = run(*options);
      return status ? static_cast<int>(kSuccess) : report_error(status.error());
    };
  });
}

}  // namespace weir::cli
