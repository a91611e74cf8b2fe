// SPDX-License-Identifier: Apache-2.0
// The rknn backend and `weir doctor` as users meet them.
#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "support/media.h"
#include "support/models.h"
#include "support/program.h"

namespace weir {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using testing::Finished;
using ::testing::HasSubstr;

class WeirRknn : public ::testing::Test {
 protected:
  Finished weir(std::vector<std::string> arguments) const {
    return testing::run_program(folder_.path(), std::move(arguments));
  }

  /// Of the fake library, which has no program of its own: see support/fake_rknnrt/fake_rknnrt.h.
  std::string fake_model() const {
    testing::write_bytes(folder_.file("bright.rknn"), R"(FAKE-RKNN names=["a","b","c"] end=1)");
    return folder_.file("bright.rknn");
  }

  /// What `weir run` finds in twenty frames.
  std::string results(std::vector<std::string> arguments,
                      const std::string& input = "scene:street?seed=7&size=640x360") const {
    const std::string file = folder_.file("results.jsonl");
    const std::vector<std::string> common{"run", input, "--frames", "20", "--quiet", "--results", file};
    arguments.insert(arguments.begin(), common.begin(), common.end());
    const Finished finished = weir(std::move(arguments));
    EXPECT_EQ(finished.exit_code, 0) << finished.err;
    return testing::read_bytes(file);
  }

