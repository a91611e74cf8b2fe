// SPDX-License-Identifier: Apache-2.0
// `weir run` as its users meet it: options, messages, exit codes, signals.
#include <algorithm>
#include <filesystem>
#include <set>
#include <sstream>

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

class WeirRun : public ::testing::Test {
 protected:
  void SetUp() override {
    WEIR_SKIP_WITHOUT_FFMPEG();
    ASSERT_TRUE(testing::make_test_video(video(), "320x180", 20, "-pix_fmt yuv420p"));
    model_ = testing::write_openvino_model(folder_.file("bright.xml"));
    if (model_.empty()) model_ = testing::write_fake_model(folder_.file("bright.json"));
  }

  std::string video() const { return folder_.file("clip.mp4"); }

  Finished weir(std::vector<std::string> arguments) const {
    return testing::run_program(folder_.path(), std::move(arguments));
  }

  /// `weir run` with the test's model.
  Finished run(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"run", "--model", model_});
    return weir(std::move(arguments));
  }

  json summary() const { return json::parse(testing::read_bytes(folder_.file("summary.json"))); }

  /// Exit code and that standard error is one line which says `what`.
  static void expect_one_line(const Finished& finished, int exit_code, const std::string& what) {
    EXPECT_EQ(finished.exit_code, exit_code) << finished.err;
    EXPECT_THAT(finished.err, HasSubstr(what));
    EXPECT_EQ(std::ranges::count(finished.err, '\n'), 1) << finished.err;
  }

  testing::TempFolder folder_;
  std::string model_;
};

TEST_F(WeirRun, FourStreamsEveryFrameOneModel) {
  const Finished finished =
      run({"gate=" + video(), video(), video(), "file:" + video(), "--contexts-per-stream", "3", "--results",
           folder_.file("results.jsonl"), "--summary", folder_.file("summary.json")});
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_THAT(finished.out, HasSubstr("1 model loaded, 12 contexts"));
  const json sum = summary();
  EXPECT_EQ(sum["models_loaded"], 1);
  EXPECT_EQ(sum["contexts"], 12);
  EXPECT_EQ(sum["input_size"], "416x256");
  EXPECT_GT(sum["frames_per_second"], 0);
  EXPECT_GT(sum["cpu_ms_per_frame"], 0);
  EXPECT_GT(sum["memory"]["pss_bytes"], 0);
  std::set<std::string> names;
  for (const json& stream : sum["streams"]) {
    names.insert(stream["name"]);
    EXPECT_EQ(stream["decoded"], 20);
    EXPECT_EQ(stream["inferred"], 20);
    EXPECT_GT(stream["latency_ms"]["p99"], 0);
  }
  EXPECT_EQ(names, (std::set<std::string>{"gate", "clip", "clip-2", "clip-3"}));
  const std::string results = testing::read_bytes(folder_.file("results.jsonl"));
  EXPECT_EQ(std::ranges::count(results, '\n'), 80);
}

TEST_F(WeirRun, SharingIsWhatTheSummarySays) {
  const std::vector<std::pair<std::string, int>> expected{{"none", 4}, {"stream", 2}, {"all", 1}};
  for (const auto& [share, models] : expected) {
    const Finished finished = run({video(), video(), "--share", share, "--contexts-per-stream", "2",
                                   "--summary", folder_.file("summary.json"), "--quiet"});
    ASSERT_EQ(finished.exit_code, 0) << finished.err;
    EXPECT_EQ(finished.out + finished.err, "") << "--quiet";
    EXPECT_EQ(summary()["models_loaded"], models);
    EXPECT_EQ(summary()["contexts"], 4);
  }
}

TEST_F(WeirRun, ResultsOnStandardOutputAreOnlyResults) {
  const Finished finished = run({video(), "--results", "-"});
  ASSERT_EQ(finished.exit_code, 0);
  std::istringstream lines(finished.out);
  int64_t frame = 0;
  for (std::string line; std::getline(lines, line);) EXPECT_EQ(json::parse(line)["frame"], frame++);
  EXPECT_EQ(frame, 20);
  EXPECT_THAT(finished.err, HasSubstr("frames a second"));
}

