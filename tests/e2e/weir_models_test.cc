// SPDX-License-Identifier: Apache-2.0
// Which models `weir` takes, and for what.
#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "support/media.h"
#include "support/onnx.h"
#include "support/onnx_models.h"
#include "support/program.h"

namespace weir {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::ElementsAre;
using testing::Finished;
using ::testing::HasSubstr;

const std::string kStreet = "scene:street?size=320x180";

class WeirModels : public ::testing::Test {
 protected:
  void SetUp() override {
#ifndef WEIR_OPENVINO
    GTEST_SKIP() << "this build has no OpenVINO";
#endif
  }

  Finished weir(std::vector<std::string> arguments) const {
    return testing::run_program(folder_.path(), std::move(arguments));
  }

  /// `weir run ARGUMENTS` of one frame per stream, quiet.
  Finished run(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"run", "--frames", "1", "--quiet"});
    return weir(std::move(arguments));
  }

  /// The classes found per stream.
  static std::map<std::string, std::set<std::string>> labels(const std::string& lines) {
    std::map<std::string, std::set<std::string>> found;
    std::istringstream stream(lines);
    for (std::string line; std::getline(stream, line);) {
      const json record = json::parse(line);
      for (const json& detection : record["detections"])
        found[record["stream"]].insert(detection["label"].get<std::string>());
    }
    return found;
  }

  static void expect_refusal(const Finished& finished, const std::string& what) {
    EXPECT_EQ(finished.exit_code, 2) << finished.err;
    EXPECT_THAT(finished.err, HasSubstr(what));
    EXPECT_EQ(std::ranges::count(finished.err, '\n'), 1) << finished.err;
  }

  testing::TempFolder folder_;
};

// One graph, two files of weights: each stream must get its own, however much is shared.
TEST_F(WeirModels, WeightsBesideTheGraphTellModelsApart) {
  const std::string a =
      testing::write_onnx_detector(folder_.file("A/m.onnx"), {.best_class = 0, .weights_in = "tensors/0"});
  const std::string b =
      testing::write_onnx_detector(folder_.file("B/m.onnx"), {.best_class = 2, .weights_in = "tensors/0"});
  ASSERT_EQ(testing::read_bytes(a), testing::read_bytes(b));
  for (const char* share : {"all", "none"}) {
    const Finished finished = run({"a=" + kStreet, "b=" + kStreet, "--model", a, "--model", b, "--share",
                                   share, "--contexts-per-stream", "1", "--results", "-"});
    ASSERT_EQ(finished.exit_code, 0) << finished.err;
    auto found = labels(finished.out);
    EXPECT_THAT(found["a"], ElementsAre("class 0")) << share;
    EXPECT_THAT(found["b"], ElementsAre("class 2")) << share;
  }
}

#ifdef WEIR_HOST_RKNNRT
// On a PC, code for an NPU is only a name for what lies beside it.
TEST_F(WeirModels, TheNetworkBesideAnRknnFileTellsModelsApart) {
  std::vector<std::string> models;
  for (const int best : {0, 2}) {
    const std::string name = folder_.file(std::to_string(best) + "/m");
    testing::write_onnx_detector(name + ".onnx", {.best_class = best});
    testing::write_bytes(name + ".rknn", "RKNN code for an NPU");
    models.push_back(name + ".rknn");
  }
  const Finished finished =
      run({"--backend", "rknn", "--rknn-lib", WEIR_HOST_RKNNRT, "a=" + kStreet, "b=" + kStreet, "--model",
           models[0], "--model", models[1], "--results", "-"});
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  auto found = labels(finished.out);
  EXPECT_THAT(found["a"], ElementsAre("class 0"));
  EXPECT_THAT(found["b"], ElementsAre("class 2"));
}
#endif

// Copies of one model are one in memory, as before.
TEST_F(WeirModels, EqualWeightsBesideEqualGraphsAreShared) {
  for (const char* model : {"A/m.onnx", "B/m.onnx"})
    testing::write_onnx_detector(folder_.file(model), {.weights_in = "w"});
  const Finished finished = run({"a=" + kStreet, "b=" + kStreet, "--model", folder_.file("A/m.onnx"),
                                 "--model", folder_.file("B/m.onnx"), "--summary", "-"});
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_EQ(json::parse(finished.out)["models_loaded"], 1);
}

TEST_F(WeirModels, WeightsThatCannotBeReadAreExitCodeTwo) {
  const std::string model = folder_.file("m.onnx");
  const auto run_model = [&] { return run({kStreet, "--model", model}); };
  testing::write_onnx_detector(model, {.weights_in = "w.bin"});
  std::string weights = testing::read_bytes(folder_.file("w.bin"));
  ASSERT_EQ(run_model().exit_code, 0);
  weights.pop_back();
  testing::write_bytes(folder_.file("w.bin"), weights);
  expect_refusal(run_model(), "cut off");
  fs::remove(folder_.file("w.bin"));
  expect_refusal(run_model(), "'w.bin', which is not there");
  expect_refusal(weir({"doctor", "--model", model}), "'w.bin', which is not there");
  testing::write_bytes(model, testing::model_with_weights_in("../outside.bin"));
  expect_refusal(run_model(), "its own folder or below");
}

