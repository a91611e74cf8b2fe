// SPDX-License-Identifier: Apache-2.0
// `weir eval` as its users meet it: figures, messages, exit codes.
#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "support/media.h"
#include "support/program.h"

namespace weir {
namespace {

using nlohmann::json;
using testing::Finished;
using ::testing::HasSubstr;

class WeirEval : public ::testing::Test {
 protected:
  void SetUp() override {
    testing::write_bytes(
        results(),
        R"({"stream":"gate","frame":0,"pts_ns":0,"width":64,"height":48,"detections":[{"label":"car","class_id":2,"score":0.9,"box":[0,0,40,40]},{"label":"car","class_id":2,"score":0.3,"box":[44,0,60,40]}]})"
        "\n");
    testing::write_bytes(
        truth(),
        R"({"stream":"street","frame":0,"width":64,"height":48,"objects":[{"label":"car","class_id":0,"box":[0,0,40,40],"visible":1,"id":1},{"label":"bus","class_id":3,"box":[0,0,9,9],"visible":1,"id":2}]})"
        "\n");
  }

  std::string results() const { return folder_.file("results.jsonl"); }
  std::string truth() const { return folder_.file("truth.jsonl"); }

  Finished eval(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "eval");
    return testing::run_program(folder_.path(), std::move(arguments));
  }

  /// That it ends with exit code 2, prints nothing, and says `what` in one line.
  void expect_usage_error(const std::vector<std::string>& arguments, const std::string& what) const {
    const Finished finished = eval(arguments);
    EXPECT_EQ(finished.exit_code, 2) << finished.err;
    EXPECT_EQ(finished.out, "");
    EXPECT_THAT(finished.err, HasSubstr(what));
    EXPECT_EQ(std::ranges::count(finished.err, '\n'), 1) << finished.err;
  }

