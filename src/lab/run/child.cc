// SPDX-License-Identifier: Apache-2.0
#include "lab/run/child.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>
#include <utility>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>

namespace weir::lab {
namespace {

constexpr int kCannotExecute = 127;
constexpr int kSignalled = 128;

/// In the new process, of which only this thread is left: nothing here may allocate or lock.
[[noreturn]] void become(const char* program, char* const* argv, int null_fd, int stderr_fd, pid_t parent) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(kCannotExecute);  // it died before that
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  dup2(null_fd, STDIN_FILENO);
  dup2(null_fd, STDOUT_FILENO);
  dup2(stderr_fd, STDERR_FILENO);
  execv(program, argv);
  _exit(kCannotExecute);
}

/// The last line that is not empty, without what marks it as weir's.
std::string last_line(const std::string& path) {
  constexpr std::string_view kMark = "weir: ";
  std::ifstream file(path);
  std::string last;
  for (std::string line; std::getline(file, line);) {
    if (!line.empty()) last = line;
  }
  return last.starts_with(kMark) ? last.substr(kMark.size()) : last;
}

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

Error no_child(std::string_view what) {
  return {ErrorCode::kResourceExhausted,
          fmt::format("can't start a process: {}: {}", what, std::strerror(errno))};
}

}  // namespace

Result<Child> Child::start(const std::string& program, const std::vector<std::string>& arguments,
                           const std::string& stderr_path) {
  std::vector<std::string> words{"weir"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);

  constexpr int kMode = 0600;
  const int null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
  if (null_fd < 0) return no_child("/dev/null");
  const int stderr_fd = open(stderr_path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kMode);
  if (stderr_fd < 0) {
    const Error error = no_child(stderr_path);
    close(null_fd);
    return error;
  }
  Child child;
  child.stderr_path_ = stderr_path;
  child.started_at_ = std::chrono::steady_clock::now();
  const pid_t parent = getpid();
  child.pid_ = fork();
  if (child.pid_ == 0) become(program.c_str(), argv.data(), null_fd, stderr_fd, parent);
  const Error error = no_child("fork");
  close(null_fd);
  close(stderr_fd);
  if (child.pid_ < 0) return error;
  return child;
}

Child::Child(Child&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      started_at_(other.started_at_),
      stderr_path_(std::move(other.stderr_path_)) {}

std::optional<ChildEnd> Child::poll() {
  int status = 0;
  rusage usage{};
  if (pid_ <= 0 || wait4(pid_, &status, WNOHANG, &usage) != pid_) return std::nullopt;
  pid_ = -1;
  ChildEnd end{.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : kSignalled + WTERMSIG(status),
               .last_words = last_line(stderr_path_),
               .cpu_seconds = seconds(usage.ru_utime) + seconds(usage.ru_stime)};
  if (WIFSIGNALED(status)) {
    end.last_words = fmt::format("ended by signal {} ({})", WTERMSIG(status), strsignal(WTERMSIG(status)));
  } else if (end.last_words.empty()) {
    end.last_words = fmt::format("ended with exit code {} and said nothing", end.exit_code);
  }
  return end;
}

void Child::kill_and_reap() {
  if (pid_ <= 0) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

}  // namespace weir::lab
