// SPDX-License-Identifier: Apache-2.0
// `weir bench report`: shows again what was measured before, or holds two experiments against each other.
#include <memory>
#include <optional>

#include <fmt/format.h>

#include "base/file.h"
#include "cli/bench_outputs.h"
#include "cli/commands.h"
#include "lab/experiment_json.h"

namespace weir::cli {
namespace {

struct ReportWords : BenchOutputs {
  std::vector<std::string> experiments;  ///< one or two files
};

Result<lab::Experiment> read_experiment(const std::string& path) {
  WEIR_ASSIGN_OR_RETURN(const std::string text, read_file(path));
  return lab::parse_experiment(text, path);
}

Status report(const ReportWords& words) {
  WEIR_ASSIGN_OR_RETURN(const lab::Experiment first, read_experiment(words.experiments.front()));
  std::optional<lab::Experiment> second;
  if (words.experiments.size() > 1) {
    WEIR_ASSIGN_OR_RETURN(second, read_experiment(words.experiments.back()));
    if (first.kind != second->kind) {
      return Error{ErrorCode::kInvalidArgument,
                   fmt::format("'{}' is of bench {}, '{}' of bench {}: they have nothing to compare",
                               words.experiments.front(), to_string(first.kind), words.experiments.back(),
                               to_string(second->kind))};
    }
  }
  WEIR_RETURN_IF_ERROR(check_writable(words, words.experiments));
  return write_outputs(words, first, second ? &*second : nullptr);
}

}  // namespace

void add_bench_report_command(CLI::App& bench, Command& chosen) {
  const auto words = std::make_shared<ReportWords>();
  CLI::App* app = bench.add_subcommand("report", "Show an experiment again, or two against each other");
  app->add_option("EXPERIMENT", words->experiments, "What --json wrote; of two, the second against the first")
      ->required()
      ->expected(1, 2)
      ->type_name("FILE.json");
  app->add_option("--csv", words->csv, "A line for each run, of the first experiment")->type_name("FILE.csv");
  add_output_options(*app, *words);
  app->footer(
      "Examples:\n"
      "  weir bench report out.json --html out.html --charts charts\n"
      "  weir bench report before.json after.json --html difference.html\n\n"
      "Exit codes: 0 it was shown; 1 writing failed; 2 an option or file can't be used.");
  app->callback([words, &chosen] {
    chosen = [words](Console&) -> int {
      const Status status = report(*words);
      return status ? static_cast<int>(kSuccess) : report_error(status.error());
    };
  });
}

}  // namespace weir::cli
