// SPDX-License-Identifier: Apache-2.0
#include "lab/table.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

namespace weir::lab {
namespace {

using Row = std::vector<std::string>;

/// Columns as wide as they need to be: the first to the left, the others to the right.
std::string aligned(const std::vector<Row>& rows) {
  std::vector<size_t> widths;
  for (const Row& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const Row& row : rows) {
    std::string line = "  ";
    for (size_t i = 0; i < row.size(); ++i) {
      line += i == 0 ? fmt::format("{:<{}}", row[i], widths[i]) : fmt::format("  {:>{}}", row[i], widths[i]);
    }
    text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return text;
}

}  // namespace

std::string to_table(const Account& account) {
  std::string text;
  if (account.empty()) {
    text = "nothing was measured\n";
  } else {
    for (const std::string& line : account.heading) text += line + "\n";
    for (const Table& table : account.tables) {
      text += "\n" + (table.caption.empty() ? "" : table.caption + "\n") + aligned(table.rows);
    }
    text += "\n";
  }
  for (const auto& lines : {account.notes, account.failures}) {
    for (const std::string& line : lines) text += line + "\n";
  }
  return text;
}

std::string to_table(const Experiment& experiment) {
  return to_table(account_of(experiment));
}

}  // namespace weir::lab
