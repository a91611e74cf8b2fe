// SPDX-License-Identifier: Apache-2.0
// How a program ends when somebody wants it to: every signal that ends programs, terminals that close,
// outputs that nobody reads any more. What was done until then must be there, and the exit code must say why.
#include <algorithm>
#include <filesystem>
#include <sstream>

#include <fcntl.h>
#include <pty.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "support/media.h"
#include "support/models.h"
#include "support/program.h"

namespace weir {
namespace {

using nlohmann::json;
using testing::Finished;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::Program;

class WeirSignals : public ::testing::Test {
 protected:
  void SetUp() override {
    WEIR_SKIP_WITHOUT_FFMPEG();
    testing::write_fake_model(folder_.file("m.json"));
  }

  std::string results() const { return folder_.file("results.jsonl"); }
  std::string video() const { return folder_.file("out/street.mp4"); }

  /// A run that doesn't end by itself, and that has something to lose.
  std::vector<std::string> endless_run() const {
    return {"run",
            "street=scene:street?size=64x48&fps=10",
            "--backend",
            "fake",
            "--model",
            folder_.file("m.json"),
            "--loop",
            "--results",
            results(),
            "--annotate",
            folder_.file("out"),
            "--summary",
            folder_.file("summary.json")};
  }

  json summary() const {
    return json::parse(testing::read_bytes(folder_.file("summary.json")), nullptr, false);
  }

  /// The results are whole lines, the annotated video has as many frames, the summary is there.
  void expect_nothing_lost() const {
    std::istringstream lines(testing::read_bytes(results()));
    int64_t inferred = 0;
    for (std::string line; std::getline(lines, line);) {
      const json record = json::parse(line, nullptr, false);
      ASSERT_TRUE(record.is_object()) << line;
      if (!record.contains("dropped")) ++inferred;
    }
    EXPECT_EQ(testing::probe(video(), "nb_read_frames"), std::to_string(inferred));
    const json written = summary();
    ASSERT_TRUE(written.is_object());
    EXPECT_EQ(written["streams"][0]["inferred"], inferred);
  }

  void start_again() const {
    for (const char* name : {"results.jsonl", "summary.json", "out", "stdout", "stderr"})
      std::filesystem::remove_all(folder_.file(name));
  }

