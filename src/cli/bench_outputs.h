// SPDX-License-Identifier: Apache-2.0
// What `weir bench` makes of an experiment: the table and the files that were asked for.
#pragma once

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "base/result.h"
#include "lab/experiment.h"

namespace weir::cli {

/// As the options say it; "" for what nobody asked for.
struct BenchOutputs {
  std::string json;
  std::string csv;
  std::string html;
  std::string charts;  ///< a folder
  bool quiet = false;
};

/// --html, --charts and --quiet, which all of `weir bench` has.
void add_output_options(CLI::App& app, BenchOutputs& outputs);

/// That they can be written and are none of `read`: what was measured for minutes must not be lost at the
/// end. Makes what is not there yet. Errors: kInvalidArgument.
Status check_writable(const BenchOutputs& outputs, const std::vector<std::string>& read);

/// The files, and the table on standard output unless quiet. `compared_with`: null, or a second experiment,
/// then told against the first. Errors: kUnavailable.
Status write_outputs(const BenchOutputs& outputs, const lab::Experiment& experiment,
                     const lab::Experiment* compared_with = nullptr);

/// Errors: kUnavailable.
Status write_file(const std::string& path, const std::string& text);

}  // namespace weir::cli
