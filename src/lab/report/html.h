// SPDX-License-Identifier: Apache-2.0
// An experiment to look at: as one page, and its charts as files.
#pragma once

#include <string>
#include <vector>

#include "lab/experiment.h"

namespace weir::lab {

/// A page that needs nothing but itself. `compared_with`: null, or another experiment of the same kind, which
/// is then called B, and the first A.
[[nodiscard]] std::string to_html(const Experiment& experiment, const Experiment* compared_with = nullptr);

struct ChartFile {
  std::string name;  ///< "memory.svg"
  std::string svg;   ///< with its styles and its own ground
};

/// The charts of the page. None where nothing was measured.
[[nodiscard]] std::vector<ChartFile> chart_files(const Experiment& experiment,
                                                 const Experiment* compared_with = nullptr);

}  // namespace weir::lab
