// SPDX-License-Identifier: Apache-2.0
// The program `weir`: parses the command line and hands over to a command.
#include <cerrno>
#include <clocale>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <span>

#include <fcntl.h>
#include <malloc.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "backends/all_backends.h"
#include "base/text.h"
#include "cli/commands.h"
#include "sources/library_version.h"

namespace weir::cli {
namespace {

std::string version_text() {
  std::string text = fmt::format("weir {}\n", WEIR_VERSION);
  for (const auto& backend : all_backends()) {
    const auto device = backend->device();
    text += fmt::format("  backend {:<9} {}\n", backend->name(),
                        device ? fmt::format("{} on {}", device->runtime_version, device->name)
                               : "can't run: " + device.error().message);
  }
  return text + fmt::format("  libav     {}\n", media_library_version());
}

/// "unknown THING 'word'; did you mean X?"
std::string unknown(std::string_view thing, std::string_view word, const std::vector<std::string>& names,
                    std::string_view help) {
  const std::vector<std::string_view> candidates(names.begin(), names.end());
  const std::string_view meant = nearest(word, candidates);
  return fmt::format("unknown {} '{}'; {}", thing, word,
                     meant.empty() ? fmt::format("see {}", help) : fmt::format("did you mean {}?", meant));
}

/// Names of the commands below `app` that its help shows.
std::vector<std::string> command_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands(nullptr)) {
    if (!command->get_group().empty()) names.push_back(command->get_name());
  }
  return names;
}

/// What the parser says, in one line, with the command or option that was probably meant.
std::string explain(const CLI::ParseError& error, const CLI::App& app, std::span<char* const> words) {
  const CLI::App* command = &app;
  std::string help = "weir";
  while (!command->get_subcommands().empty()) {
    command = command->get_subcommands().front();
    help += " " + command->get_name();
    words = words.subspan(words.empty() ? 0 : 1);
  }
  help += " --help";
  if (const std::vector<std::string> names = command_names(*command); !names.empty()) {
    if (words.empty()) return fmt::format("no command; see {}", help);
    return unknown(words[0][0] == '-' ? "option" : "command", words[0], names, help);
  }
  for (const std::string& word : command->remaining()) {
    if (!word.starts_with('-')) continue;
    std::vector<std::string> names;
    for (const CLI::Option* known : command->get_options()) names.push_back("--" + known->get_single_name());
    return unknown("option", word.substr(0, word.find('=')), names, help);
  }
  return fmt::format("{}; see {}", error.what(), help);
}

/// What is closed of standard input, output and error stays unusable: else the next file to be opened would
/// take its place, and get what is printed.
void keep_standard_descriptors() {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
    if (fcntl(fd, F_GETFD) >= 0) continue;
    if (open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) < 0) return;  // opens the lowest: fd
  }
}

/// As many open files as the system lets this process have. What it is given to start with, often 1,024, is
/// meant for programs that use select(), and is less than a few hundred cameras need.
void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

/// An option that was given nothing, such as --results "$UNSET": what is asked for would be lost.
Status check_not_empty(const CLI::App& app) {
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& word : option->results()) {
      if (word.empty())
        return Error{ErrorCode::kInvalidArgument, fmt::format("{}: the name is empty", option->get_name())};
    }
  }
  for (const CLI::App* command : app.get_subcommands()) WEIR_RETURN_IF_ERROR(check_not_empty(*command));
  return {};
}

bool is_device(std::FILE* file) {
  struct stat status {};
  return fstat(fileno(file), &status) == 0 && S_ISCHR(status.st_mode);
}

int main(int argc, char** argv) {
  keep_standard_descriptors();
  raise_descriptor_limit();
  // Decoders free and allocate their large tables when a file starts again. By default glibc takes such as a
  // reason to keep large blocks in its heap, which grows by 5 MB a stream; with a fixed threshold they go
  // back to the system.
  constexpr int kLargeBlockBytes = 128 << 10;
  mallopt(M_MMAP_THRESHOLD, kLargeBlockBytes);
  std::setlocale(LC_CTYPE, "");  // the width of characters on the terminal
  // A reader that went away and a file that may not grow are errors of write(), not the end of all streams.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  std::signal(SIGCHLD, SIG_DFL);  // whoever ignores it never hears of the end of a child
  Console console;
  log_to(console, false);

  CLI::App app("weir: object detection on every frame of many streams, with one copy of the model", "weir");
  app.require_subcommand(1);
  app.get_formatter()->column_width(34);
  app.set_version_flag("--version", version_text, "Versions of weir, its backends and libraries");
  Command chosen;
  add_run_command(app, chosen);
  add_scene_command(app, chosen);
  add_eval_command(app, chosen);
  add_bench_command(app, chosen);
  add_doctor_command(app, chosen);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& success) {
    return app.exit(success);
  } catch (const CLI::ParseError& error) {
    spdlog::error(explain(error, app, {argv + 1, argv + argc}));
    return kUsage;
  }
  if (const Status status = check_not_empty(app); !status) return report_error(status.error());
  return chosen(console);
}

}  // namespace

Status write_whole(std::FILE* file, std::string_view text, std::string_view what) {
  if (std::fwrite(text.data(), 1, text.size(), file) == text.size() && std::fflush(file) == 0) return {};
  if (errno == EIO && is_device(file)) return {};  // a terminal that was closed: nobody waits for it any more
  return Error{ErrorCode::kUnavailable, fmt::format("writing {} stopped: {}", what, std::strerror(errno))};
}

int report_error(const Error& error) {
  spdlog::error(error.message);
  switch (error.code) {
    case ErrorCode::kInvalidArgument:
    case ErrorCode::kNotFound:
    case ErrorCode::kUnsupported:
      return kUsage;
    default:
      return kFailure;
  }
}

}  // namespace weir::cli

int main(int argc, char** argv) {
  try {
    return weir::cli::main(argc, argv);
  } catch (const std::exception& error) {
    // Out of memory or threads: nothing in weir throws on purpose.
    std::fprintf(stderr, "weir: %s\n", error.what());
    return weir::cli::kFailure;
  }
}
