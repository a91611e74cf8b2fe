// SPDX-License-Identifier: Apache-2.0
// `weir eval`: how good results are, measured against what is in the pictures.
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/eval_view.h"
#include "eval/pairing.h"
#include "eval/report.h"

namespace weir::cli {
namespace {

struct EvalCommandOptions {
  eval::EvalOptions eval;
  std::string results;
  std::vector<std::string> truth;
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
  app.add_flag("--json", o.json, "The figures as JSON, with more of them");
}

Status run(const EvalCommandOptions& o) {
  WEIR_RETURN_IF_ERROR(o.eval.validate());
  WEIR_ASSIGN_OR_RETURN(const eval::Truth truth, eval::read_truth(o.truth));
  WEIR_ASSIGN_OR_RETURN(eval::Results results, eval::read_results(o.results));
  WEIR_ASSIGN_OR_RETURN(const eval::Paired paired, eval::pair(std::move(results), truth));
  const eval::Evaluation evaluation = eval::evaluate(paired.classes, o.eval);
  for (const std::string& line : eval::remarks(paired.coverage)) spdlog::warn(line);
  const std::string text = o.json ? eval::to_json(evaluation, paired.coverage, o.eval).dump(2) + "\n"
                                  : figures_text(evaluation, paired.coverage, o.eval);
  return write_whole(stdout, text, "the figures");
}

}  // namespace

void add_eval_command(CLI::App& app, Command& chosen) {
  const auto options = std::make_shared<EvalCommandOptions>();
  CLI::App* eval_app = app.add_subcommand("eval", "Measure results against the truth: AP, recall, precision");
  add_options(*eval_app, *options);
  eval_app->footer(
      "Examples:\n"
      "  weir eval found.jsonl gate.truth.jsonl yard.truth.jsonl\n"
      "  weir eval found.jsonl instances_val2017.json --json\n"
      "  weir eval found.jsonl truth.jsonl --min-size 24 --score 0.5\n\n"
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
