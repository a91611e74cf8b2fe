// SPDX-License-Identifier: Apache-2.0
// What users write for the host runtime: WEIR_RKNN_HOST and the file of WEIR_RKNN_HOST_MAP.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rknn_host/failure.h"
#include "rknn_host/model/model_map.h"
#include "rknn_host/simulation.h"

namespace weir::rknn_host {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// What the failure of `body` says; "" where it doesn't fail.
template <class Body>
std::string failure_of(Body&& body) {
  try {
    body();
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.code(), RKNN_ERR_PARAM_INVALID);
    return failure.what();
  }
  return "";
}

TEST(Simulation, HasDefaults) {
  const Simulation simulation = Simulation::parse("");
  EXPECT_EQ(simulation.cores, 3);
  EXPECT_EQ(simulation.core_time.count(), 0);
  EXPECT_EQ(simulation.memory_bytes, 0);
  EXPECT_EQ(simulation.run_result(1), RKNN_SUCC);
  EXPECT_EQ(simulation.init_result(1000), RKNN_SUCC);
  EXPECT_EQ(simulation.slowness(7), 1.0);
  EXPECT_TRUE(simulation.report_leaks);
}

TEST(Simulation, ReadsEveryKey) {
  const Simulation simulation = Simulation::parse(
      "cores=2,core_ms=2.5,memory_mb=16,fail_run=7:TIMEOUT,fail_run=9:-3,fail_init=4:RKNN_ERR_MALLOC_FAIL,"
      "slow_core=1:4x,leaks=0");
  EXPECT_EQ(simulation.cores, 2);
  EXPECT_EQ(simulation.core_time.count(), 2500);
  EXPECT_EQ(simulation.memory_bytes, 16 << 20);
  EXPECT_EQ(simulation.run_result(6), RKNN_SUCC);
  EXPECT_EQ(simulation.run_result(7), RKNN_ERR_TIMEOUT);
  EXPECT_EQ(simulation.run_result(8), RKNN_SUCC);
  EXPECT_EQ(simulation.run_result(9), RKNN_ERR_DEVICE_UNAVAILABLE);
  EXPECT_EQ(simulation.init_result(3), RKNN_SUCC);
  EXPECT_EQ(simulation.init_result(4), RKNN_ERR_MALLOC_FAIL);
  EXPECT_EQ(simulation.init_result(5), RKNN_ERR_MALLOC_FAIL);
  EXPECT_EQ(simulation.slowness(1), 1.0);
  EXPECT_EQ(simulation.slowness(2), 4.0);
  EXPECT_EQ(simulation.slowness(3), 4.0);
  EXPECT_FALSE(simulation.report_leaks);
}

TEST(Simulation, SaysWhatIsWrong) {
  for (const auto* text : {"cores",
                           "cores=0",
                           "cores=17",
                           "cores=3x",
                           "core_ms=-1",
                           "core_ms=nan",
                           "memory_mb=0",
                           "fail_run=0:TIMEOUT",
                           "fail_run=7",
                           "fail_run=7:SUCC",
                           "fail_run=7:-99",
                           "fail_init=x:-1",
                           "leaks=2",
                           "leaks=",
                           "slow_core=2:4",
                           "slow_core=2:0.5x",
                           "slow_core=3:2x",
                           "speed=9",
                           ",",
                           "cores=3,,core_ms=1"}) {
    EXPECT_THAT(failure_of([&] { (void)Simulation::parse(text); }), HasSubstr("WEIR_RKNN_HOST")) << text;
  }
  EXPECT_THAT(failure_of([] { (void)Simulation::parse("cores=0"); }), HasSubstr("1 to 16"));
}

TEST(ErrorCodes, HaveNames) {
  EXPECT_EQ(code_name(RKNN_SUCC), "RKNN_SUCC");
  EXPECT_EQ(code_name(RKNN_ERR_TARGET_PLATFORM_UNMATCH), "RKNN_ERR_TARGET_PLATFORM_UNMATCH");
  EXPECT_EQ(code_name(-14), "unknown");
  EXPECT_EQ(code_name(1), "unknown");
  EXPECT_EQ(parse_error_code("CTX_INVALID"), RKNN_ERR_CTX_INVALID);
  EXPECT_EQ(parse_error_code("0"), std::nullopt);
}

