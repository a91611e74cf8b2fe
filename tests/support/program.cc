// SPDX-License-Identifier: Apache-2.0
#include "support/program.h"

#include <chrono>
#include <filesystem>
#include <thread>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/media.h"

namespace weir::testing {

Program::Program(const std::string& folder, std::vector<std::string> arguments,
                 const std::function<void()>& before)
    : folder_(folder) {
  arguments.insert(arguments.begin(), WEIR_PROGRAM);
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  const std::string out = folder_ + "/stdout";
  const std::string err = folder_ + "/stderr";
  pid_ = fork();
  if (pid_ != 0) return;
  constexpr int kMode = 0644;
  dup2(open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, kMode), STDOUT_FILENO);
  dup2(open(err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, kMode), STDERR_FILENO);
  if (before) before();
  execv(argv[0], argv.data());
  _exit(127);
}

Program::~Program() {
  if (pid_ <= 0) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

bool Program::wait_for_bytes(const std::string& path, size_t bytes) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  std::error_code absent;
  while (std::chrono::steady_clock::now() < deadline) {
    if (std::filesystem::exists(path) && std::filesystem::file_size(path, absent) >= bytes) return true;
    siginfo_t ended{};
    waitid(P_PID, static_cast<id_t>(pid_), &ended, WEXITED | WNOHANG | WNOWAIT);
    if (ended.si_pid != 0) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return false;
}

Finished Program::wait() {
  int status = 0;
  waitpid(pid_, &status, 0);
  pid_ = -1;
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), read_bytes(folder_ + "/stdout"),
          read_bytes(folder_ + "/stderr")};
}

Finished run_program(const std::string& folder, std::vector<std::string> arguments) {
  return Program(folder, std::move(arguments)).wait();
}

}  // namespace weir::testing
