// SPDX-License-Identifier: Apache-2.0
// Results and truth as files: what is read, what is refused and how that is told, and what belongs together.
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "eval/files/results.h"
#include "eval/files/truth.h"
#include "eval/pairing.h"
#include "eval/report.h"
#include "support/media.h"

namespace weir::eval {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* kResults =
    R"({"stream":"a","frame":0,"pts_ns":0,"width":64,"height":48,"detections":[{"label":"car","class_id":2,"score":0.9000,"box":[1.00,2.00,11.50,22.00]}]})"
    "\n"
    R"({"stream":"a","frame":1,"pts_ns":40,"width":64,"height":48,"error":"no"})"
    "\n"
    R"({"stream":"a","frame":2,"pts_ns":80,"width":64,"height":48,"dropped":"queue full"})"
    "\n";
constexpr const char* kTruth =
    R"({"stream":"a","frame":0,"width":64,"height":48,"objects":[{"label":"car","class_id":0,"box":[1.00,2.00,11.50,22.00],"visible":0.83,"id":12}]})"
    "\n"
    R"({"stream":"a","frame":1,"width":64,"height":48,"objects":[]})"
    "\n";
constexpr const char* kCoco = R"({
 "images": [{"id": 9, "file_name": "x/b.jpg", "width": 64, "height": 48}, {"id": 3, "file_name": "a.png"}],
 "categories": [{"id": 7, "name": "dog"}, {"id": 1, "name": "car"}],
 "annotations": [
  {"id": 1, "image_id": 9, "category_id": 1, "bbox": [1, 2, 10.5, 20], "area": 100, "iscrowd": 0,
   "segmentation": [[1, 2, 3, 4, 5, 6]]},
  {"id": 2, "image_id": 3, "category_id": 7, "bbox": [1, 2, 3, 4], "iscrowd": 1,
   "segmentation": {"counts": "abc", "size": [48, 64]}}]
})";

class EvalFiles : public ::testing::Test {
 protected:
  std::string write(const std::string& name, std::string_view text) const {
    testing::write_bytes(folder_.file(name), text);
    return folder_.file(name);
  }

  Result<Results> results(std::string_view text) const { return read_results(write("results.jsonl", text)); }

  Result<Truth> truth(std::string_view text) const {
    const std::string path = write("truth.json", text);
    return read_truth({&path, 1});
  }

  /// What results and truth come to together.
  Coverage coverage(std::string_view results_text, std::string_view truth_text) const {
    auto paired = pair(*results(results_text), *truth(truth_text));
    return paired ? paired->coverage : Coverage{.frames = -1};
  }

  testing::TempFolder folder_;
};

/// A line of results or truth with nothing in it.
std::string line(const std::string& stream, int frame, const std::string& rest) {
  return R"({"stream":")" + stream + R"(","frame":)" + std::to_string(frame) + "," + rest + "}\n";
}

TEST_F(EvalFiles, ReadsWhatWeirWrites) {
  const auto read = results(kResults);
  ASSERT_TRUE(read.has_value()) << read.error().message;
  EXPECT_THAT(std::vector<std::string>(read->streams.begin(), read->streams.end()), ElementsAre("a"));
  ASSERT_EQ(read->frames.size(), 3U);
  const ResultFrame& frame = read->frames.at({0, 0});
  EXPECT_EQ(frame.size, (FrameSize{64, 48}));
  ASSERT_EQ(frame.found.size(), 1U);
  EXPECT_EQ(read->labels[frame.found[0].label], "car");
  EXPECT_EQ(frame.found[0].found.score, 0.9);
  EXPECT_EQ(frame.found[0].found.box.x, 1);
  EXPECT_EQ(frame.found[0].found.box.width, 10.5);
  EXPECT_EQ(frame.found[0].found.box.height, 20);
  EXPECT_EQ(read->frames.at({0, 1}).outcome, Outcome::kFailed);
  EXPECT_EQ(read->frames.at({0, 2}).outcome, Outcome::kDropped);
}

