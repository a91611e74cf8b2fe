// SPDX-License-Identifier: Apache-2.0
// MOTChallenge's files: what is read, what is refused and how that is told, what is written.
#include <filesystem>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "eval/files/mot.h"
#include "eval/files/mot_folder.h"
#include "eval/tracking/track_evaluation.h"
#include "support/media.h"

namespace weir::eval {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* kMotTruth =
    "1,3,10,20,30,40.5,1,1,0.5\n"
    "3,3,12,20,30,40,1,1,1\r\n"
    "1, 4, 100, 20, 30, 40, 0, 1, 1\n"
    "\n"
    "1,5,200,20,30,40,0,8,1\n"
    "1,6,300,20,30,40,0,3,1\n";

class EvalMot : public ::testing::Test {
 protected:
  std::string write(const std::string& name, std::string_view text) const {
    const std::string path = folder_.file(name);
    std::filesystem::create_directories(std::filesystem::path(path).parent_path());
    testing::write_bytes(path, text);
    return path;
  }

  Result<Truth> truth(const std::string& path) const { return read_mot_truth({&path, 1}); }

  testing::TempFolder folder_;
};

TEST_F(EvalMot, ReadsATruth) {
  const auto read = truth(write("MOT17-02/gt/gt.txt", kMotTruth));
  ASSERT_TRUE(read.has_value()) << read.error().message;
  EXPECT_EQ(read->streams[0], "MOT17-02");
  EXPECT_EQ(read->labels[0], "person");
  ASSERT_EQ(read->frames.size(), 3U) << "the second has nothing in it";
  EXPECT_TRUE(read->frames.at({0, 1}).objects.empty());
  const auto& objects = read->frames.at({0, 0}).objects;
  ASSERT_EQ(objects.size(), 4U);
  EXPECT_EQ(objects[0].id, 3);
  EXPECT_EQ(objects[0].object.box.height, 40.5);
  EXPECT_EQ(objects[0].object.visible, 1) << "MOTChallenge does not leave out who is hidden";
  EXPECT_EQ(objects[0].role, Role::kCounts);
  EXPECT_EQ(objects[1].role, Role::kAside) << "not to be considered";
  EXPECT_EQ(objects[2].role, Role::kIgnored) << "a distractor";
  EXPECT_EQ(objects[3].role, Role::kAside) << "a car";
}

TEST_F(EvalMot, TheSequenceSaysHowLongItIs) {
  write("x/seqinfo.ini", "[Sequence]\r\nname=x\nframeRate=14\nseqLength = 20\nimWidth=640\nimHeight=480\n");
  const auto read = truth(write("x/gt/gt.txt", kMotTruth));
  ASSERT_TRUE(read.has_value()) << read.error().message;
  EXPECT_EQ(read->frames.size(), 20U);
  EXPECT_EQ(read->frames.at({0, 19}).size, (FrameSize{640, 480}));
  const auto info = read_mot_sequence(folder_.file("x/seqinfo.ini"));
  ASSERT_TRUE(info && *info);
  EXPECT_EQ((*info)->frame_rate, 14);
  EXPECT_EQ(*read_mot_sequence(folder_.file("none.ini")), std::nullopt);
  const auto bad = read_mot_sequence(write("y/seqinfo.ini", "seqLength=long\n"));
  ASSERT_FALSE(bad.has_value());
  EXPECT_THAT(bad.error().message, HasSubstr("seqinfo.ini: seqLength can't be 'long'"));
}

TEST_F(EvalMot, ReadsATrackersFileAndPublishedDetections) {
  const auto read =
      read_mot_results(write("gate.txt", "2,1,10,20,30,40,0.9,-1,-1,-1\n2,-1,1,2,3,4,17.5,-1,-1,-1\n"));
  ASSERT_TRUE(read.has_value()) << read.error().message;
  EXPECT_EQ(read->streams[0], "gate");
  EXPECT_TRUE(read->gaps_are_empty);
  const auto& found = read->frames.at({0, 1}).found;
  ASSERT_EQ(found.size(), 2U);
  EXPECT_NE(found[0].track, 0);
  EXPECT_EQ(found[0].found.score, 0.9);
  EXPECT_EQ(found[1].track, 0) << "a detection has no track";
  EXPECT_EQ(found[1].found.score, 1);
}

TEST_F(EvalMot, KnowsItsFilesByTheirFirstLine) {
  EXPECT_TRUE(*is_mot(write("a.txt", "\n1,2,3,4,5,6,7\n")));
  EXPECT_FALSE(*is_mot(write("b.txt", R"({"stream":"a"})")));
  EXPECT_FALSE(*is_mot(write("c.txt", "")));
}

TEST_F(EvalMot, BadLinesAreToldWithFileAndLine) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"1,2,3\n", "must be frame,id,left,top,width,height"},
      {"1,2,3,4,wide,6\n", "'wide' is not a number"},
      {"0,2,3,4,5,6\n", "the frame must be 1 to 1000000, not 0"},
      {"1.5,2,3,4,5,6\n", "the frame must be"},
      {"1e9,2,3,4,5,6\n", "the frame must be"},
      {"1,-2,3,4,5,6\n", "the id can't be -2"},
      {"1,2,3,4,-5,6\n", "width and height can't be negative"},
      {"1,2,nan,4,5,6\n", "'nan' is not a number"},
      {"{\"stream\":\"a\"}\n", "is not a number"}};
  for (const auto& [bad, what] : cases) {
    const auto read = truth(write("t.txt", std::string(kMotTruth) + bad));
    ASSERT_FALSE(read.has_value()) << bad;
    EXPECT_THAT(read.error().message, HasSubstr("t.txt, line 7: ")) << "a blank line is a line, too";
    EXPECT_THAT(read.error().message, HasSubstr(what)) << bad;
  }
  EXPECT_THAT(truth(write("t.txt", "")).error().message, HasSubstr("there is no truth in it"));
  const std::vector<std::string> twice{write("t.txt", kMotTruth), write("x/t.txt", kMotTruth)};
  EXPECT_THAT(read_mot_truth(twice).error().message, HasSubstr("'t' comes a second time"));
}