TEST_F(WeirRun, WhatTheUserGotWrongIsOneLineAndExitCodeTwo) {
  testing::write_bytes(folder_.file("empty.mp4"), "");
  testing::write_bytes(folder_.file("text.mp4"), "this is a text, not a video\n");
  testing::write_bytes(folder_.file("garbage.onnx"), "\x01\x02 garbage");
  testing::write_bytes(folder_.file("labels.txt"), "one\ntwo\n");
  expect_one_line(run({folder_.file("none.mp4")}), 2, "none.mp4");
  expect_one_line(run({folder_.path()}), 2, folder_.path());
  expect_one_line(run({folder_.file("empty.mp4")}), 2, "empty.mp4");
  expect_one_line(run({folder_.file("text.mp4")}), 2, "text.mp4");
  expect_one_line(weir({"run", video(), "--model", folder_.file("none.onnx")}), 2, "none.onnx");
  expect_one_line(weir({"run", video(), "--model", folder_.file("garbage.onnx")}), 2, "garbage.onnx");
  expect_one_line(run({video(), "--labels", folder_.file("labels.txt")}), 2, "labels.txt");
  expect_one_line(run({video(), "--results", folder_.file("no/folder/r.jsonl")}), 2, "r.jsonl");
  expect_one_line(run({video(), "--summary", folder_.file("no/folder/s.json")}), 2, "s.json");
  expect_one_line(run({video(), "--annotate", video()}), 2, "clip.mp4");
  expect_one_line(run({video(), "--backend", "tensorrt"}), 2, "tensorrt");
  expect_one_line(run({video(), "--share", "some"}), 2, "none, stream or all");
  expect_one_line(run({video(), "--contexts", "0"}), 2, "--contexts");
  expect_one_line(run({video(), "--contexts", "many"}), 2, "--contexts");
  expect_one_line(run({video(), "--score", "7"}), 2, "--score");
  expect_one_line(run({video(), "--duration", "soon"}), 2, "--duration");
  expect_one_line(run({video(), "--input-size", "big"}), 2, "--input-size");
  expect_one_line(run({video(), "--results", ""}), 2, "--results: the name is empty");
  expect_one_line(run({video(), "--shre", "all"}), 2, "did you mean --share?");
  expect_one_line(weir({}), 2, "weir --help");
  expect_one_line(weir({"rnu"}), 2, "did you mean run?");
}

// `--annotate .` beside the inputs is a natural thing to type.
TEST_F(WeirRun, NothingThatIsReadIsWrittenOver) {
  const std::string before = testing::read_bytes(video());
  expect_one_line(run({video(), "--results", video()}), 2, "it is an input");
  expect_one_line(run({video(), "--summary", model_}), 2, "it is a model");
  expect_one_line(run({video(), "--annotate", folder_.path()}), 2, "it is an input");
  const std::string same = folder_.file("same.json");
  expect_one_line(run({video(), "--results", same, "--summary", same}), 2, "it is the results");
  const std::string link = folder_.file("another-name.jsonl");
  std::filesystem::create_hard_link(video(), link);
  expect_one_line(run({video(), "--results", link}), 2, "it is an input");
  EXPECT_EQ(testing::read_bytes(video()), before);
}

// The first file to be opened gets the number of a standard output that is closed, and then what is printed
// there.
// Recordings are often named by their time.
TEST_F(WeirRun, NamesWithColons) {
  const std::string clip = folder_.file("2024-11-14T22:57:44+02:00.mp4");
  std::filesystem::copy_file(video(), clip);
  const std::string results = folder_.file("cam1:results.jsonl");
  const Finished finished = run({"gate=" + clip, clip, "--results", results, "--summary",
                                 folder_.file("s:1.json"), "--annotate", folder_.file("out:1")});
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  const std::string lines = testing::read_bytes(results);
  EXPECT_EQ(std::ranges::count(lines, '\n'), 40);
  EXPECT_THAT(lines, HasSubstr("\"stream\":\"2024-11-14T22:57:44+02:00\""));
  EXPECT_TRUE(json::accept(testing::read_bytes(folder_.file("s:1.json"))));
  EXPECT_EQ(testing::probe(folder_.file("out:1/gate.mp4"), "nb_read_frames"), "20");
  expect_one_line(run({clip, "--results", clip}), 2, "it is an input");
}