TEST_F(EvalFiles, ReadsTracksAndSkipsLinesAboutSomethingElse) {
  const auto read = results(R"({"event":"outage","stream":"a","from":1})"
                            "\n" +
                            line("a", 0,
                                 R"("detections":[{"label":"car","score":0.5,"box":[1,2,3,4],"track_id":7},)"
                                 R"({"label":"car","score":0.5,"box":[1,2,3,4],"track_id":null}])") +
                            line("a", 1, R"("dropped":"rate")") + line("a", 2, R"("dropped":"queue full")"));
  ASSERT_TRUE(read.has_value()) << read.error().message;
  ASSERT_EQ(read->frames.size(), 3U);
  EXPECT_EQ(read->frames.at({0, 0}).found.at(0).track, 7);
  EXPECT_EQ(read->frames.at({0, 0}).found.at(1).track, 0);
  EXPECT_TRUE(read->frames.at({0, 1}).by_request);
  EXPECT_FALSE(read->frames.at({0, 2}).by_request);
}

TEST_F(EvalFiles, ReadsWeirsTruth) {
  const auto read = truth(kTruth);
  ASSERT_TRUE(read.has_value()) << read.error().message;
  ASSERT_EQ(read->frames.size(), 2U);
  const auto& objects = read->frames.at({0, 0}).objects;
  ASSERT_EQ(objects.size(), 1U);
  EXPECT_EQ(objects[0].object.visible, 0.83);
  EXPECT_EQ(objects[0].object.area_px2, 210);
  EXPECT_EQ(objects[0].id, 12);
  EXPECT_FALSE(objects[0].object.crowd);
}

TEST_F(EvalFiles, ReadsCoco) {
  nlohmann::json one_line = nlohmann::json::parse(kCoco);
  for (const std::string& text : {std::string(kCoco), one_line.dump()}) {
    const auto read = truth(text);
    ASSERT_TRUE(read.has_value()) << read.error().message;
    EXPECT_THAT(std::vector<std::string>(read->streams.begin(), read->streams.end()), ElementsAre("a", "b"))
        << "by image id, named by the file";
    const Object car = read->frames.at({1, 0}).objects.at(0).object;
    EXPECT_EQ(car.area_px2, 100) << "the outline's, not the box's";
    EXPECT_EQ(car.box.width, 10.5);
    const LabelledObject& dog = read->frames.at({0, 0}).objects.at(0);
    EXPECT_EQ(read->labels[dog.label], "dog");
    EXPECT_TRUE(dog.object.crowd);
    EXPECT_EQ(dog.object.area_px2, 12) << "the box's, where none is told";
  }
}

TEST_F(EvalFiles, BadResultsAreToldWithFileAndLine) {
  const std::string good = line("a", 0, R"("detections":[])");
  const auto detection = [](const std::string& fields) {
    return line("a", 1, R"("detections":[{)" + fields + "}]");
  };
  const std::vector<std::pair<std::string, std::string>> cases{
      {"{\"stream\":", "not JSON"},
      {"[1,2]\n", "must be a JSON object"},
      {"{\"frame\":1}", "no 'stream'"},
      {R"({"stream":3,"frame":1})", "'stream' must be a text, not 3"},
      {line("a", -1, R"("detections":[])"), "'frame' must be a whole number from 0, not -1"},
      {R"({"stream":"a","frame":1.5,"detections":[]})", "'frame' must be"},
      {R"({"stream":"a","frame":18446744073709551615,"detections":[]})", "'frame' must be"},
      {line("a", 1, R"("detections":{})"), "'detections' must be a list, not an object"},
      {line("a", 1, R"("boxes":[])"), "no 'detections'"},
      {line("a", 1, R"("width":"wide","detections":[])"), "'width' must be"},
      {line("a", 0, R"("detections":[])"), "frame 0 of stream 'a' comes a second time"},
      {line("a", 1, R"("detections":[7])"), "detection 1: must be a JSON object, not 7"},
      {detection(R"("score":0.5,"box":[1,2,3,4])"), "detection 1: no 'label'"},
      {detection(R"("label":"car","box":[1,2,3,4])"), "no 'score'"},
      {detection(R"("label":"car","score":1.5,"box":[1,2,3,4])"),
       "'score' must be a number from 0 to 1, not 1.5"},
      {detection(R"("label":"car","score":0.5,"box":[1,2,3])"), "'box' must be [x1,y1,x2,y2]"},
      {detection(R"("label":"car","score":0.5,"box":[1,2,3,null])"), "not [1,2,3,null]"},
      {detection(R"("label":"car","score":0.5,"box":[3,2,1,4])"), "x1 <= x2"},
      {detection(R"("label":"car","score":0.5,"box":[1,2,1e999,4])"), "not JSON"}};
  for (const auto& [bad, what] : cases) {
    const auto read = results(good + "\n" + bad);
    ASSERT_FALSE(read.has_value()) << bad;
    EXPECT_THAT(read.error().message, HasSubstr("results.jsonl, line 3: ")) << "a blank line is a line, too";
    EXPECT_THAT(read.error().message, HasSubstr(what)) << bad;
    EXPECT_EQ(read.error().code, ErrorCode::kInvalidArgument);
  }
}