TEST_F(EvalMot, WhatIsWrittenIsReadAgain) {
  const auto there = truth(write("s/gt/gt.txt", kMotTruth));
  const auto found =
      read_mot_results(write("s.txt", "1,7,10,20,30,40,0.9\n3,7,12,20,30,40,0.8\n3,9,400,1,9,9,1\n"));
  ASSERT_TRUE(there && found);
  const auto paired = pair_tracks(*found, *there, {});
  ASSERT_TRUE(paired.has_value()) << paired.error().message;
  ASSERT_TRUE(write_mot_folder(folder_.file("out"), *paired, *there).has_value());
  const std::string own = folder_.file("out/person/");
  const auto there_again = truth(own + "gt/s/gt/gt.txt");
  const auto found_again = read_mot_results(own + "trackers/weir/data/s.txt");
  ASSERT_TRUE(there_again && found_again);
  const auto paired_again = pair_tracks(*found_again, *there_again, {});
  ASSERT_TRUE(paired_again.has_value()) << paired_again.error().message;
  const TrackFigures before = evaluate_tracks(paired->classes).all;
  const TrackFigures after = evaluate_tracks(paired_again->classes).all;
  EXPECT_EQ(before.hota, after.hota);
  EXPECT_EQ(before.objects, 2);
  EXPECT_EQ(after.objects, 2);
  EXPECT_EQ(after.wrong, 1);
  EXPECT_EQ(testing::read_bytes(own + "gt/seqmaps/weir-all.txt"), "name\ns\n");
  const Status nowhere = write_mot_folder(write("file", "x"), *paired, *there);
  ASSERT_FALSE(nowhere.has_value());
  EXPECT_THAT(nowhere.error().message, HasSubstr("can't be written"));
}

TEST_F(EvalMot, DamagedFilesGiveFiguresOrAnErrorNeverACrash) {
  std::mt19937 random(20240612);
  int refused = 0;
  for (int i = 0; i < 400; ++i) {
    std::string text = kMotTruth;
    for (int j = 0; j < 3; ++j) text[random() % text.size()] = "0123456789,.-e\n x"[random() % 17];
    const auto read = truth(write("t.txt", text));
    if (!read) {
      ++refused;
      continue;
    }
    const auto found = read_mot_results(write("f.txt", "1,7,10,20,30,40,0.9\n"));
    const auto paired = pair_tracks(*found, *read, {});
    if (paired) (void)evaluate_tracks(paired->classes);
  }
  EXPECT_GT(refused, 50);
  EXPECT_LT(refused, 400);
}

}  // namespace
}  // namespace weir::eval