TEST_F(WeirRun, WhatIsPrintedWhereStandardOutputIsClosedIsInNoFile) {
  const std::string results = folder_.file("results.jsonl");
  const std::string command = std::string(WEIR_PROGRAM) + " run --model " + model_ + " " + video() +
                              " --results " + results + " >&- 2>&-";
  EXPECT_NE(std::system(command.c_str()), 0) << "the summary was not printed";
  std::istringstream lines(testing::read_bytes(results));
  int frames = 0;
  for (std::string line; std::getline(lines, line); ++frames) EXPECT_TRUE(json::accept(line)) << line;
  EXPECT_EQ(frames, 20);
}

TEST_F(WeirRun, OneModelThatCannotBeUsedAmongGoodOnes) {
  testing::write_bytes(folder_.file("garbage.onnx"), "\x01\x02 garbage");
  const Finished finished = weir({"run", "good=" + video(), "bad=" + video(), "--model", model_, "--model",
                                  folder_.file("garbage.onnx"), "--results", "-"});
  EXPECT_EQ(finished.exit_code, 2);
  EXPECT_EQ(std::ranges::count(finished.out, '\n'), 20);
  EXPECT_THAT(finished.err, HasSubstr("stream 'bad'"));
}

// File names are bytes: the summary must be JSON all the same.
TEST_F(WeirRun, ANameThatIsNotUtf8) {
  const std::string odd = folder_.file(
      "b\xff"
      "d.mp4");
  std::filesystem::copy_file(video(), odd);
  const Finished finished = run({odd, "--summary", folder_.file("summary.json"), "--results", "-"});
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_EQ(summary()["streams"].size(), 1U);
}

TEST_F(WeirRun, TheFirstFailedInferenceSaysWhy) {
  const std::string model = testing::write_fake_model(folder_.file("failing.json"), R"("fail_runs": [2, 5])");
  const Finished finished = weir({"run", video(), "--backend", "fake", "--model", model, "--quiet"});
  expect_one_line(finished, 1, "as the fake model says");
}

TEST_F(WeirRun, AReaderThatGoesAwayEndsTheRun) {
  const std::string command = std::string(WEIR_PROGRAM) + " run --loop --quiet --results - --model " +
                              model_ + " " + video() + " | head -1";
  EXPECT_THAT(testing::output_of(command), HasSubstr("\"frame\":0"));
}

// The warm-up counts, and nothing else of it does.
TEST_F(WeirRun, AWarmUpIsInferredButNotMeasured) {
  ASSERT_EQ(run({video(), "--summary", folder_.file("summary.json"), "--quiet"}).exit_code, 0);
  json stream = summary()["streams"][0];
  EXPECT_EQ(stream["measured"], 20);
  EXPECT_GT(stream["frames_per_second"], 0);

  const Finished finished = run(
      {video(), "--warmup", "1h", "--results", "-", "--summary", folder_.file("summary.json"), "--quiet"});
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_EQ(std::ranges::count(finished.out, '\n'), 20);
  stream = summary()["streams"][0];
  EXPECT_EQ(stream["inferred"], 20);
  EXPECT_EQ(stream["measured"], 0);
  EXPECT_EQ(stream["frames_per_second"], 0);
  EXPECT_EQ(stream["latency_ms"]["p99"], 0);
  EXPECT_EQ(summary()["frames_per_second"], 0);
  EXPECT_EQ(summary()["cpu_ms_per_frame"], 0);

  expect_one_line(run({video(), "--warmup", "5s", "--duration", "5s"}), 2, "--warmup");
}