TEST_F(EvalFiles, BadTruthIsToldWithFileAndPlace) {
  const auto coco = [](const char* path, const nlohmann::json& value) {
    nlohmann::json json = nlohmann::json::parse(kCoco);
    json[nlohmann::json::json_pointer(path)] = value;
    return json.dump(1);
  };
  const std::vector<std::pair<std::string, std::string>> cases{
      {"", "no truth in it"},
      {"\n \n", "no truth in it"},
      {"a car", "truth.json, line 1: not JSON"},
      {"{\"images\": [\n\n,]}", "truth.json, line 3: not JSON"},
      {R"({"images":[]})", "no 'categories'"},
      {R"({"images":[],"categories":[],"annotations":[]})", "no truth in it"},
      {R"({"stream":"a"})", "line 1: no 'frame'"},
      {line("a", 0, R"("objects":[{"label":"car"}])"), "line 1: object 1: no 'box'"},
      {line("a", 0, R"("objects":[{"label":"car","box":[1,2,3,4],"visible":2}])"), "'visible' must be"},
      {line("a", 0, R"("objects":[])") + line("a", 0, R"("objects":[])"), "line 2: frame 0 of stream 'a'"},
      {coco("/annotations/1/bbox", {1, 2, -3, 4}), "annotations 2: 'bbox' must be [x,y,width,height]"},
      {coco("/annotations/1/image_id", 77), "no such 'image_id': 77"},
      {coco("/annotations/1/category_id", 77), "no such 'category_id': 77"},
      {coco("/annotations/0/area", "big"), "annotations 1: 'area' must be"},
      {coco("/images/1/id", 9), "images 2: image id 9 comes a second time"},
      {coco("/images/1/file_name", "y/b.png"), "a second image is called 'b'"},
      {coco("/categories", 5), "'categories' must be a list, not 5"}};
  for (const auto& [bad, what] : cases) {
    const auto read = truth(bad);
    ASSERT_FALSE(read.has_value()) << bad;
    EXPECT_THAT(read.error().message, HasSubstr("truth.json"));
    EXPECT_THAT(read.error().message, HasSubstr(what)) << bad;
  }
}

TEST_F(EvalFiles, AFrameMayNotComeAgainInAnotherFile) {
  const std::vector<std::string> paths{write("a.jsonl", kTruth), write("b.jsonl", kTruth)};
  const auto read = read_truth(paths);
  ASSERT_FALSE(read.has_value());
  EXPECT_THAT(read.error().message, HasSubstr("b.jsonl, line 1: frame 0 of stream 'a'"));
}

TEST_F(EvalFiles, WhatDoesNotMeetIsCounted) {
  const std::string objects = R"("objects":[{"label":"car","box":[1,2,3,4]}])";
  const std::string found = R"("detections":[{"label":"car","score":0.5,"box":[1,2,3,4]}])";
  const Coverage some =
      coverage(line("a", 0, found) + line("a", 1, R"("error":"no")") + line("a", 2, R"("dropped":"full")") +
                   line("a", 9, found) + line("c", 0, found) +
                   line("b", 0, R"("detections":[{"label":"truck","score":0.5,"box":[1,2,3,4]}])"),
               line("a", 0, objects) + line("a", 1, objects) + line("a", 2, objects) + line("b", 0, objects) +
                   line("b", 1, objects));
  EXPECT_EQ(some.frames, 5);
  EXPECT_EQ(some.objects, 5);
  EXPECT_EQ(some.detections, 1);
  EXPECT_THAT(
      remarks(some),
      ElementsAre(
          "frames of the truth without a result: 1 of 5; what is in them counts as missed",
          "frames of the truth that failed in the results: 1 of 5; what is in them counts as missed",
          "frames of the truth that were dropped in the results: 1 of 5; what is in them counts as missed",
          "frames of the results without truth: 2 (streams 'c'); not counted",
          "detections of classes that the truth doesn't have: 1 ('truck'); not counted"));
  EXPECT_THAT(remarks(coverage(line("a", 0, found), line("a", 0, objects))), ElementsAre());
  EXPECT_EQ(coverage("", kTruth).frames_without_result, 2) << "empty results miss everything";
}

