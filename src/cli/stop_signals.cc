// SPDX-License-Identifier: Apache-2.0
#include "cli/stop_signals.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <ctime>
#include <utility>
#include <vector>

#include <pthread.h>
#include <semaphore.h>
#include <unistd.h>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

namespace weir::cli {
namespace {

constexpr std::chrono::milliseconds kSameMoment{50};
constexpr std::chrono::milliseconds kPatience{1800};  // with what is before and after, less than two seconds
constexpr std::chrono::milliseconds kLastWords{100};
constexpr int kSignalled = 128;

/// Their default is to end the process. Left out are SIGPIPE and SIGXFSZ, which main() ignores, and what
/// tells of a fault in the program or asks for a dump of it.
std::vector<int> ending_signals() {
  std::vector<int> signals{SIGHUP,    SIGINT,  SIGTERM, SIGUSR1, SIGUSR2,   SIGALRM,
                           SIGVTALRM, SIGPROF, SIGIO,   SIGPWR,  SIGSTKFLT, SIGXCPU};
  for (int signal = SIGRTMIN; signal <= SIGRTMAX; ++signal) signals.push_back(signal);
  return signals;
}

/// Sent by a person who may be impatient; others come from machines, perhaps several at the end of a session.
bool is_personal(int signal) {
  return signal == SIGINT || signal == SIGTERM;
}

/// What the handler shares with the thread that watches: a handler is given nothing but its signal.
struct Mailbox {
  sem_t news;                             ///< raised for each change of what there is to know
  std::atomic<int> first_signal{0};       ///< 0 for none
  std::atomic<bool> ends_at_once{false};  ///< the next personal signal does
};
Mailbox mailbox;

/// In whichever thread the signal finds: only what is allowed in a handler.
void take(int signal) {
  if (is_personal(signal) && mailbox.ends_at_once) _exit(kSignalled + signal);
  const int error = errno;
  int none = 0;
  mailbox.first_signal.compare_exchange_strong(none, signal);
  sem_post(&mailbox.news);
  errno = error;
}

/// Gives the signals that are free to take() and lets them through.
void take_over() {
  struct sigaction action {};
  action.sa_handler = take;
  action.sa_flags = SA_RESTART;  // what a thread waits for goes on
  sigfillset(&action.sa_mask);
  sigset_t taken;
  sigemptyset(&taken);
  for (const int signal : ending_signals()) {
    struct sigaction before {};
    sigaction(signal, nullptr, &before);
    if (before.sa_handler != SIG_DFL) continue;
    sigaction(signal, &action, nullptr);
    sigaddset(&taken, signal);
  }
  pthread_sigmask(SIG_UNBLOCK, &taken, nullptr);
}

void give_back() {
  for (const int signal : ending_signals()) {
    struct sigaction now {};
    sigaction(signal, nullptr, &now);
    if (now.sa_handler == take) std::signal(signal, SIG_DFL);
  }
}

using Clock = std::chrono::steady_clock;

/// Until `is_there()`; false where `deadline` is earlier. All that it may be about raises mailbox.news.
template <class IsThere>
bool wait_until(Clock::time_point deadline, const IsThere& is_there) {
  const auto since_boot = deadline.time_since_epoch();
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since_boot);
  const timespec until{seconds.count(), std::chrono::nanoseconds(since_boot - seconds).count()};
  while (!is_there()) {
    if (sem_clockwait(&mailbox.news, CLOCK_MONOTONIC, &until) != 0 && errno == ETIMEDOUT) return is_there();
  }
  return true;
}

}  // namespace

StopSignals::StopSignals(std::string what_now) : what_now_(std::move(what_now)) {
  sem_init(&mailbox.news, 0, 0);
  mailbox.first_signal = 0;
  mailbox.ends_at_once = false;
  thread_ = std::thread([this] { watch(); });
  take_over();
}

StopSignals::~StopSignals() {
  done_ = true;
  sem_post(&mailbox.news);
  thread_.join();
  give_back();
}

void StopSignals::watch() {
  while (mailbox.first_signal == 0 && !done_) sem_wait(&mailbox.news);
  if (done_) return;
  const int signal = mailbox.first_signal;
  received_ = signal;
  source_.request_stop();
  tell_and_wait(signal);
}

/// Ends the process where the run doesn't end in time. Standard error may be a terminal that stands still or
/// a pipe that nobody reads, so that what is said has a thread of its own.
void StopSignals::tell_and_wait(int signal) {
  const Clock::time_point start = Clock::now();
  if (is_personal(signal)) {
    // timeout(1) sends its signal to a process and to its group: twice within a moment is once.
    if (!wait_until(start + kSameMoment, [&] { return done_.load(); })) mailbox.ends_at_once = true;
  }
  std::atomic<bool> told{false};
  const std::jthread teller([&] {
    spdlog::warn(
        fmt::format("stopping: {}{}", what_now_, mailbox.ends_at_once ? " (once more to quit at once)" : ""));
    told = true;
    sem_post(&mailbox.news);
  });
  if (wait_until(start + kPatience, [&] { return done_ && told; })) return;

  std::atomic<bool> told_the_end{false};
  std::thread([&] {
    if (told && !done_) spdlog::error("gave up waiting for an output or a model to finish");
    told_the_end = true;
    sem_post(&mailbox.news);
  }).detach();  // the process ends before what it refers to
  wait_until(Clock::now() + kLastWords, [&] { return told_the_end.load(); });
  _exit(kSignalled + signal);
}

}  // namespace weir::cli
