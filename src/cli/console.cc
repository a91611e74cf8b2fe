// SPDX-License-Identifier: Apache-2.0
#include "cli/console.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cwchar>
#include <memory>

#include <fmt/format.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace weir::cli {
namespace {

bool stderr_is_live() {
  const char* terminal = std::getenv("TERM");
  return isatty(STDERR_FILENO) == 1 && terminal != nullptr && std::string_view(terminal) != "dumb";
}

bool color_is_wanted() {
  const char* no_color = std::getenv("NO_COLOR");
  return no_color == nullptr || *no_color == '\0';
}

struct TerminalSize {
  size_t columns = 80;
  size_t rows = 24;
};

TerminalSize terminal_size() {
  winsize size{};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) return {};
  return {size.ws_col, size.ws_row};
}

/// Columns that the UTF-8 character at the start of `text` takes, and its bytes.
std::pair<size_t, size_t> measure(std::string_view text) {
  wchar_t character = 0;
  std::mbstate_t state{};
  const size_t bytes = std::mbrtowc(&character, text.data(), text.size(), &state);
  if (bytes == 0 || bytes > text.size()) return {1, 1};
  return {static_cast<size_t>(std::max(0, wcwidth(character))), bytes};
}

/// As much of `line` as fits into `columns`; colour codes take no room.
std::string cut(std::string_view line, size_t columns) {
  size_t used = 0;
  size_t i = 0;
  while (i < line.size()) {
    if (line[i] == '\033') {
      i = std::min(line.find('m', i), line.size() - 1) + 1;
      continue;
    }
    const auto [width, bytes] = measure(line.substr(i));
    if (used + width > columns) return std::string(line.substr(0, i)) + "\033[0m";
    used += width;
    i += bytes;
  }
  return std::string(line);
}

/// What can't be written is lost: a terminal that was closed has no reader. (fmt::print would throw.)
void write_to_stderr(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
}

class ConsoleSink : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit ConsoleSink(Console& console) : console_(console) {}

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    const std::string_view text(message.payload.data(), message.payload.size());
    switch (message.level) {
      case spdlog::level::err:
      case spdlog::level::critical:
        console_.print(console_.colored("weir: ", "31") + std::string(text));
        break;
      case spdlog::level::warn:
        console_.print(console_.colored("weir: ", "33") + std::string(text));
        break;
      default:
        console_.print(text);
    }
  }
  void flush_() override {}

 private:
  Console& console_;
};

}  // namespace

Console::Console() : live_(stderr_is_live()), color_(live_ && color_is_wanted()) {}

void Console::print(std::string_view line) {
  const std::lock_guard lock(mutex_);
  erase_status();
  write_to_stderr(fmt::format("{}\n", line));
  draw_status();
}

void Console::show_status(const std::vector<std::string>& lines) {
  const std::lock_guard lock(mutex_);
  erase_status();
  status_ = lines;
  draw_status();
}

void Console::clear_status() {
  show_status({});
}

std::string Console::colored(std::string_view text, std::string_view code) const {
  return color_ ? fmt::format("\033[{}m{}\033[0m", code, text) : std::string(text);
}

void Console::erase_status() {
  if (drawn_lines_ > 0) write_to_stderr(fmt::format("\033[{}A\r\033[J", drawn_lines_));
  drawn_lines_ = 0;
}

void Console::draw_status() {
  const TerminalSize size = terminal_size();
  const size_t room = std::max<size_t>(3, size.rows - 1);
  const size_t hidden = status_.size() > room ? status_.size() - room + 1 : 0;
  drawn_lines_ = 0;
  const auto draw = [&](std::string_view line) {
    write_to_stderr(fmt::format("{}\n", cut(line, size.columns)));
    ++drawn_lines_;
  };
  for (size_t i = 0; i < status_.size(); ++i) {
    const bool last = i + 1 == status_.size();
    if (hidden > 0 && last) draw(fmt::format("... and {} more", hidden));
    if (hidden == 0 || last || i + hidden + 1 < status_.size()) draw(status_[i]);
  }
  std::fflush(stderr);
}

void log_to(Console& console, bool quiet) {
  auto logger = std::make_shared<spdlog::logger>("weir", std::make_shared<ConsoleSink>(console));
  logger->set_level(quiet ? spdlog::level::err : spdlog::level::info);
  spdlog::set_default_logger(std::move(logger));
}

}  // namespace weir::cli