TEST_F(EvalFiles, OneStreamMeetsOneStreamWhateverTheirNames) {
  const std::string found = R"("detections":[])";
  EXPECT_EQ(coverage(line("gate", 0, found), line("scene", 0, R"("objects":[])")).frames_without_result, 0);
  const auto two = pair(*results(line("gate", 0, found) + line("yard", 0, found)), *truth(kTruth));
  ASSERT_FALSE(two.has_value());
  EXPECT_THAT(two.error().message, HasSubstr("no stream in common"));
}

TEST_F(EvalFiles, ClassesMeetByName) {
  const auto paired = pair(
      *results(line("a", 0, R"("detections":[{"label":"car","class_id":2,"score":0.5,"box":[1,2,3,4]}])")),
      *truth(line(
          "a", 0,
          R"("objects":[{"label":"bus","box":[1,2,3,4]},{"label":"car","class_id":0,"box":[1,2,3,4]}])")));
  ASSERT_TRUE(paired.has_value());
  ASSERT_EQ(paired->classes.size(), 2U);
  EXPECT_EQ(paired->classes[0].label, "bus");
  EXPECT_TRUE(paired->classes[0].samples.at(0).found.empty());
  EXPECT_EQ(paired->classes[1].label, "car");
  EXPECT_EQ(paired->classes[1].samples.at(0).found.size(), 1U);
}

TEST_F(EvalFiles, AnotherPictureSizeIsAnError) {
  const auto paired =
      pair(*results(R"({"stream":"a","frame":0,"width":32,"height":24,"detections":[]})"), *truth(kTruth));
  ASSERT_FALSE(paired.has_value());
  EXPECT_THAT(paired.error().message, HasSubstr("32x24 in the results and 64x48 in the truth"));
}

/// `text` with one thing changed, put in, left out or doubled.
std::string mutated(std::string text, std::mt19937& random) {
  constexpr std::string_view kPieces = "{}[]\",:0123456789.-eE \n\\untfals\xff";
  const char piece = kPieces[random() % kPieces.size()];
  const size_t at = random() % text.size();
  switch (random() % 4) {
    case 0:
      text[at] = piece;
      return text;
    case 1:
      return text.insert(at, 1, piece);
    case 2:
      return text.erase(at, 1 + random() % 8);
    default:
      return text.insert(random() % text.size(), text.substr(at, 1 + random() % 40));
  }
}

TEST_F(EvalFiles, DamagedFilesGiveFiguresOrAnErrorNeverACrash) {
  constexpr unsigned kSeed = 20240607;
  std::mt19937 random(kSeed);
  int refused = 0;
  int evaluated = 0;
  for (int i = 0; i < 600; ++i) {
    auto read = results(i % 2 == 0 ? kResults : mutated(kResults, random));
    const auto there = truth(i % 2 != 0 ? kTruth : mutated(i % 4 == 0 ? kTruth : kCoco, random));
    if (!read || !there) {
      ++refused;
      EXPECT_THAT((read ? there.error() : read.error()).message, HasSubstr(".json")) << "the file's name";
      continue;
    }
    const auto paired = pair(*std::move(read), *there);
    if (!paired) continue;
    const Evaluation evaluation = evaluate(paired->classes, {});
    const nlohmann::ordered_json figures = to_json(evaluation, paired->coverage, {});
    EXPECT_TRUE(nlohmann::json::accept(figures.dump()));
    ++evaluated;
  }
  EXPECT_GT(refused, 200);
  EXPECT_GT(evaluated, 60);
}

TEST_F(EvalFiles, DeeplyNestedJsonIsRefused) {
  // Deep enough that a function which calls itself for each level would run out of stack.
  const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
  EXPECT_FALSE(results(line("a", 0, R"("detections":)" + deep)).has_value());
  EXPECT_FALSE(truth(R"({"images":)" + deep + "}").has_value());
}

}  // namespace
}  // namespace weir::eval