  testing::TempFolder folder_;
};

TEST_F(WeirEval, PrintsATable) {
  const Finished finished = eval({results(), truth()});
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_EQ(finished.err, "");
  EXPECT_EQ(finished.out,
            "frames: 1, detections: 2, objects: 2\n"
            "\n"
            "           objects  AP50:95    AP50    AP75  recall  precision\n"
            "all              2    0.500   0.500   0.500   0.500      0.500\n"
            "  small          1    0.000   0.000   0.000   0.000      0.000\n"
            "  medium         1    1.000   1.000   1.000   1.000      1.000\n"
            "  large          0        -       -       -       -          -\n"
            "bus              1    0.000   0.000   0.000   0.000          -\n"
            "car              1    1.000   1.000   1.000   1.000      0.500\n"
            "\n"
            "Recall and precision at IoU 0.5, of all detections in the file.\n");
}

TEST_F(WeirEval, PrintsJson) {
  const Finished finished = eval({results(), truth(), "--json", "--min-size", "24", "--score", "0.5"});
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  const json figures = json::parse(finished.out);
  EXPECT_EQ(figures["ap50"], 1);
  EXPECT_EQ(figures["ap50_95"], 1);
  EXPECT_EQ(figures["recall"], 1);
  EXPECT_EQ(figures["precision"], 1);
  EXPECT_EQ(figures["objects"], 1);
  EXPECT_EQ(figures["objects_ignored"], 1);
  ASSERT_EQ(figures["classes"].size(), 2U);
  EXPECT_EQ(figures["classes"][0]["label"], "bus");
  EXPECT_EQ(figures["classes"][0]["ap50"], nullptr);
  EXPECT_EQ(figures["classes"][1]["label"], "car");
  EXPECT_EQ(figures["classes"][1]["recall"], 1);
  EXPECT_EQ(figures["sizes"][1]["size"], "medium");
}

TEST_F(WeirEval, SaysWhatWasNotCompared) {
  testing::write_bytes(folder_.file("more.jsonl"), testing::read_bytes(truth()) +
                                                       R"({"stream":"street","frame":1,"objects":[]})"
                                                       "\n");
  const Finished finished = eval({results(), folder_.file("more.jsonl"), "--json"});
  EXPECT_EQ(finished.exit_code, 0);
  EXPECT_TRUE(json::accept(finished.out)) << finished.out;
  EXPECT_EQ(finished.err,
            "weir: frames of the truth without a result: 1 of 2; what is in them counts as missed\n");
}

TEST_F(WeirEval, MeasuresTracks) {
  std::string tracked = testing::read_bytes(results());
  tracked.insert(tracked.find(R"("score":0.9)"), R"("track_id":5,)");
  testing::write_bytes(folder_.file("tracked.jsonl"), tracked);
  const Finished table = eval({"--tracking", folder_.file("tracked.jsonl"), truth()});
  EXPECT_EQ(table.exit_code, 0) << table.err;
  EXPECT_EQ(table.err, "weir: detections that belong to no track: 1 of 2; not counted\n");
  EXPECT_EQ(table.out,
            "frames: 1, detections: 2, objects: 2\n"
            "\n"
            "      objects  tracks   found    HOTA    DetA    AssA    MOTA    IDF1 id switches\n"
            "all         2       2       1   0.707   0.500   1.000   0.500   0.667           0\n"
            "bus         1       1       0   0.000   0.000   0.000   0.000   0.000           0\n"
            "car         1       1       1   1.000   1.000   1.000   1.000   1.000           0\n");
  const Finished finished = eval({"--tracking", folder_.file("tracked.jsonl"), truth(), "--json"});
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  const json figures = json::parse(finished.out);
  EXPECT_EQ(figures["deta"], 0.5);
  EXPECT_EQ(figures["assa"], 1);
  EXPECT_EQ(figures["mota"], 0.5);
  EXPECT_EQ(figures["id_switches"], 0);
  EXPECT_EQ(figures["classes"][1]["hota"], 1);
}

TEST_F(WeirEval, ReadsAndWritesMotChallenge) {
  testing::write_bytes(folder_.file("found.txt"), "1,5,0,0,40,40,0.9,-1,-1,-1\n");
  testing::write_bytes(folder_.file("gt.txt"), "1,1,0,0,40,40,1,1,1\n2,1,0,0,40,40,1,1,1\n");
  for (const std::string format : {"mot", "auto"}) {
    const Finished finished = eval({"--tracking", "--format", format, folder_.file("found.txt"),
                                    folder_.file("gt.txt"), "--json", "--write-mot", folder_.file("mot")});
    ASSERT_EQ(finished.exit_code, 0) << finished.err;
    EXPECT_EQ(json::parse(finished.out)["mota"], 0.5);
    EXPECT_EQ(testing::read_bytes(folder_.file("mot/person/gt/gt/gt/gt.txt")),
              "1,1,0,0,40,40,1,1,1\n2,1,0,0,40,40,1,1,1\n");
  }
}

TEST_F(WeirEval, WhatTheUserGotWrongIsOneLineAndExitCodeTwo) {
  testing::write_bytes(folder_.file("bad.jsonl"), testing::read_bytes(results()) + "{\"stream\":\"ga");
  expect_usage_error({folder_.file("none.jsonl"), truth()}, "none.jsonl: can't be read: No such file");
  expect_usage_error({results(), folder_.file("none.json")}, "none.json: can't be read: No such file");
  expect_usage_error({results(), folder_.path()}, "it is a folder");
  expect_usage_error({folder_.file("bad.jsonl"), truth()}, "bad.jsonl, line 2: not JSON");
  expect_usage_error({results(), results()}, "results.jsonl, line 1: no 'objects'");
  expect_usage_error({truth(), truth()}, "truth.jsonl, line 1: no 'detections'");
  expect_usage_error({results(), truth(), truth()}, "comes a second time");
  expect_usage_error({results(), truth(), "--min-visible", "20"}, "--min-visible must be 0 to 1, not 20");
  expect_usage_error({results(), truth(), "--score", "half"}, "--score");
  expect_usage_error({results(), truth(), "--min-sise", "3"}, "did you mean --min-size?");
  expect_usage_error({results()}, "TRUTH");
  expect_usage_error({"--tracking", results(), truth()}, "no detection of the results has a 'track_id'");
  expect_usage_error({"--tracking", "--format", "mott", results(), truth()},
                     "--format must be auto, weir or mot, not 'mott'");
  expect_usage_error({"--tracking", "--format", "mot", results(), truth()}, "truth.jsonl, line 1: '{");
  expect_usage_error({"--format", "mot", results(), truth()}, "--format and --write-mot go with --tracking");
}

}  // namespace
}  // namespace weir
