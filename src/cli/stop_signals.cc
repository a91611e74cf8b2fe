// SPDX-License-Identifier: Apache-2.0
#include "cli/stop_signals.h"

#include <pthread.h>
#include <unistd.h>
#include <csignal>

#include <spdlog/spdlog.h>

namespace weir::cli {
namespace {

constexpr int kExitOfSignals = 128;

sigset_t stop_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  return set;
}

}  // namespace

StopSignals::StopSignals() {
  const sigset_t set = stop_signals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  thread_ = std::thread([this] { wait(); });
}

StopSignals::~StopSignals() {
  done_ = true;
  pthread_kill(thread_.native_handle(), SIGTERM);  // wakes sigwait()
  thread_.join();
}

void StopSignals::wait() {
  const sigset_t set = stop_signals();
  while (true) {
    int signal = 0;
    sigwait(&set, &signal);
    if (done_) return;
    if (received_ != 0) _exit(kExitOfSignals + signal);
    received_ = signal;
    spdlog::warn("stopping: finishing the frames in flight (once more to quit at once)");
    source_.request_stop();
  }
}

}  // namespace weir::cli