// Weights are read, too.
TEST_F(WeirModels, NothingIsWrittenOverWeights) {
  const std::string model = testing::write_onnx_detector(folder_.file("m.onnx"), {.weights_in = "w.bin"});
  const std::string before = testing::read_bytes(folder_.file("w.bin"));
  for (const char* option : {"--results", "--summary"}) {
    expect_refusal(run({kStreet, "--model", model, option, folder_.file("w.bin")}), "it is a model");
  }
  expect_refusal(weir({"bench", "sharing", "--model", model, "--json", folder_.file("w.bin")}),
                 "it is an input");
  EXPECT_EQ(testing::read_bytes(folder_.file("w.bin")), before);
}

// The fault: a head of the same shape whose boxes are decoded in the graph was decoded again, and nothing
// found.
TEST_F(WeirModels, BoxesDecodedInTheGraphAreThoseOfTheRawHead) {
  std::map<testing::OnnxHead, json> found;
  for (const auto head : {testing::OnnxHead::kRaw, testing::OnnxHead::kDecoded}) {
    const std::string model =
        testing::write_onnx_detector(folder_.file("m.onnx"), {.size = {96, 64}, .head = head});
    const Finished finished = run(
        {"s=" + kStreet, "--model", model, "--input-size", "model", "--precision", "f32", "--results", "-"});
    ASSERT_EQ(finished.exit_code, 0) << finished.err;
    found[head] = json::parse(finished.out)["detections"];
  }
  const json& raw = found[testing::OnnxHead::kRaw];
  const json& decoded = found[testing::OnnxHead::kDecoded];
  ASSERT_EQ(raw.size(), decoded.size());
  EXPECT_GT(raw.size(), 50U);
  for (size_t i = 0; i < raw.size(); ++i) {
    EXPECT_EQ(raw[i]["label"], decoded[i]["label"]);
    EXPECT_EQ(raw[i]["score"], decoded[i]["score"]);
    for (size_t side = 0; side < 4; ++side)
      EXPECT_NEAR(raw[i]["box"][side].get<double>(), decoded[i]["box"][side].get<double>(), 0.02) << i;
  }
}

TEST_F(WeirModels, HeadsThatOnlyLookLikeYoloxAreRefused) {
  const std::string model = folder_.file("m.onnx");
  const auto refusal_of = [&](testing::OnnxHead head, const std::string& what) {
    testing::write_onnx_detector(model, {.head = head});
    expect_refusal(run({kStreet, "--model", model}), what);
    const Finished doctor = weir({"doctor", "--model", model});
    EXPECT_EQ(doctor.exit_code, 1);
    EXPECT_THAT(doctor.out, HasSubstr(what));
  };
  refusal_of(testing::OnnxHead::kSigmoidXy, "x of cell 0 is 8*sigmoid(layer), where YOLOX has");
  refusal_of(testing::OnnxHead::kLogits, "objectness of cell 0 is layer, where YOLOX has sigmoid(layer)");
}

#ifdef WEIR_HOST_RKNNRT
// The C API doesn't show the graph: there the values tell.
TEST_F(WeirModels, AnRknnModelIsWhatItsValuesSay) {
  const std::string model = folder_.file("m.onnx");
  const auto run_head = [&](testing::OnnxHead head) {
    testing::write_onnx_detector(model, {.head = head});
    return run({"--backend", "rknn", "--rknn-lib", WEIR_HOST_RKNNRT, kStreet, "--model", model});
  };
  EXPECT_EQ(run_head(testing::OnnxHead::kRaw).exit_code, 0);
  expect_refusal(run_head(testing::OnnxHead::kDecoded), "the boxes are decoded already");
  expect_refusal(run_head(testing::OnnxHead::kSigmoidXy), "the boxes are decoded already");
  expect_refusal(run_head(testing::OnnxHead::kLogits), "where YOLOX has 0 to 1");
}
#endif

TEST_F(WeirModels, LabelsOfAnotherNumberAreRefused) {
  testing::write_bytes(folder_.file("labels.txt"), "one\ntwo\n");
  const std::string model =
      testing::write_onnx_detector(folder_.file("m.onnx"), {.head = testing::OnnxHead::kDecoded});
  expect_refusal(run({kStreet, "--model", model, "--labels", folder_.file("labels.txt")}), "labels.txt");
}

}  // namespace
}  // namespace weir
