// SPDX-License-Identifier: Apache-2.0
// An experiment in words and tables, before they are laid out for a terminal or for a page.
#pragma once

#include <string>
#include <vector>

#include "lab/experiment.h"

namespace weir::lab {

/// The first row is the head, the first column names; all rows are of one length.
struct Table {
  std::string caption;  ///< whose figures they are, where not this experiment's; else ""
  std::vector<std::vector<std::string>> rows;
};

struct Account {
  std::vector<std::string> heading;  ///< what was run, where and how: sentences
  std::vector<Table> tables;
  std::vector<std::string> notes;
  std::vector<std::string> failures;  ///< each set-up's, equal ones once

  [[nodiscard]] bool empty() const { return tables.empty(); }  ///< nothing was measured
};

[[nodiscard]] Account account_of(const Experiment& experiment);

/// Of the set-ups that both have; memory only if it was measured alike. They were not measured in turn, so
/// all that is said of noise is whether the values of one all lie beyond those of the other.
[[nodiscard]] Account account_of(const Experiment& a, const Experiment& b);

}  // namespace weir::lab