  testing::TempFolder folder_;
};

TEST_F(WeirRknn, AnRknnFileRunsOnTheLibraryThatIsNamed) {
  const Finished finished =
      weir({"run", "scene:street?seed=7&size=640x360", "--frames", "10", "--model", fake_model(),
            "--rknn-lib", WEIR_FAKE_RKNNRT, "--contexts", "3", "--summary", folder_.file("summary.json")});
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  const json summary = json::parse(testing::read_bytes(folder_.file("summary.json")));
  EXPECT_EQ(summary["backend"], "rknn");
  EXPECT_EQ(summary["backend_version"], "2.3.2 (fake@2025-04-09T09:09:27)");
  EXPECT_EQ(summary["contexts"], 3);
  EXPECT_EQ(summary["streams"][0]["inferred"], 10);
}

TEST_F(WeirRknn, WithoutALibraryOneLineSaysWhatIsMissing) {
  const Finished finished =
      weir({"run", "scene:street", "--model", fake_model(), "--rknn-lib", "/nowhere/librknnrt.so"});
  EXPECT_EQ(finished.exit_code, 2);
  EXPECT_THAT(finished.err, HasSubstr("backend 'rknn': no such library: '/nowhere/librknnrt.so'"));
  EXPECT_EQ(std::ranges::count(finished.err, '\n'), 1) << finished.err;
}

TEST_F(WeirRknn, DoctorTellsWhatRunsAndWhatIsMissing) {
  const Finished with = weir({"doctor", "--rknn-lib", WEIR_FAKE_RKNNRT, "--model", fake_model()});
  EXPECT_EQ(with.exit_code, 0) << with.err;
  EXPECT_THAT(with.out, AllOf(HasSubstr("backend rknn: ready"), HasSubstr("2.3.2 (fake"),
                              HasSubstr("takes 416x256"), HasSubstr("output [1,2184,8] f32"),
                              HasSubstr("3 classes: a, b, c"), HasSubstr("Rockchip NPU: ")));

  const Finished without = weir({"doctor", "--rknn-lib", "/nowhere/librknnrt.so", "--model", fake_model()});
  EXPECT_EQ(without.exit_code, 1) << "no backend here takes that model";
  EXPECT_THAT(without.out, AllOf(HasSubstr("backend rknn: can't run"), HasSubstr("'/nowhere/librknnrt.so'")));
}

TEST_F(WeirRknn, DoctorSpeaksJson) {
  const Finished finished =
      weir({"doctor", "--json", "--rknn-lib", WEIR_FAKE_RKNNRT, "--model", fake_model()});
  const json found = json::parse(finished.out);
  EXPECT_EQ(found["can_run"], true);
  const auto& backends = found["backends"];
  const auto rknn = std::ranges::find(backends, "rknn", [](const json& backend) { return backend["name"]; });
  ASSERT_NE(rknn, backends.end());
  EXPECT_EQ((*rknn)["can_run"], true);
  EXPECT_EQ((*rknn)["model"]["outputs"][0]["shape"], (std::vector<int>{1, 2184, 8}));
}

TEST_F(WeirRknn, TheVersionNamesTheLibrarys) {
  setenv("WEIR_RKNN_LIBRARY", WEIR_FAKE_RKNNRT, 1);
  const Finished finished = weir({"--version"});
  unsetenv("WEIR_RKNN_LIBRARY");
  EXPECT_THAT(finished.out, HasSubstr("backend rknn      2.3.2 (fake"));
}

// The published experiment's set-ups reach the library that the user named: each child is told.
TEST_F(WeirRknn, BenchSharingTellsItsChildrenWhichLibrary) {
  WEIR_SKIP_WITHOUT_FFMPEG();
  ASSERT_TRUE(testing::make_test_video(folder_.file("clip.mp4"), "320x180", 20, "-pix_fmt yuv420p"));
  const Finished finished = weir({"bench",      "sharing",    "--inputs",   folder_.file("clip.mp4"),
                                  "--model",    fake_model(), "--rknn-lib", WEIR_FAKE_RKNNRT,
                                  "--setups",   "none,all",   "--streams",  "2",
                                  "--repeats",  "1",          "--warmup",   "100ms",
                                  "--duration", "400ms",      "--json",     folder_.file("bench.json")});
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  const json bench = json::parse(testing::read_bytes(folder_.file("bench.json")));
  EXPECT_EQ(bench["setups"][0]["models_loaded"], 6);
  EXPECT_EQ(bench["setups"][1]["models_loaded"], 1);
}

#ifdef WEIR_HOST_RKNNRT
// Everything between the pictures and the results is the same but for the runtime's interface, so that one
// that loses a row, a stride or a picture shows.
TEST_F(WeirRknn, OverTheHostRuntimeDetectionsAreOpenvinosToTheByte) {
  const std::string expected =
      results({"--backend", "openvino", "--input-size", "model", "--precision", "f32"});
  EXPECT_EQ(std::ranges::count(expected, '\n'), 20);
  EXPECT_THAT(expected, HasSubstr("\"person\"")) << "something is found";
  const std::vector<std::string> rknn{"--backend", "rknn", "--rknn-lib", WEIR_HOST_RKNNRT};
  EXPECT_TRUE(results(rknn) == expected);
  std::vector<std::string> dedicated = rknn;
  dedicated.insert(dedicated.end(), {"--contexts-per-stream", "3", "--share", "none"});
  EXPECT_TRUE(results(dedicated) == expected) << "three models instead of one";
}

TEST_F(WeirRknn, OverTheHostRuntimeDetectionsOnRealClipsAreOpenvinosToTheByte) {
  const std::string model = testing::shared_file("models/yolox_nano_416.onnx");
  if (model.empty()) GTEST_SKIP() << "no test data: WEIR_TEST_DATA names its folder";
  for (const char* clip : {"car-detection", "bottle-detection", "one-by-one-person-detection"}) {
    const std::string video = testing::shared_file(std::string("videos/") + clip + ".mp4");
    const std::string expected = results(
        {"--model", model, "--backend", "openvino", "--input-size", "model", "--precision", "f32"}, video);
    EXPECT_EQ(std::ranges::count(expected, '\n'), 20) << clip;
    EXPECT_TRUE(results({"--model", model, "--backend", "rknn", "--rknn-lib", WEIR_HOST_RKNNRT}, video) ==
                expected)
        << clip;
  }
}
#endif

}  // namespace
}  // namespace weir
