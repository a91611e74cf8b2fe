// SPDX-License-Identifier: Apache-2.0
// Figures of tracks from tiny cases worked out by hand, and which frames, boxes and objects take part.
// tests/e2e/eval_against_trackeval.py has the large ones.
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "eval/tracking/track_evaluation.h"
#include "eval/tracking/track_report.h"
#include "support/media.h"

namespace weir::eval {
namespace {

using ::testing::DoubleEq;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Optional;

constexpr Rect kHere{0, 0, 100, 100};
constexpr Rect kThere{500, 0, 100, 100};

struct Tracked {
  int64_t id = 0;
  Rect box;
  double visible = 1;
  std::string label = "car";
};

/// Results and truth in the making, of one stream.
class EvalTracking : public ::testing::Test {
 protected:
  EvalTracking() {
    truth_.streams.add("a");
    results_.streams.add("a");
  }

  /// What there is in the next frame and what was found.
  void frame(const std::vector<Tracked>& objects, const std::vector<Tracked>& found,
             const ResultFrame& like = {}) {
    const FrameKey key{0, static_cast<int64_t>(truth_.frames.size())};
    ResultFrame result = like;
    for (const Tracked& one : found)
      result.found.push_back({results_.labels.add(one.label), {one.box, 0.5}, one.id});
    TruthFrame there;
    for (const Tracked& one : objects) {
      const Object object{one.box, one.box.area(), one.visible, false};
      there.objects.push_back({truth_.labels.add(one.label), object, one.id, Role::kCounts});
    }
    truth_.frames[key] = there;
    results_.frames[key] = result;
  }

  PairedTracks paired(const EvalOptions& options = {}) const {
    auto result = pair_tracks(results_, truth_, options);
    EXPECT_TRUE(result.has_value()) << result.error().message;
    return result ? *result : PairedTracks{};
  }

  TrackFigures figures(const EvalOptions& options = {}) const {
    return evaluate_tracks(paired(options).classes).all;
  }

  std::string error() const {
    const auto result = pair_tracks(results_, truth_, {});
    return result ? "none" : result.error().message;
  }

