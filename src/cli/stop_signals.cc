// SPDX-License-Identifier: Apache-2.0
#include "cli/stop_signals.h"

#include <pthread.h>
#include <unistd.h>
#include <csignal>
#include <utility>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

namespace weir::cli {
namespace {

constexpr timespec kSameMoment{0, 50'000'000};
constexpr timespec kPatience{1, 750'000'000};  // with what is before and after, less than two seconds
constexpr int kDone = SIGUSR1;

sigset_t set_of(std::initializer_list<int> signals) {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : signals) sigaddset(&set, signal);
  return set;
}

}  // namespace

StopSignals::StopSignals(std::string what_now) : what_now_(std::move(what_now)) {
  const sigset_t all = set_of({SIGINT, SIGTERM, kDone});
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
  thread_ = std::thread([this] { wait(); });
}

StopSignals::~StopSignals() {
  pthread_kill(thread_.native_handle(), kDone);
  thread_.join();
}

void StopSignals::wait() {
  const sigset_t all = set_of({SIGINT, SIGTERM, kDone});
  int signal = 0;
  sigwait(&all, &signal);
  if (signal == kDone) return;
  received_ = signal;
  source_.request_stop();
  // timeout(1) sends its signal to a process and to its group: twice within a moment is once.
  int next = SIGINT;
  while (next == SIGINT || next == SIGTERM) next = sigtimedwait(&all, nullptr, &kSameMoment);

  // From here on the kernel ends the process at the next signal, whatever this thread is doing.
  const sigset_t ending = set_of({SIGINT, SIGTERM});
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
  pthread_sigmask(SIG_UNBLOCK, &ending, nullptr);
  spdlog::warn(fmt::format("stopping: {} (once more to quit at once)", what_now_));
  if (next == kDone) return;
  const sigset_t done = set_of({kDone});
  if (sigtimedwait(&done, nullptr, &kPatience) == kDone) return;
  spdlog::error("gave up waiting for an output or a model to finish");
  _exit(128 + signal);
}

}  // namespace weir::cli