constexpr const char* kMap = R"({"models": {
  "yolo.rknn": {
    "model": "onnx/yolo.onnx",
    "inputs": {"images": {"mean": [1, 2, 3], "std": [4], "type": "uint8", "scale": 0.5, "zero_point": 7}},
    "outputs": {"output": {"type": "int8", "scale": 0.25, "zero_point": -20}},
    "dynamic_shapes": [[[1, 3, 416, 416]], [[1, 3, 256, 416]]],
    "custom_string": "hello"},
  "0123": {"model": "other.onnx"}}})";

TEST(ModelMap, ReadsEveryKey) {
  std::string map = kMap;
  map.replace(map.find("[4]"), 3, "[4, 5, 6]");
  const ModelMap models = ModelMap::parse(map, "folder", "map.json");
  const ModelEntry* entry = models.find("yolo.rknn");
  ASSERT_NE(entry, nullptr);
  EXPECT_EQ(entry->model_path, "folder/onnx/yolo.onnx");
  const TensorEntry& input = entry->inputs.at("images");
  EXPECT_THAT(input.mean, ElementsAre(1, 2, 3));
  EXPECT_THAT(input.deviation, ElementsAre(4, 5, 6));
  EXPECT_EQ(input.type, RKNN_TENSOR_UINT8);
  EXPECT_EQ(input.quantization.scale, 0.5F);
  EXPECT_EQ(input.quantization.zero_point, 7);
  EXPECT_EQ(entry->outputs.at("output").quantization.zero_point, -20);
  EXPECT_THAT(entry->dynamic_shapes, ElementsAre(ElementsAre(ElementsAre(1, 3, 416, 416)),
                                                 ElementsAre(ElementsAre(1, 3, 256, 416))));
  EXPECT_EQ(entry->custom_string, "hello");
  EXPECT_NE(models.find("0123"), nullptr);
  EXPECT_EQ(models.find("yolo"), nullptr);
}

TEST(ModelMap, SaysWhatIsWrongAndWhere) {
  const std::vector<std::pair<const char*, const char*>> cases{
      {"{", "map.json"},
      {"[]", "map.json: should be an object"},
      {R"({"model": {}})", "unknown key 'model'; there are models"},
      {R"({})", "should be {\"models\""},
      {R"({"models": {"a": 1}})", "models.a: should be an object"},
      {R"({"models": {"a": {"onnx": "b"}}})", "models.a: unknown key 'onnx'"},
      {R"({"models": {"a": {"model": 1}}})", "models.a.model: should be the path"},
      {R"({"models": {"a": {"inputs": []}}})", "models.a.inputs: should be an object"},
      {R"({"models": {"a": {"inputs": {"i": {"type": "int4"}}}}})", "inputs.i.type: 'int4' should be int8"},
      {R"({"models": {"a": {"inputs": {"i": {"type": "int8"}}}}})", "8 bits need a scale"},
      {R"({"models": {"a": {"inputs": {"i": {"scale": 0}}}}})", "should be greater than 0"},
      {R"({"models": {"a": {"inputs": {"i": {"std": [1, 0]}}}}})", "has a 0 in it"},
      {R"({"models": {"a": {"inputs": {"i": {"mean": "x"}}}}})", "should be an array of numbers"},
      {R"({"models": {"a": {"outputs": {"o": {"mean": [1]}}}}})", "unknown key 'mean'"},
      {R"({"models": {"a": {"dynamic_shapes": [[[1, 0]]]}}})", "an impossible dimension"},
      {R"({"models": {"a": {"dynamic_shapes": [[1, 3]]}}})", "should be a list of sets of shapes"},
      {kMap, "mean and std differ in length"},
  };
  for (const auto& [text, expected] : cases) {
    EXPECT_THAT(failure_of([&, text = text] { (void)ModelMap::parse(text, "", "map.json"); }),
                HasSubstr(expected));
  }
  EXPECT_THAT(failure_of([] { (void)ModelMap::read("no-such-map.json"); }),
              HasSubstr("no-such-map.json: can't be read"));
  EXPECT_EQ(ModelMap::read("").find("a"), nullptr);
}

}  // namespace
}  // namespace weir::rknn_host
