// SPDX-License-Identifier: Apache-2.0
// `weir bench` as its users meet it, on runs too short to be figures.
#include <algorithm>
#include <cstdlib>
#include <filesystem>

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

class WeirBench : public ::testing::Test {
 protected:
  void SetUp() override {
    WEIR_SKIP_WITHOUT_FFMPEG();
    ASSERT_TRUE(testing::make_test_video(video(), "320x180", 20, "-pix_fmt yuv420p"));
    model_ = testing::write_fake_model(folder_.file("m.json"), R"("weights_bytes": 16000000)");
  }

  std::string video() const { return folder_.file("clip.mp4"); }
  std::string out() const { return folder_.file("out.json"); }

  std::vector<std::string> arguments(const std::string& command, std::vector<std::string> more) const {
    std::vector<std::string> words{"bench",      command,     "--inputs", video(),    "--model",
                                   model_,       "--backend", "fake",     "--warmup", "100ms",
                                   "--duration", "400ms",     "--json",   out()};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  Finished bench(const std::string& command, std::vector<std::string> more) const {
    return testing::run_program(folder_.path(), arguments(command, std::move(more)));
  }
  json written() const { return json::parse(testing::read_bytes(out())); }

  testing::TempFolder folder_;
  std::string model_;
};

TEST_F(WeirBench, SharingMeasuresEverySetUpAndWritesItDown) {
  const Finished finished = bench(
      "sharing", {"--streams", "2", "--contexts", "2", "--repeats", "1", "--csv", folder_.file("out.csv")});
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  const json file = written();
  const std::vector<std::pair<std::string, int>> expected{
      {"none", 4}, {"stream", 2}, {"all", 1}, {"pool", 1}};
  ASSERT_EQ(file["setups"].size(), expected.size());
  for (size_t i = 0; i < expected.size(); ++i) {
    const json& setup = file["setups"][i];
    EXPECT_EQ(setup["name"], expected[i].first);
    EXPECT_EQ(setup["models_loaded"], expected[i].second);
    EXPECT_GT(setup["pss_bytes"], 0);
    EXPECT_GT(setup["frames_per_second"], 0);
    EXPECT_GT(setup["repeats"][0]["samples"].size(), 0U);
  }
  // Three models of 16 MB are not there; what else a process takes varies by some 10 MB.
  EXPECT_LT(file["setups"][2]["pss_bytes"].get<int64_t>() + 30'000'000,
            file["setups"][0]["pss_bytes"].get<int64_t>());
  EXPECT_EQ(file["environment"]["models"][0]["path"], model_);
  EXPECT_THAT(file["protocol"]["command"], ::testing::StartsWith("weir bench sharing --inputs " + video()));
  EXPECT_THAT(finished.out, HasSubstr("published, of another machine"));
  EXPECT_THAT(testing::read_bytes(folder_.file("out.csv")), HasSubstr("\npool,1,1,"));
}

TEST_F(WeirBench, EngineHoldsStreamsAgainstTheModelAlone) {
  const std::string cache = "XDG_CACHE_HOME=" + folder_.path();
  putenv(const_cast<char*>(cache.c_str()));  // NOLINT: outlives the child
  const Finished finished = bench("engine", {"--streams", "1,2", "--repeats", "1"});
  unsetenv("XDG_CACHE_HOME");
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  const json setups = written()["setups"];
  ASSERT_EQ(setups.size(), 4U);
  EXPECT_EQ(setups[0]["name"], "back to back");
  EXPECT_GT(setups[0]["frames_per_second"], 0);
  EXPECT_EQ(setups[3]["streams"], 2);
  EXPECT_THAT(finished.out, HasSubstr("one stream more adds"));
  EXPECT_TRUE(std::filesystem::is_directory(folder_.file("weir")));
}

TEST_F(WeirBench, AFailingRunIsToldAndTheOthersAreShown) {
  testing::write_fake_model(model_, R"("fail_runs": [1])");
  const Finished finished = bench("sharing", {"--streams", "1", "--setups", "none,pool", "--repeats", "1"});
  EXPECT_EQ(finished.exit_code, 1);
  EXPECT_THAT(finished.err, HasSubstr("as the fake model says"));
  EXPECT_THAT(finished.out, HasSubstr("nothing was measured"));
  EXPECT_THAT(written()["setups"][0]["failures"][0]["message"].get<std::string>(), HasSubstr("fake model"));
}

TEST_F(WeirBench, WhatNoSetUpCanUseIsToldOnceAndExitCodeTwo) {
  testing::write_bytes(folder_.file("labels.txt"), "one\n");
  const Finished finished =
      bench("sharing", {"--streams", "1", "--setups", "none,pool", "--labels", folder_.file("labels.txt")});
  EXPECT_EQ(finished.exit_code, 2) << finished.err;
  EXPECT_THAT(finished.err, HasSubstr("pool, repeat 1: the same"));
}

// As timeout(1) does it: the process and its group.
TEST_F(WeirBench, ASignalTwiceAtOnceIsOne) {
  testing::Program program(
      folder_.path(), arguments("sharing", {"--streams", "1", "--setups", "pool,none", "--repeats", "500"}));
  ASSERT_TRUE(program.wait_for_bytes(folder_.file("stderr"), 1));
  program.signal(SIGTERM);
  program.signal(SIGINT);
  const Finished finished = program.wait();
  EXPECT_THAT(finished.out, HasSubstr("stopped before its end")) << finished.err;
}

TEST_F(WeirBench, CtrlCKeepsWhatWasMeasured) {
  testing::Program program(
      folder_.path(), arguments("sharing", {"--streams", "1", "--setups", "pool,none", "--repeats", "500"}));
  ASSERT_TRUE(program.wait_for_bytes(folder_.file("stderr"), 1))
      << "the first run is told when it is measured";
  program.signal(SIGINT);
  const Finished finished = program.wait();
  EXPECT_EQ(finished.exit_code, 130) << finished.err;
  EXPECT_THAT(finished.out, HasSubstr("stopped before its end"));
  EXPECT_GE(written()["setups"][0]["repeats"].size(), 1U);
  EXPECT_EQ(written()["interrupted"], true);
}

TEST_F(WeirBench, MistakesAreOneLineAndExitCodeTwo) {
  const auto expect = [&](const Finished& finished, const std::string& what) {
    EXPECT_EQ(finished.exit_code, 2) << finished.err;
    EXPECT_THAT(finished.err, HasSubstr(what));
    EXPECT_EQ(std::ranges::count(finished.err, '\n'), 1) << finished.err;
  };
  expect(bench("sharing", {"--setups", "none,some"}), "none, stream, all or pool");
  expect(bench("sharing", {"--csv", video()}), "it is an input");
  expect(bench("sharing", {"--inputs", folder_.file("no.mp4")}), "no.mp4");
  expect(testing::run_program(folder_.path(), {"bench", "engine", "--inputs", video(), "--model", "no.onnx"}),
         "no.onnx");
  expect(bench("sharing", {"--csv", folder_.file("no/folder.csv")}), "folder.csv");
  expect(bench("sharing", {"--stream", "4"}), "did you mean --streams?");
  expect(bench("shring", {}), "did you mean sharing?");
  expect(testing::run_program(folder_.path(), {"bench"}), "weir bench --help");
  EXPECT_THAT(testing::run_program(folder_.path(), {"bench", "--help"}).out, Not(HasSubstr("raw")));
}

}  // namespace
}  // namespace weir
