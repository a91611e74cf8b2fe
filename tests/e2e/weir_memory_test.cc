// SPDX-License-Identifier: Apache-2.0
// What weir says of memory where the kernel shows less of it than usual: older kernels, sandboxes, no /proc.
// A figure is called what it is, and what can't be known is not 0.
#include <cstdlib>

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
using ::testing::Not;

constexpr int64_t kWeightsBytes = 30'000'000;

class WeirMemory : public ::testing::Test {
 protected:
  void SetUp() override {
    model_ = testing::write_fake_model(folder_.file("m.json"),
                                       "\"weights_bytes\": " + std::to_string(kWeightsBytes));
  }

  /// The program, which finds no file with `hidden` in its path.
  Finished weir_without(const std::string& hidden, std::vector<std::string> arguments) const {
    return testing::Program(folder_.path(), std::move(arguments),
                            [&] {
                              setenv("LD_PRELOAD", WEIR_HIDDEN_FILES, 1);
                              setenv("HIDDEN_FILES", hidden.c_str(), 1);
                            })
        .wait();
  }
  Finished run_without(const std::string& hidden) const {
    return weir_without(hidden, {"run", "scene:street?size=64x48&frames=5", "--backend", "fake", "--model",
                                 model_, "--summary", folder_.file("summary.json")});
  }
  json memory() const { return json::parse(testing::read_bytes(folder_.file("summary.json")))["memory"]; }

  static int64_t sum_of(const json& ledger) {
    int64_t sum = 0;
    for (const json& entry : ledger) sum += entry["bytes"].get<int64_t>();
    return sum;
  }

  testing::TempFolder folder_;
  std::string model_;
};

TEST_F(WeirMemory, IsPssFromTheMappingsWithoutARollUp) {
  const Finished finished = run_without("smaps_rollup");
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_THAT(finished.out, AllOf(HasSubstr("\nmemory "), Not(HasSubstr("RSS"))));
  EXPECT_EQ(memory()["measure"], "PSS");
  EXPECT_GT(memory()["pss_bytes"], kWeightsBytes);
  EXPECT_GT(memory()["uss_bytes"], kWeightsBytes);
  EXPECT_EQ(sum_of(memory()["ledger"]), memory()["ledger_pss_bytes"]);
  EXPECT_THAT(weir_without("smaps_rollup", {"doctor"}).out,
              HasSubstr("memory: PSS, from /proc/self/smaps\n"));
}

TEST_F(WeirMemory, IsRssAndCalledSoWithoutPss) {
  const Finished finished = run_without("smaps");
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_THAT(finished.out, HasSubstr("\nmemory RSS "));
  EXPECT_EQ(memory()["measure"], "RSS");
  for (const char* key : {"pss_bytes", "pss_peak_bytes", "ledger_pss_bytes", "uss_bytes"}) {
    EXPECT_TRUE(memory()[key].is_null()) << key;
  }
  EXPECT_GT(memory()["rss_steady_bytes"], kWeightsBytes);
  EXPECT_GE(memory()["rss_peak_bytes"], memory()["rss_steady_bytes"]);
  EXPECT_EQ(sum_of(memory()["ledger"]), memory()["rss_bytes"]);
  EXPECT_THAT(weir_without("smaps", {"doctor"}).out, HasSubstr("memory: RSS, from /proc/self/status"));
}

TEST_F(WeirMemory, IsNotMeasuredWithoutProc) {
  const Finished finished = run_without("/proc/");
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_THAT(finished.out, HasSubstr("\nmemory not measured"));
  for (const char* key :
       {"measure", "pss_bytes", "pss_peak_bytes", "ledger_pss_bytes", "rss_bytes", "uss_bytes"}) {
    EXPECT_TRUE(memory()[key].is_null()) << key;
  }
  EXPECT_TRUE(memory()["ledger"].empty());
  EXPECT_THAT(weir_without("/proc/", {"doctor"}).out,
              HasSubstr("memory: not measured: /proc/self/smaps_rollup: "));
}

TEST_F(WeirMemory, OfChildrenIsMeasuredAlike) {
  const auto bench_without = [&](const std::string& hidden) {
    return weir_without(hidden, {"bench",      "sharing",
                                 "--inputs",   "scene:street?size=64x48",
                                 "--backend",  "fake",
                                 "--model",    model_,
                                 "--streams",  "2",
                                 "--contexts", "1",
                                 "--setups",   "none,all",
                                 "--repeats",  "1",
                                 "--warmup",   "100ms",
                                 "--duration", "500ms",
                                 "--json",     folder_.file("out.json")});
  };
  const auto setups = [&] { return json::parse(testing::read_bytes(folder_.file("out.json")))["setups"]; };
  {
    const Finished finished = bench_without("smaps");
    ASSERT_EQ(finished.exit_code, 0) << finished.err;
    EXPECT_THAT(finished.err, HasSubstr(" MB RSS, "));
    EXPECT_THAT(finished.out,
                AllOf(HasSubstr("RSS MB"), HasSubstr("memory is RSS"), Not(HasSubstr("PSS MB"))));
    EXPECT_EQ(setups()[0]["measure"], "RSS");
    EXPECT_GT(setups()[0]["rss_bytes"], 2 * kWeightsBytes);
    EXPECT_TRUE(setups()[0]["pss_bytes"].is_null());
    EXPECT_GT(setups()[1]["saved_ratio"], 0.1);
  }
  {
    const Finished finished = bench_without("/proc/");
    ASSERT_EQ(finished.exit_code, 0) << finished.err;
    EXPECT_THAT(finished.err, HasSubstr("memory not measured"));
    EXPECT_THAT(finished.out, AllOf(HasSubstr("memory was not measured"), HasSubstr("frames/s")));
    EXPECT_TRUE(setups()[0]["measure"].is_null());
    EXPECT_TRUE(setups()[0]["rss_bytes"].is_null());
    EXPECT_TRUE(setups()[0]["system_bytes"].is_null());
    EXPECT_FALSE(setups()[1].contains("saved_ratio"));
  }
}

}  // namespace
}  // namespace weir