  Truth truth_;
  Results results_;
};

TEST_F(EvalTracking, AllRightIsOne) {
  for (int i = 0; i < 5; ++i) frame({{1, kHere}, {2, kThere}}, {{8, kThere}, {9, kHere}});
  const TrackFigures f = figures();
  EXPECT_EQ(f.objects, 10);
  EXPECT_EQ(f.object_tracks, 2);
  EXPECT_EQ(f.found_tracks, 2);
  for (const auto& figure : {f.hota, f.deta, f.assa, f.mota, f.idf1})
    EXPECT_THAT(figure, Optional(DoubleEq(1)));
  EXPECT_EQ(f.id_switches, 0);
}

TEST_F(EvalTracking, AnotherIdHalfway) {
  for (int i = 0; i < 10; ++i) frame({{1, kHere}}, {{i < 5 ? 8 : 9, kHere}});
  const TrackFigures f = figures();
  EXPECT_THAT(f.deta, Optional(DoubleEq(1)));
  EXPECT_THAT(f.assa, Optional(DoubleEq(0.5))) << "each box: 5 frames together of 10 that either has";
  EXPECT_THAT(f.hota, Optional(DoubleEq(std::sqrt(0.5))));
  EXPECT_EQ(f.id_switches, 1);
  EXPECT_THAT(f.mota, Optional(DoubleEq(0.9)));
  EXPECT_THAT(f.idf1, Optional(DoubleEq(0.5)));
}

TEST_F(EvalTracking, ATrackThatGoesOnAfterAGapDidNotSwitch) {
  frame({{1, kHere}}, {{8, kHere}});
  frame({{1, kHere}}, {});
  frame({{1, kHere}}, {{8, kHere}});
  const TrackFigures f = figures();
  EXPECT_EQ(f.id_switches, 0);
  EXPECT_EQ(f.missed, 1);
  EXPECT_THAT(f.mota, Optional(DoubleEq(2.0 / 3)));
}

TEST_F(EvalTracking, WhoGoesOnIsPreferredToWhoFitsBetter) {
  const Rect beside{10, 0, 100, 100};
  frame({{1, kHere}}, {{8, beside}});
  frame({{1, kHere}}, {{8, beside}, {9, kHere}});
  EXPECT_EQ(figures().id_switches, 0);
}

TEST_F(EvalTracking, ClassesAreMeasuredAloneAndTogether) {
  frame({{1, kHere}, {2, kThere, 1, "bus"}}, {{8, kHere}, {9, kThere}});
  const TrackEvaluation evaluation = evaluate_tracks(paired().classes);
  ASSERT_EQ(evaluation.by_class.size(), 2U);
  EXPECT_EQ(evaluation.by_class[0].label, "bus");
  EXPECT_THAT(evaluation.by_class[0].figures.hota, Optional(DoubleEq(0))) << "a car was found there";
  EXPECT_EQ(evaluation.by_class[1].figures.wrong, 1);
  EXPECT_THAT(evaluation.all.mota, Optional(DoubleEq(0))) << "1 right, 1 wrong, 1 missed";
  EXPECT_THAT(evaluation.all.deta, Optional(DoubleEq(1.0 / 3)));
}

TEST_F(EvalTracking, WhatIsOnAnIgnoredObjectIsNeitherRightNorWrong) {
  for (int i = 0; i < 3; ++i) frame({{1, kHere}, {2, kThere, 0.1}}, {{8, kHere}, {9, kThere}});
  const TrackFigures hidden = figures();
  EXPECT_EQ(hidden.objects, 3);
  EXPECT_EQ(hidden.wrong, 0);
  EXPECT_EQ(hidden.found_tracks, 1);
  EXPECT_THAT(hidden.hota, Optional(DoubleEq(1)));
  EXPECT_EQ(paired().tracks.detections_ignored, 3);
  EXPECT_EQ(figures({.min_visible = 0.05}).objects, 6);
  const TrackFigures small = figures({.min_size_px = 101});
  EXPECT_EQ(small.objects, 0);
  EXPECT_EQ(small.wrong, 0);
  EXPECT_EQ(small.hota, std::nullopt) << "nothing is there to be found";
}

TEST_F(EvalTracking, WhatHasNoTrackIsCountedAndLeftOut) {
  frame({{1, kHere}}, {{8, kHere}, {0, kThere}});
  EXPECT_EQ(figures().wrong, 0);
  EXPECT_EQ(paired().tracks.detections_without_track, 1);
  EXPECT_THAT(remarks(paired()), ElementsAre("detections that belong to no track: 1 of 2; not counted"));
}

TEST_F(EvalTracking, FramesThatNobodyLookedAtByRequestAreLeftOut) {
  frame({{1, kHere}}, {{8, kHere}});
  frame({{1, kHere}}, {}, {.outcome = Outcome::kDropped, .by_request = true});
  frame({{1, kHere}}, {}, {.outcome = Outcome::kDropped});
  frame({{1, kHere}}, {}, {.outcome = Outcome::kFailed});
  const Coverage coverage = paired().coverage;
  EXPECT_EQ(coverage.frames, 3);
  EXPECT_EQ(coverage.frames_left_out, 1);
  EXPECT_EQ(coverage.frames_dropped, 1);
  EXPECT_EQ(figures().missed, 2);
  EXPECT_EQ(figures({.strict = true}).missed, 3);
  EXPECT_EQ(paired({.strict = true}).coverage.frames_dropped, 2);
  EXPECT_THAT(
      remarks(paired()).back(),
      "frames of the truth that nobody looked at by request: 1 of 4; left out (--strict: what is in them "
      "counts as missed)");
  EXPECT_EQ(pair(results_, truth_)->coverage.frames_left_out, 1) << "so it is for boxes";
}

TEST_F(EvalTracking, WhatCanNotBeToldApartIsAnError) {
  frame({{1, kHere}}, {{0, kHere}});
  EXPECT_THAT(error(), HasSubstr("no detection of the results has a 'track_id'; `weir run --track`"));
  frame({{1, kHere}}, {{8, kHere}, {8, kThere}});
  EXPECT_EQ(error(), "frame 1 of stream 'a': two detections have the track id 8");
  truth_.frames.at({0, 0}).objects.push_back(truth_.frames.at({0, 0}).objects.front());
  EXPECT_EQ(error(), "frame 0 of stream 'a': two objects of the truth have the id 1");
  truth_.frames.at({0, 0}).objects.pop_back();
  truth_.frames.at({0, 0}).objects.front().id.reset();
  EXPECT_THAT(error(), HasSubstr("frame 0 of stream 'a': an object of the truth has no 'id'"));
}

TEST_F(EvalTracking, NothingFoundIsAResult) {
  frame({{1, kHere}}, {});
  const TrackFigures f = figures();
  EXPECT_THAT(f.hota, Optional(DoubleEq(0)));
  EXPECT_THAT(f.mota, Optional(DoubleEq(0)));
  EXPECT_THAT(f.idf1, Optional(DoubleEq(0)));
}

TEST_F(EvalTracking, TheJsonHasTheFiguresOfAllAndOfEachClass) {
  frame({{1, kHere}, {2, kThere, 1, "bus"}}, {{8, kHere}});
  const auto json = to_json(evaluate_tracks(paired().classes), paired(), {});
  EXPECT_DOUBLE_EQ(json["hota"].get<double>(), std::sqrt(0.5));
  EXPECT_EQ(json["deta"], 0.5);
  EXPECT_EQ(json["assa"], 1);
  EXPECT_EQ(json["mota"], 0.5);
  EXPECT_EQ(json["id_switches"], 0);
  EXPECT_EQ(json["classes"][0]["label"], "bus");
  EXPECT_EQ(json["classes"][0]["idf1"], 0);
  EXPECT_EQ(json["classes"][1]["idf1"], 1);
  EXPECT_EQ(json["frames"], 1);
}

}  // namespace
}  // namespace weir::eval