TEST_F(WeirRun, ASceneIsAnInput) {
  const Finished finished = run({"scene:street?size=320x180&frames=5&seed=3", "--results", "-"});
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_EQ(std::ranges::count(finished.out, '\n'), 5);
}

TEST_F(WeirRun, OneBadInputAmongGoodOnes) {
  const Finished finished = run({"good=" + video(), "bad=" + folder_.file("none.mp4"), "--results", "-"});
  EXPECT_EQ(finished.exit_code, 2);
  EXPECT_EQ(std::ranges::count(finished.out, '\n'), 20);
  EXPECT_THAT(finished.err, HasSubstr("stream 'bad'"));
}

TEST_F(WeirRun, ATruncatedVideoIsUsedAsFarAsItGoes) {
  const std::string whole = folder_.file("whole.mp4");
  ASSERT_TRUE(testing::run_ffmpeg("-i '" + video() + "' -c copy -movflags +faststart '" + whole + "'"));
  const std::string bytes = testing::read_bytes(whole);
  testing::write_bytes(folder_.file("cut.mp4"), bytes.substr(0, bytes.size() * 2 / 3));
  const Finished finished = run({folder_.file("cut.mp4"), video(), "--results", "-"});
  EXPECT_EQ(finished.exit_code, 1) << finished.err;
  EXPECT_THAT(finished.err, HasSubstr("truncated"));
  EXPECT_GT(std::ranges::count(finished.out, '\n'), 20);
}

TEST_F(WeirRun, AFullDiskIsSaidOnceAndExitsWithOne) {
  const Finished finished = run({video(), video(), "--results", "/dev/full", "--quiet"});
  expect_one_line(finished, 1, "/dev/full");
}

TEST_F(WeirRun, CtrlCLeavesWholeLinesAndASummary) {
  for (const int signal : {SIGINT, SIGTERM}) {
    const std::string results = folder_.file("results.jsonl");
    std::filesystem::remove(results);
    testing::Program program(folder_.path(),
                             {"run", "--model", model_, video(), video(), "--loop", "--results", results,
                              "--summary", folder_.file("summary.json")});
    ASSERT_TRUE(program.wait_for_bytes(results, 20000));
    program.signal(signal);
    const Finished finished = program.wait();
    EXPECT_EQ(finished.exit_code, 128 + signal) << finished.err;
    EXPECT_THAT(finished.out, HasSubstr("(interrupted)"));
    EXPECT_EQ(summary()["interrupted"], true);
    std::istringstream lines(testing::read_bytes(results));
    int64_t count = 0;
    for (std::string line; std::getline(lines, line); ++count) EXPECT_TRUE(json::accept(line)) << line;
    int64_t decoded = 0;
    const json sum = summary();
    for (const json& stream : sum["streams"]) decoded += stream["decoded"].get<int64_t>();
    EXPECT_EQ(count, decoded);
  }
}

TEST_F(WeirRun, ASecondCtrlCEndsAtOnce) {
  const std::string model = testing::write_fake_model(folder_.file("slow.json"), R"("run_ms": 60000)");
  const std::string results = folder_.file("results.jsonl");
  testing::Program program(folder_.path(), {"run", "--backend", "fake", "--model", model, video()});
  ASSERT_TRUE(program.wait_for_bytes(folder_.file("stderr"), 1)) << "it says that it is loading";
  program.signal(SIGINT);
  ASSERT_TRUE(program.wait_for_bytes(folder_.file("stderr"), 100)) << "it says that it is stopping";
  program.signal(SIGINT);
  EXPECT_EQ(program.wait().exit_code, 128 + SIGINT);
}

TEST_F(WeirRun, AnnotatesVideosAndPictures) {
  const std::string picture = folder_.file("still.png");
  ASSERT_TRUE(testing::make_test_video(picture, "160x120", 1, ""));
  const Finished finished = run({video(), picture, "--annotate", folder_.file("out")});
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_EQ(testing::probe(folder_.file("out/clip.mp4"), "nb_read_frames"), "20");
  EXPECT_EQ(testing::probe(folder_.file("out/still.jpg"), "width"), "160");
}

