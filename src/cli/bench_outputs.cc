// SPDX-License-Identifier: Apache-2.0
#include "cli/bench_outputs.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/output_check.h"
#include "lab/account.h"
#include "lab/csv.h"
#include "lab/experiment_json.h"
#include "lab/report/html.h"
#include "lab/table.h"

namespace weir::cli {
namespace {

namespace fs = std::filesystem;

Status write_charts(const std::string& folder, const lab::Experiment& experiment,
                    const lab::Experiment* compared_with) {
  for (const lab::ChartFile& chart : lab::chart_files(experiment, compared_with)) {
    WEIR_RETURN_IF_ERROR(write_file(fs::path(folder) / chart.name, chart.svg));
  }
  return {};
}

}  // namespace

Status write_file(const std::string& path, const std::string& text) {
  std::ofstream file(path);
  file << text << std::flush;
  if (file) return {};
  return Error{ErrorCode::kUnavailable, fmt::format("'{}' can't be written: {}", path, std::strerror(errno))};
}

void add_output_options(CLI::App& app, BenchOutputs& outputs) {
  app.add_option("--html", outputs.html, "The report: one page that needs no network")
      ->type_name("FILE.html");
  app.add_option("--charts", outputs.charts, "Each chart of the report as an SVG file")->type_name("FOLDER");
  app.add_flag("-q,--quiet", outputs.quiet, "No table, no progress: only errors");
}

Status check_writable(const BenchOutputs& outputs, const std::vector<std::string>& read) {
  std::vector<FileUse> inputs;
  for (const std::string& path : read) inputs.push_back({path, "an input"});
  const std::array<FileUse, 3> files{
      {{outputs.json, "the JSON"}, {outputs.csv, "the CSV"}, {outputs.html, "the report"}}};
  WEIR_RETURN_IF_ERROR(check_outputs(inputs, files));
  for (const FileUse& file : files) {
    if (file.path.empty() || std::ofstream(file.path, std::ios::app)) continue;
    return Error{ErrorCode::kInvalidArgument,
                 fmt::format("'{}' can't be written: {}", file.path, std::strerror(errno))};
  }
  if (outputs.charts.empty()) return {};
  std::error_code error;
  fs::create_directories(outputs.charts, error);
  if (!error) return {};
  return Error{ErrorCode::kInvalidArgument,
               fmt::format("the folder '{}' can't be made: {}", outputs.charts, error.message())};
}

Status write_outputs(const BenchOutputs& outputs, const lab::Experiment& experiment,
                     const lab::Experiment* compared_with) {
  if (!outputs.json.empty()) {
    // Paths are bytes: what is not UTF-8 is replaced.
    const auto json = lab::to_json(experiment);
    WEIR_RETURN_IF_ERROR(
        write_file(outputs.json, json.dump(1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n"));
  }
  if (!outputs.csv.empty()) WEIR_RETURN_IF_ERROR(write_file(outputs.csv, lab::to_csv(experiment)));
  if (!outputs.html.empty()) {
    WEIR_RETURN_IF_ERROR(write_file(outputs.html, lab::to_html(experiment, compared_with)));
  }
  if (!outputs.charts.empty()) {
    WEIR_RETURN_IF_ERROR(write_charts(outputs.charts, experiment, compared_with));
  }
  if (outputs.quiet) return {};
  const lab::Account account =
      compared_with == nullptr ? lab::account_of(experiment) : lab::account_of(experiment, *compared_with);
  return write_whole(stdout, "\n" + lab::to_table(account), "the table");
}

}  // namespace weir::cli
