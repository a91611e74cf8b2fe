// SPDX-License-Identifier: Apache-2.0
// `weir bench report` and the report that `weir bench sharing` writes itself, as their users meet them.
#include <algorithm>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/markup.h"
#include "support/media.h"
#include "support/models.h"
#include "support/program.h"

namespace weir {
namespace {

using ::testing::AllOf;
using testing::find_malformed;
using testing::Finished;
using ::testing::HasSubstr;

class WeirBenchReport : public ::testing::Test {
 protected:
  void SetUp() override {
    WEIR_SKIP_WITHOUT_FFMPEG();
    ASSERT_TRUE(testing::make_test_video(folder_.file("clip.mp4"), "320x180", 20, "-pix_fmt yuv420p"));
    const std::string model =
        testing::write_fake_model(folder_.file("m.json"), R"("weights_bytes": 8000000)");
    measured_ = run({"sharing",
                     "--inputs",
                     folder_.file("clip.mp4"),
                     "--model",
                     model,
                     "--backend",
                     "fake",
                     "--warmup",
                     "100ms",
                     "--duration",
                     "400ms",
                     "--repeats",
                     "1",
                     "--setups",
                     "none,pool",
                     "--streams",
                     "1",
                     "--json",
                     experiment(),
                     "--html",
                     folder_.file("own.html"),
                     "--charts",
                     folder_.file("own")});
    ASSERT_EQ(measured_.exit_code, 0) << measured_.err;
  }

  std::string experiment() const { return folder_.file("a.json"); }
  Finished run(std::vector<std::string> words) const {
    words.insert(words.begin(), "bench");
    return testing::run_program(folder_.path(), words);
  }
  Finished report(std::vector<std::string> words) const {
    words.insert(words.begin(), "report");
    return run(std::move(words));
  }
  std::string read(const std::string& name) const { return testing::read_bytes(folder_.file(name)); }

  testing::TempFolder folder_;
  Finished measured_;
};

TEST_F(WeirBenchReport, ShowsAgainWhatWasMeasured) {
  const Finished finished =
      report({experiment(), "--html", folder_.file("a.html"), "--charts", folder_.file("new/charts")});
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_THAT(finished.out, AllOf(HasSubstr("1 stream, 3 contexts each, m.json"), HasSubstr("\n  pool ")));
  for (const char* name : {"own.html", "a.html"}) {
    const std::string html = read(name);
    EXPECT_EQ(find_malformed(html), "") << name;
    EXPECT_THAT(html, AllOf(HasSubstr("class=\"segment"), HasSubstr("weir run"), HasSubstr("--share none")));
  }
  for (const char* chart : {"memory.svg", "memory-over-time.svg", "frame-rate.svg", "latency.svg"}) {
    EXPECT_EQ(find_malformed(read(std::string("new/charts/") + chart)), "") << chart;
    EXPECT_TRUE(std::filesystem::exists(folder_.file(std::string("own/") + chart)));
  }
}

TEST_F(WeirBenchReport, HoldsOneExperimentAgainstAnother) {
  const Finished finished = report({experiment(), experiment(), "--html", folder_.file("both.html")});
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_THAT(finished.out, AllOf(HasSubstr("A: 1 stream"), HasSubstr("B: 1 stream"), HasSubstr("1.000")));
  EXPECT_THAT(read("both.html"), AllOf(HasSubstr("none, B"), HasSubstr("Differences")));
  EXPECT_EQ(report({"-q", experiment(), experiment()}).out, "");
}

TEST_F(WeirBenchReport, MistakesAreOneLineAndExitCodeTwo) {
  const auto expect = [](const Finished& finished, const std::string& what) {
    EXPECT_EQ(finished.exit_code, 2) << finished.err;
    EXPECT_THAT(finished.err, HasSubstr(what));
    EXPECT_EQ(std::ranges::count(finished.err, '\n'), 1) << finished.err;
  };
  std::string other = read("a.json");
  other.replace(other.find("\"sharing\""), 9, "\"engine\"");
  testing::write_bytes(folder_.file("engine.json"), other);
  testing::write_bytes(folder_.file("none.json"), "[]");
  expect(report({folder_.file("missing.json")}), "missing.json");
  expect(report({folder_.file("none.json")}), "is not what weir bench --json writes");
  expect(report({experiment(), folder_.file("engine.json")}), "nothing to compare");
  expect(report({experiment(), "--html", experiment()}), "it is an input");
  expect(report({experiment(), "--html", folder_.file("no/folder.html")}), "folder.html");
  expect(report({experiment(), "--charts", experiment()}), "can't be made");
  expect(report({}), "EXPERIMENT");
  EXPECT_THAT(read("a.json"), HasSubstr("sharing")) << "what was measured is still there";
}

}  // namespace
}  // namespace weir
