// SPDX-License-Identifier: Apache-2.0
// Standard error as people see it: log lines that scroll, and below them a status block that is redrawn.
#pragma once

#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace weir::cli {

/// Thread-safe.
class Console {
 public:
  Console();

  /// Whether a person watches: standard error is a terminal that can move its cursor.
  [[nodiscard]] bool is_live() const { return live_; }
  /// From now on is_live() is false: something else writes to the terminal.
  void scroll_only() { live_ = false; }

  /// One line that stays; a newline is added.
  void print(std::string_view line);
  /// Replaces the status block. Lines are cut to the terminal's width, the block to its height: the last line
  /// and as many of the first as there is room for. Only where is_live().
  void show_status(const std::vector<std::string>& lines);
  /// Removes the status block.
  void clear_status();

  /// `text` in one of the terminal's colours (an SGR code such as "31"), plain where there are none.
  [[nodiscard]] std::string colored(std::string_view text, std::string_view code) const;

 private:
  void erase_status();
  void draw_status();

  bool live_;
  const bool color_;  // live, and NO_COLOR is not set
  std::mutex mutex_;
  std::vector<std::string> status_;
  size_t drawn_lines_ = 0;
};

/// Sends spdlog's default logger to `console`, which must outlive all logging: errors and warnings as
/// "weir: ...", information as it is; `quiet`: errors only.
void log_to(Console& console, bool quiet);

}  // namespace weir::cli
