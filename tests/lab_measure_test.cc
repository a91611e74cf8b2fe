// SPDX-License-Identifier: Apache-2.0
// How children are started, watched and ended, with shell scripts in weir's place.
#include <csignal>
#include <filesystem>

#include <sys/wait.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lab/run/measure.h"
#include "support/media.h"

namespace weir::lab {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::TempFolder;

constexpr const char* kSummary =
    R"({"backend":"fake","backend_version":"1","device":"d","precision":"f32","input_size":"32x32",)"
    R"("models_loaded":1,"contexts":2,"cores":2,"measured_from_seconds":5.0,"wall_seconds":1.0,)"
    R"("frames_per_second":30.0,"cpu_ms_per_frame":2.0,)"
    R"("memory":{"ledger":[{"kind":"libraries","owner":"process","bytes":7}],"ledger_pss_bytes":7},)"
    R"("streams":[{"name":"s","inferred":30,"dropped":{"queue full":2},"frames_per_second":30.0,)"
    R"("latency_ms":{"p50":1.0,"p99":2.0}}]})";

class LabMeasure : public ::testing::Test {
 protected:
  /// An executable in weir's place; `body` sees the set-up's name as $1 and the summary's path as $3.
  std::string script(const std::string& body) const {
    const std::string path = folder_.file("weir.sh");
    testing::write_bytes(path, "#!/bin/sh\necho \"$1\" >> " + folder_.file("log") + "\n" + body + "\n");
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    testing::write_bytes(folder_.file("canned.json"), kSummary);
    return path;
  }
  std::string write_summary() const { return "cp " + folder_.file("canned.json") + " \"$3\""; }
  std::string log() const { return testing::read_bytes(folder_.file("log")); }

  static Experiment experiment(int repeats) {
    Experiment made;
    made.protocol.repeats = repeats;
    made.setups = {{.name = "a", .arguments = {"a"}}, {.name = "b", .arguments = {"b"}}};
    return made;
  }

  static Watcher nobody() {
    return {[](const Progress&) {}, [](const SetupRuns&, const Repeat&) {},
            [](const SetupRuns&, const Failure&) {}};
  }

  TempFolder folder_;
};

TEST_F(LabMeasure, SetUpsTakeTurns) {
  Experiment made = experiment(2);
  ASSERT_TRUE(measure(made, {}, nobody(), script(write_summary())));
  EXPECT_EQ(log(), "a\nb\na\nb\n");
  ASSERT_EQ(made.setups[1].repeats.size(), 2U);
  const Repeat& repeat = made.setups[1].repeats[1];
  EXPECT_EQ(repeat.number, 2);
  EXPECT_EQ(repeat.figures.streams[0].dropped, 2);
  EXPECT_DOUBLE_EQ(repeat.measured_to_seconds - repeat.measured_from_seconds, 1.0);
  EXPECT_FALSE(made.interrupted);
}

TEST_F(LabMeasure, AFailureIsToldInTheChildsWordsAndTheRestGoesOn) {
  Experiment made = experiment(2);
  std::vector<std::string> told;
  Watcher watcher = nobody();
  watcher.failed = [&](const SetupRuns& setup, const Failure& failure) {
    told.push_back(setup.name + failure.message);
  };
  ASSERT_TRUE(measure(
      made, {}, watcher,
      script("if [ $1 = a ]; then echo x >&2; echo 'weir: no memory' >&2; exit 1; fi\n" + write_summary())));
  EXPECT_THAT(told, ElementsAre("ano memory", "ano memory"));
  EXPECT_TRUE(made.setups[0].repeats.empty());
  EXPECT_EQ(made.setups[0].failures[1].repeat, 2);
  EXPECT_EQ(made.setups[1].repeats.size(), 2U);
}

TEST_F(LabMeasure, WhatCannotBeIsNotTriedAgain) {
  Experiment made = experiment(3);
  ASSERT_TRUE(measure(made, {}, nobody(), script("[ $1 = a ] && exit 2\n" + write_summary())));
  EXPECT_EQ(log(), "a\nb\nb\nb\n");
  EXPECT_THAT(made.setups[0].failures[0].message, HasSubstr("exit code 2"));
}

TEST_F(LabMeasure, AChildThatIsKilledOrWritesNonsenseFails) {
  Experiment made = experiment(1);
  ASSERT_TRUE(measure(made, {}, nobody(), script("[ $1 = a ] && kill -9 $$\necho '{}' > \"$3\"")));
  EXPECT_THAT(made.setups[0].failures[0].message, HasSubstr("signal 9"));
  EXPECT_THAT(made.setups[1].failures[0].message, HasSubstr("summary"));
}

TEST_F(LabMeasure, StoppingKeepsWhatWasMeasuredAndLeavesNoChild) {
  Experiment made = experiment(2);
  std::stop_source source;
  Watcher watcher = nobody();
  watcher.running = [&](const Progress& now) {
    if (now.setup == "b") source.request_stop();
  };
  ASSERT_TRUE(measure(made, source.get_token(), watcher,
                      script("[ $1 = b ] && exec sleep 1000\n" + write_summary())));
  EXPECT_TRUE(made.interrupted);
  EXPECT_EQ(made.setups[0].repeats.size(), 1U);
  EXPECT_TRUE(made.setups[1].repeats.empty());
  EXPECT_TRUE(made.setups[1].failures.empty());
  EXPECT_EQ(waitpid(-1, nullptr, WNOHANG), -1) << "a child is left";
}

// A mask may come from whoever started weir; a child that inherited it could not be stopped.
TEST_F(LabMeasure, AChildBlocksNoSignals) {
  sigset_t blocked;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGTERM);
  sigset_t before;
  pthread_sigmask(SIG_BLOCK, &blocked, &before);
  Experiment made = experiment(1);
  ASSERT_TRUE(measure(made, {}, nobody(), script("kill -TERM $$\n" + write_summary())));
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  EXPECT_THAT(made.setups[0].failures.at(0).message, HasSubstr("signal 15"));
}

TEST_F(LabMeasure, ARunningChildIsSampled) {
  Experiment made = experiment(1);
  ASSERT_TRUE(measure(made, {}, nobody(), script("sleep 0.5\n" + write_summary())));
  const std::vector<Sample>& samples = made.setups[0].repeats.at(0).samples;
  ASSERT_FALSE(samples.empty());
  EXPECT_GT(samples.front().rss_bytes, 0);
  EXPECT_TRUE(samples.front().pss_bytes.has_value());
  EXPECT_GE(made.setups[0].repeats[0].peak_rss_bytes.value(), samples.front().rss_bytes);
}

}  // namespace
}  // namespace weir::lab
