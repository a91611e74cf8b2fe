// SPDX-License-Identifier: Apache-2.0
// `weir scene`, and what weir does on a machine with nothing but itself: its own scene, its own detector, its
// own measure of how well that went.
#include <algorithm>
#include <filesystem>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "scene/street.h"
#include "support/media.h"
#include "support/program.h"

namespace weir {
namespace {

using nlohmann::json;
using testing::Finished;
using ::testing::HasSubstr;

class WeirScene : public ::testing::Test {
 protected:
  Finished weir(std::vector<std::string> arguments) const {
    return testing::run_program(folder_.path(), std::move(arguments));
  }

  testing::TempFolder folder_;
};

TEST_F(WeirScene, WritesAVideoWithTheTruthOfEachFrame) {
  WEIR_SKIP_WITHOUT_FFMPEG();
  const std::string video = folder_.file("gate.mp4");
  const std::string truth = folder_.file("truth.jsonl");
  const Finished finished = weir({"scene", video, "--truth", truth, "--seed", "7", "--size", "320x180",
                                  "--frames", "12", "--fps", "10"});
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_EQ(finished.out, video + ": 12 frames, truth in " + truth + "\n");
  EXPECT_EQ(finished.err, "");
  EXPECT_EQ(testing::probe(video, "nb_read_frames"), "12");
  EXPECT_EQ(testing::probe(video, "codec_name"), "h264");
  EXPECT_EQ(testing::probe(video, "width"), "320");
  EXPECT_EQ(testing::probe(video, "r_frame_rate"), "10/1");
  EXPECT_EQ(testing::probe(video, "color_range"), "tv");

  const auto street = scene::Street::create({.width_px = 320, .height_px = 180, .fps = 10, .seed = 7});
  ASSERT_TRUE(street);
  std::string expected;
  for (int frame = 0; frame < 12; ++frame) {
    expected += scene::write_truth_line("gate", frame, 320, 180, street->truth(frame));
  }
  EXPECT_EQ(testing::read_bytes(truth), expected) << "the stream is called as `weir run` would call it";
}

TEST_F(WeirScene, WhatCantBeIsOneLine) {
  const std::string video = folder_.file("a.mp4");
  const std::vector<std::pair<std::vector<std::string>, std::string>> wrong{
      {{video, "--size", "big"}, "size=big is not WIDTHxHEIGHT"},
      {{video, "--size", "333x180"}, "must be even"},
      {{video, "--size", "16x16"}, "width 16 is out of range"},
      {{video, "--seed", "-4"}, "seed=-4 is not a whole number"},
      {{video, "--frames", "0"}, "frames 0 is out of range"},
      {{video, "--truth", video}, "it is the video"},
      {{folder_.path()}, folder_.path()},
      {{folder_.file("none/a.mp4")}, "none/a.mp4"},
      {{video, "--truth", folder_.file("none/a.jsonl")}, "none/a.jsonl"}};
  for (auto [arguments, what] : wrong) {
    arguments.insert(arguments.begin(), "scene");
    const Finished finished = weir(arguments);
    EXPECT_NE(finished.exit_code, 0) << what;
    EXPECT_THAT(finished.err, HasSubstr(what));
    EXPECT_EQ(std::ranges::count(finished.err, '\n'), 1) << finished.err;
  }
}

TEST_F(WeirScene, StoppedItLeavesAWholeVideoOfTheFramesSoFar) {
  WEIR_SKIP_WITHOUT_FFMPEG();
  const std::string video = folder_.file("long.mp4");
  const std::string truth = folder_.file("long.jsonl");
  testing::Program program(folder_.path(),
                           {"scene", video, "--truth", truth, "--size", "320x180", "--frames", "1000000"});
  ASSERT_TRUE(program.wait_for_bytes(truth, 1));
  program.signal(SIGINT);
  const Finished finished = program.wait();
  EXPECT_EQ(finished.exit_code, 128 + SIGINT) << finished.err;
  EXPECT_EQ(testing::probe(video, "nb_read_frames"),
            std::to_string(std::ranges::count(testing::read_bytes(truth), '\n')));
}

#ifdef WEIR_OPENVINO
// The whole of weir on itself. The bounds are far below what models/demo/README.md tells: a wrong colour, a
// shifted box or a lost frame falls below them, another compiler does not.
TEST_F(WeirScene, TheBundledDetectorFindsWhatIsInTheStreet) {
  std::vector<std::string> videos;
  std::vector<std::string> truths;
  for (const char* seed : {"3", "7"}) {
    videos.push_back(folder_.file(std::string("street-") + seed + ".mp4"));
    truths.push_back(folder_.file(std::string("street-") + seed + ".jsonl"));
    const Finished made = weir({"scene", videos.back(), "--truth", truths.back(), "--seed", seed, "--fps",
                                "1", "--frames", "15", "--quiet"});
    ASSERT_EQ(made.exit_code, 0) << made.err;
  }
  const std::string results = folder_.file("results.jsonl");
  const Finished ran =
      weir({"run", videos[0], videos[1], "--results", results, "--score", "0.01", "--quiet"});
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  const Finished measured = weir({"eval", results, truths[0], truths[1], "--min-size", "24", "--json"});
  ASSERT_EQ(measured.exit_code, 0) << measured.err;
  const json figures = json::parse(measured.out);
  EXPECT_GE(figures["ap50"], 0.7);
  EXPECT_GE(figures["recall"], 0.7);
}
#endif

}  // namespace
}  // namespace weir