  testing::TempFolder folder_;
};

void ignore(std::initializer_list<int> signals) {
  for (const int signal : signals) ::signal(signal, SIG_IGN);
}

void block(std::initializer_list<int> signals) {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : signals) sigaddset(&set, signal);
  sigprocmask(SIG_BLOCK, &set, nullptr);
}

/// The thread of the process that was started last.
pid_t last_thread_of(pid_t process) {
  pid_t last = process;
  for (const auto& task : std::filesystem::directory_iterator("/proc/" + std::to_string(process) + "/task")) {
    last = std::max(last, std::stoi(task.path().filename().string()));
  }
  return last;
}

// The default of each of these is the end at once, with a video that has no index.
TEST_F(WeirSignals, WhateverSignalEndsARunEndsItInOrder) {
  for (const int signal :
       {SIGHUP, SIGTERM, SIGUSR1, SIGUSR2, SIGALRM, SIGPROF, SIGIO, SIGPWR, SIGXCPU, SIGRTMAX}) {
    SCOPED_TRACE(strsignal(signal));
    start_again();
    Program program(folder_.path(), endless_run());
    ASSERT_TRUE(program.wait_for_bytes(results(), 1));
    program.signal(signal);
    const Finished finished = program.wait();
    EXPECT_EQ(finished.exit_code, 128 + signal) << finished.err;
    expect_nothing_lost();
    EXPECT_EQ(summary()["interrupted"], true);
  }
}

TEST_F(WeirSignals, WhatEndsNoProgramEndsNoRun) {
  Program program(folder_.path(), endless_run());
  ASSERT_TRUE(program.wait_for_bytes(results(), 1));
  for (const int signal : {SIGPIPE, SIGWINCH, SIGCHLD, SIGURG, SIGTSTP, SIGCONT}) program.signal(signal);
  ASSERT_TRUE(program.wait_for_bytes(results(), testing::read_bytes(results()).size() + 20'000));
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait().exit_code, 128 + SIGTERM);
  expect_nothing_lost();
}

TEST_F(WeirSignals, ASignalToOneOfTheThreadsIsOneToTheProgram) {
  Program program(folder_.path(), endless_run());
  ASSERT_TRUE(program.wait_for_bytes(results(), 1));
  syscall(SYS_tgkill, program.pid(), last_thread_of(program.pid()), SIGTERM);
  EXPECT_EQ(program.wait().exit_code, 128 + SIGTERM);
  expect_nothing_lost();
}

// As under nohup, or in the background of a script.
TEST_F(WeirSignals, WhatWasIgnoredBeforeStaysIgnored) {
  Program program(folder_.path(), endless_run(), [] { ignore({SIGHUP, SIGINT, SIGTERM, SIGUSR1}); });
  ASSERT_TRUE(program.wait_for_bytes(results(), 1));
  for (const int signal : {SIGHUP, SIGINT, SIGTERM, SIGUSR1}) program.signal(signal);
  ASSERT_TRUE(program.wait_for_bytes(results(), testing::read_bytes(results()).size() + 20'000));
  program.signal(SIGUSR2);
  EXPECT_EQ(program.wait().exit_code, 128 + SIGUSR2);
  expect_nothing_lost();
}

TEST_F(WeirSignals, WhatWasBlockedBeforeIsHeard) {
  Program program(folder_.path(), endless_run(), [] { block({SIGHUP, SIGINT, SIGTERM}); });
  ASSERT_TRUE(program.wait_for_bytes(results(), 1));
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait().exit_code, 128 + SIGTERM);
}

TEST_F(WeirSignals, TheSecondOfTwoImpatientSignalsEndsItAtOnce) {
  const std::string slow = testing::write_fake_model(folder_.file("slow.json"), R"("run_ms": 60000)");
  for (const auto& [first, second] : {std::pair(SIGINT, SIGTERM), std::pair(SIGTERM, SIGINT)}) {
    start_again();
    std::vector<std::string> arguments = endless_run();
    arguments.insert(arguments.begin() + 2, "slow=scene:street?size=64x48");
    arguments.insert(arguments.end(), {"--model", slow});
    Program program(folder_.path(), arguments);
    ASSERT_TRUE(program.wait_for_bytes(results(), 20'000)) << "by then the slow one is at its first frame";
    const size_t said = testing::read_bytes(folder_.file("stderr")).size();
    program.signal(first);
    ASSERT_TRUE(program.wait_for_bytes(folder_.file("stderr"), said + 1)) << "it says that it is stopping";
    program.signal(second);
    const Finished finished = program.wait();
    EXPECT_EQ(finished.exit_code, 128 + second);
    EXPECT_THAT(finished.err, Not(HasSubstr("gave up")));
  }
}

// A session that ends may send SIGHUP several times (the shell, then the kernel) and SIGTERM, too: nobody is
// impatient there.
TEST_F(WeirSignals, AfterAHangUpNothingMoreEndsItAtOnce) {
  testing::write_fake_model(folder_.file("m.json"), R"("run_ms": 600)");
  Program program(folder_.path(), endless_run());
  ASSERT_TRUE(program.wait_for_bytes(results(), 1));
  const size_t said = testing::read_bytes(folder_.file("stderr")).size();
  program.signal(SIGHUP);
  ASSERT_TRUE(program.wait_for_bytes(folder_.file("stderr"), said + 1)) << "it says that it is stopping";
  for (const int signal : {SIGHUP, SIGTERM, SIGUSR1}) program.signal(signal);
  const Finished finished = program.wait();
  EXPECT_EQ(finished.exit_code, 128 + SIGHUP);
  EXPECT_THAT(finished.err, HasSubstr("stopping"));
  EXPECT_THAT(finished.err, Not(HasSubstr("once more")));
  expect_nothing_lost();
}

// Loading may wait for ever, as for labels from a pipe that nobody writes to.
TEST_F(WeirSignals, WhileItLoadsItEnds) {
  const std::string pipe = folder_.file("pipe");
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  for (const int signal : {SIGHUP, SIGUSR1}) {
    start_again();
    std::vector<std::string> arguments = endless_run();
    arguments.insert(arguments.end(), {"--labels", pipe});
    Program program(folder_.path(), arguments);
    ASSERT_TRUE(program.wait_for_file(folder_.file("summary.json")))
        << "it makes sure that it can write there";
    program.signal(signal);
    EXPECT_EQ(program.wait().exit_code, 128 + signal);
  }
}

/// The program with a terminal of its own, as a session's first process.
class OnATerminal {
 public:
  OnATerminal(std::vector<std::string> arguments, const std::function<void()>& before = {}) {
    arguments.insert(arguments.begin(), WEIR_PROGRAM);
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    pid_ = forkpty(&terminal_, nullptr, nullptr, nullptr);
    if (pid_ != 0) return;
    setenv("TERM", "xterm", 1);
    if (before) before();
    execv(argv[0], argv.data());
    _exit(127);
  }
  ~OnATerminal() {
    close_terminal();
    if (pid_ <= 0) return;
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  OnATerminal(const OnATerminal&) = delete;
  OnATerminal& operator=(const OnATerminal&) = delete;

  /// Until the program has shown `text`; false where it ended before.
  [[nodiscard]] bool wait_for(const std::string& text) {
    std::string shown;
    std::array<char, 4096> part{};
    while (shown.find(text) == std::string::npos) {
      const ssize_t bytes = read(terminal_, part.data(), part.size());
      if (bytes <= 0) return false;
      shown.append(part.data(), static_cast<size_t>(bytes));
    }
    return true;
  }
  /// As somebody who types it; "\x13" is Ctrl-S.
  void type(std::string_view keys) const {
    EXPECT_EQ(::write(terminal_, keys.data(), keys.size()), static_cast<ssize_t>(keys.size()));
  }
  void signal(int number) const { kill(pid_, number); }
  void close_terminal() {
    if (terminal_ >= 0) close(terminal_);
    terminal_ = -1;
  }
  int wait() {
    int status = 0;
    waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

 private:
  int terminal_ = -1;
  pid_t pid_ = -1;
};

TEST_F(WeirSignals, AClosedTerminalEndsARunInOrder) {
  OnATerminal program(endless_run());
  ASSERT_TRUE(program.wait_for("fps"));
  program.close_terminal();
  EXPECT_EQ(program.wait(), 128 + SIGHUP);
  expect_nothing_lost();
}

// Under nohup with output to the terminal, or disowned: all it shows from then on fails, and that is no
// failure.
TEST_F(WeirSignals, WhoIgnoresTheHangUpGoesOnWithoutATerminal) {
  std::vector<std::string> arguments = endless_run();
  arguments.insert(arguments.end(), {"--pace", "realtime", "--frames", "25"});
  OnATerminal program(arguments, [] { ignore({SIGHUP}); });
  ASSERT_TRUE(program.wait_for("fps"));
  program.close_terminal();
  EXPECT_EQ(program.wait(), 0);
  expect_nothing_lost();
  EXPECT_EQ(summary()["streams"][0]["inferred"], 25);
}

// A terminal that was stopped by Ctrl-S, a pager that waits: everything that prints waits with it.
TEST_F(WeirSignals, AStalledStandardErrorKeepsNobodyFromEndingIt) {
  // A pipe with as much room as the first message takes.
  const auto stall = [] {
    constexpr int kRoom = 100;
    std::array<int, 2> ends{};
    if (pipe(ends.data()) != 0) _exit(127);
    const std::string filling(fcntl(ends[1], F_GETPIPE_SZ) - kRoom, 'x');
    if (write(ends[1], filling.data(), filling.size()) < 0) _exit(127);
    dup2(ends[1], STDERR_FILENO);
  };
  {
    Program program(folder_.path(), endless_run(), stall);
    ASSERT_TRUE(program.wait_for_bytes(results(), 1));
    program.signal(SIGTERM);
    EXPECT_EQ(program.wait().exit_code, 128 + SIGTERM);
    expect_nothing_lost();
  }
  start_again();
  std::vector<std::string> arguments = endless_run();
  arguments.push_back("--quiet");
  Program program(folder_.path(), arguments, stall);
  ASSERT_TRUE(program.wait_for_bytes(results(), 1));
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait().exit_code, 128 + SIGTERM);
  expect_nothing_lost();
}

TEST_F(WeirSignals, ATerminalThatStandsStillDoesNotHoldUpTheFiles) {
  OnATerminal program(endless_run());
  ASSERT_TRUE(program.wait_for("fps"));
  program.type("\x13");
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait(), 128 + SIGTERM);
  expect_nothing_lost();
}

TEST_F(WeirSignals, ASceneIsAWholeVideoOfTheFramesSoFar) {
  for (const int signal : {SIGHUP, SIGUSR1, SIGTERM}) {
    const std::string scene = folder_.file("long.mp4");
    const std::string truth = folder_.file("long.jsonl");
    std::filesystem::remove(truth);
    Program program(folder_.path(),
                    {"scene", scene, "--truth", truth, "--size", "320x180", "--frames", "1000000"});
    ASSERT_TRUE(program.wait_for_bytes(truth, 1));
    program.signal(signal);
    const Finished finished = program.wait();
    EXPECT_EQ(finished.exit_code, 128 + signal) << finished.err;
    EXPECT_EQ(testing::probe(scene, "nb_read_frames"),
              std::to_string(std::ranges::count(testing::read_bytes(truth), '\n')));
  }
}

class WeirSignalsBench : public WeirSignals {
 protected:
  std::vector<std::string> endless_bench() const {
    return {"bench",      "sharing",
            "--inputs",   "scene:street?size=64x48",
            "--model",    folder_.file("m.json"),
            "--backend",  "fake",
            "--warmup",   "100ms",
            "--duration", "400ms",
            "--streams",  "1",
            "--setups",   "pool",
            "--repeats",  "500",
            "--json",     folder_.file("out.json")};
  }
};

TEST_F(WeirSignalsBench, KeepsWhatWasMeasured) {
  for (const int signal : {SIGHUP, SIGUSR1}) {
    start_again();
    Program program(folder_.path(), endless_bench());
    ASSERT_TRUE(program.wait_for_bytes(folder_.file("stderr"), 1))
        << "the first run is told when it is measured";
    program.signal(signal);
    const Finished finished = program.wait();
    EXPECT_EQ(finished.exit_code, 128 + signal) << finished.err;
    EXPECT_THAT(finished.out, HasSubstr("stopped before its end"));
    EXPECT_GE(json::parse(testing::read_bytes(folder_.file("out.json")))["setups"][0]["repeats"].size(), 1U);
  }
}

TEST_F(WeirSignalsBench, AClosedTerminalHidesNothingThatWasMeasured) {
  OnATerminal program(endless_bench());
  ASSERT_TRUE(program.wait_for("repeat 1: "));
  program.close_terminal();
  EXPECT_EQ(program.wait(), 128 + SIGHUP);
  EXPECT_GE(json::parse(testing::read_bytes(folder_.file("out.json")))["setups"][0]["repeats"].size(), 1U);
}

// Some services start their programs so; a parent then never hears of its children's end.
TEST_F(WeirSignalsBench, ItHearsOfItsChildrenThoughTheirEndWasIgnored) {
  std::vector<std::string> arguments = endless_bench();
  *(std::ranges::find(arguments, "500")) = "1";
  Program program(folder_.path(), arguments, [] { ignore({SIGCHLD}); });
  EXPECT_EQ(program.wait().exit_code, 0);
}

}  // namespace
}  // namespace weir