TEST_F(WeirRun, HelpAndVersionGoToStandardOutput) {
  const Finished help = weir({"run", "--help"});
  EXPECT_EQ(help.exit_code, 0);
  EXPECT_THAT(help.out, HasSubstr("--contexts-per-stream"));
  const Finished version = weir({"--version"});
  EXPECT_EQ(version.exit_code, 0);
  EXPECT_THAT(version.out, HasSubstr("weir 0."));
  EXPECT_THAT(version.out, HasSubstr("libavcodec"));
}

// ---------------------------------------------------------------- with the shared test data

class WeirRunOnRealData : public ::testing::Test {
 protected:
  void SetUp() override {
    model_ = testing::shared_file("models/yolox_nano_416.onnx");
    clip_ = testing::shared_file("videos/car-detection.mp4");
    other_clip_ = testing::shared_file("videos/bottle-detection.mp4");
    if (model_.empty() || clip_.empty()) GTEST_SKIP() << "no test data: WEIR_TEST_DATA names its folder";
  }

  testing::TempFolder folder_;
  std::string model_;
  std::string clip_;
  std::string other_clip_;
};

// The claim of the whole engine: sharing changes memory, not answers.
TEST_F(WeirRunOnRealData, TheSameBytesForEverySetUp) {
  const std::vector<std::vector<std::string>> set_ups{{"--contexts", "1"},
                                                      {"--contexts", "3"},
                                                      {"--share", "none", "--contexts-per-stream", "2"},
                                                      {"--share", "stream", "--contexts-per-stream", "2"},
                                                      {"--share", "all", "--contexts-per-stream", "3"},
                                                      {"--cores", "1"}};
  std::vector<std::string> expected;
  for (const auto& set_up : set_ups) {
    const std::string results = folder_.file("results.jsonl");
    std::vector<std::string> arguments{"run",       "cars=" + clip_, "bottles=" + other_clip_,
                                       "--model",   model_,          "--precision",
                                       "f32",       "--frames",      "40",
                                       "--results", results,         "--quiet"};
    arguments.insert(arguments.end(), set_up.begin(), set_up.end());
    ASSERT_EQ(testing::run_program(folder_.path(), arguments).exit_code, 0);
    std::istringstream stream(testing::read_bytes(results));
    std::vector<std::string> lines;
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    std::ranges::stable_sort(lines, {},
                             [](const std::string& line) { return line.substr(0, line.find("frame")); });
    if (expected.empty()) expected = lines;
    EXPECT_EQ(lines, expected) << ::testing::PrintToString(set_up);
  }
  EXPECT_EQ(expected.size(), 80U);
}

TEST_F(WeirRunOnRealData, AModelOfAnotherFamilyIsNamedAsSuch) {
  const std::string nanodet = testing::shared_file("models/nanodet_m_416.onnx");
  const Finished finished =
      testing::run_program(folder_.path(), {"run", clip_, "--model", nanodet, "--quiet"});
  EXPECT_EQ(finished.exit_code, 2);
  EXPECT_THAT(finished.err, HasSubstr("not a YOLOX head"));
  const Finished doctor = testing::run_program(folder_.path(), {"doctor", "--model", nanodet});
  EXPECT_EQ(doctor.exit_code, 1);
  EXPECT_THAT(doctor.out, HasSubstr("not a YOLOX head"));
}

TEST_F(WeirRunOnRealData, ATruncatedModelIsNamedAsSuch) {
  const std::string bytes = testing::read_bytes(model_);
  testing::write_bytes(folder_.file("cut.onnx"), bytes.substr(0, bytes.size() / 2));
  const Finished finished =
      testing::run_program(folder_.path(), {"run", clip_, "--model", folder_.file("cut.onnx"), "--quiet"});
  EXPECT_EQ(finished.exit_code, 2);
  EXPECT_THAT(finished.err, HasSubstr("cut.onnx"));
  EXPECT_EQ(std::ranges::count(finished.err, '\n'), 1) << finished.err;
}

}  // namespace
}  // namespace weir
