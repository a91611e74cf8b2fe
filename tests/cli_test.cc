// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/doctor.h"
#include "cli/parse.h"
#include "cli/run_view.h"

namespace weir::cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;

TEST(ParseDuration, Units) {
  EXPECT_EQ(*parse_duration("--duration", "30s"), seconds(30));
  EXPECT_EQ(*parse_duration("--duration", "2"), seconds(2));
  EXPECT_EQ(*parse_duration("--duration", "500ms"), milliseconds(500));
  EXPECT_EQ(*parse_duration("--duration", "1.5m"), seconds(90));
  EXPECT_EQ(*parse_duration("--duration", "2h"), seconds(7200));
  for (const char* text : {"", "s", "-3s", "0", "3 s", "3x", "nan", "inf", "1e300h", "3s4"}) {
    const auto duration = parse_duration("--duration", text);
    ASSERT_FALSE(duration) << text;
    EXPECT_THAT(duration.error().message, HasSubstr("--duration must be a time"));
  }
}

TEST(ParseInputSize, WordsAndSizes) {
  using Kind = InputSizeChoice::Kind;
  EXPECT_EQ(parse_input_size("--input-size", "auto")->kind, Kind::kAuto);
  EXPECT_EQ(parse_input_size("--input-size", "model")->kind, Kind::kModel);
  const auto exact = parse_input_size("--input-size", "416x256");
  ASSERT_TRUE(exact);
  EXPECT_EQ(exact->kind, Kind::kExact);
  EXPECT_EQ(exact->exact, (InputSize{416, 256}));
  for (const char* text : {"", "416", "416x", "x416", "416x256x3", "416 x 256", "big"}) {
    EXPECT_FALSE(parse_input_size("--input-size", text)) << text;
  }
}

std::vector<std::string> names_of(const std::vector<std::string>& inputs) {
  std::vector<std::string> names;
  const auto streams = parse_streams(inputs);
  if (!streams) return {"error: " + streams.error().message};
  for (const StreamConfig& stream : *streams) names.push_back(stream.name);
  return names;
}

TEST(ParseStreams, NamesComeFromTheUserOrTheFile) {
  using testing::ElementsAre;
  EXPECT_THAT(names_of({"clips/gate.mp4", "file:yard.mp4"}), ElementsAre("gate", "yard"));
  EXPECT_THAT(names_of({"gate.mp4", "gate.mp4", "x/gate.avi"}), ElementsAre("gate", "gate-2", "gate-3"));
  EXPECT_THAT(names_of({"gate=a.mp4", "gate.mp4"}), ElementsAre("gate", "gate-2"));
  EXPECT_THAT(names_of({"dir/a=b.mp4"}), ElementsAre("a=b"));
  EXPECT_THAT(names_of({"12:30:00.mp4", "gate=12:30:00.mp4", "yard=file:12:30:00.mp4"}),
              ElementsAre("12:30:00", "gate", "yard"));
  EXPECT_EQ(parse_streams({"gate=12:30:00.mp4"})->at(0).input, "12:30:00.mp4");
  EXPECT_THAT(names_of({"b\xff.jpg", "b\xfe.jpg"}), ElementsAre("b\xff", "b\xfe-2"))
      << "the same once written";
  EXPECT_EQ(parse_streams({"scene:street?seed=3"})->at(0).input, "scene:street?seed=3");
  EXPECT_EQ(parse_streams({"gate=scene:street?seed=3"})->at(0).input, "scene:street?seed=3");
  EXPECT_THAT(names_of({"a=x.mp4", "a=y.mp4"}), ElementsAre(HasSubstr("error")));
  EXPECT_THAT(names_of({"=x.mp4"}), ElementsAre(HasSubstr("error")));
}

TEST(AssignModels, OneModelForAllOrOneEach) {
  const auto assign = [](size_t count, const std::vector<std::string>& paths,
                         const std::vector<std::string>& labels) {
    std::vector<StreamConfig> streams(count);
    const auto models = assign_models(streams, paths, labels, {.score = 0.5F});
    if (!models) return std::vector<std::string>{"error: " + models.error().message};
    std::vector<std::string> seen;
    for (const StreamConfig& stream : streams) {
      const auto model = std::ranges::find(*models, stream.model, &ModelConfig::name);
      seen.push_back(model->path + "," + model->labels +
                     (model->score == 0.5F ? "" : " without the common settings"));
    }
    seen.push_back(std::to_string(models->size()));
    return seen;
  };
  using testing::ElementsAre;
  EXPECT_THAT(assign(2, {"m"}, {}), ElementsAre("m,", "m,", "1"));
  EXPECT_THAT(assign(2, {"m", "n"}, {}), ElementsAre("m,", "n,", "2"));
  EXPECT_THAT(assign(2, {"m"}, {"k", "l"}), ElementsAre("m,k", "m,l", "2"));
  EXPECT_THAT(
      assign(3, {"m", "n"}, {}),
      ElementsAre("error: --model was given 2 times for 3 inputs: give it once, or once for each input"));
}

TEST(OptionName, IsTheFieldsLastPart) {
  EXPECT_EQ(option_name("contexts_per_stream"), "--contexts-per-stream");
  EXPECT_EQ(option_name("streams[2].when_full"), "--when-full");
}

TEST(ParseChoice, NamesTheChoices) {
  constexpr std::pair<std::string_view, Pace> kPaces[]{{"max", Pace::kMax}, {"realtime", Pace::kRealtime}};
  EXPECT_EQ(*parse_choice<Pace>("--pace", "realtime", kPaces), Pace::kRealtime);
  EXPECT_EQ(parse_choice<Pace>("--pace", "fast", kPaces).error().message,
            "--pace must be max or realtime, not 'fast'");
}

RunReport with_memory(MemoryReport memory) {
  return {.memory = std::move(memory), .streams = {{.name = "gate"}}};
}

TEST(RunView, AFigureOfMemorySaysWhatItCounts) {
  const Console console;
  MemoryReport memory{
      .measure = MemoryMeasure::kPss,
      .bytes = 174'600'000,
      .peak_bytes = 181'000'000,
      .ledger = {{MemoryKind::kWeights, "m #1", 4'000'000}, {MemoryKind::kWeights, "m #2", 4'000'000}}};
  EXPECT_THAT(summary_text(with_memory(memory)), HasSubstr("\nmemory 174.6 MB (peak 181.0 MB)\n  weights"));
  EXPECT_THAT(progress_line(with_memory(memory), 1), testing::EndsWith(" cores, 175 MB"));
  EXPECT_THAT(status_lines(with_memory(memory), 1, console).back(), testing::EndsWith(" 175 MB"));

  memory.measure = MemoryMeasure::kRss;
  EXPECT_THAT(summary_text(with_memory(memory)), HasSubstr("\nmemory RSS 174.6 MB (peak 181.0 MB)\n"));
  EXPECT_THAT(progress_line(with_memory(memory), 1), testing::EndsWith(" cores, 175 MB RSS"));
  EXPECT_THAT(status_lines(with_memory(memory), 1, console).back(), testing::EndsWith(" 175 MB RSS"));

  for (const std::string& text : {summary_text(with_memory({})), progress_line(with_memory({}), 1),
                                  status_lines(with_memory({}), 1, console).back()}) {
    EXPECT_THAT(text, HasSubstr("memory not measured"));
    EXPECT_THAT(text, testing::Not(HasSubstr(" MB")));
  }
}

TEST(Doctor, SaysWhatCanBeMeasured) {
  Findings findings;
  findings.memory = ProcessMemory{.bytes = 7, .source = "/proc/self/smaps"};
  EXPECT_THAT(to_text(findings), HasSubstr("memory: PSS, from /proc/self/smaps\n"));
  EXPECT_THAT(to_json_text(findings), HasSubstr(R"("measure": "PSS")"));
  findings.memory = ProcessMemory{.measure = MemoryMeasure::kRss, .bytes = 7, .source = "/proc/self/statm"};
  EXPECT_THAT(to_text(findings), HasSubstr("memory: RSS, from /proc/self/statm"));
  EXPECT_THAT(to_text(findings), HasSubstr("no PSS"));
  EXPECT_THAT(to_json_text(findings), HasSubstr(R"("measure": "RSS")"));
  findings.memory = Error{ErrorCode::kUnavailable, "/proc/self/smaps_rollup: No such file"};
  EXPECT_THAT(to_text(findings), HasSubstr("memory: not measured: /proc/self/smaps_rollup: No such file\n"));
  EXPECT_THAT(to_json_text(findings), HasSubstr(R"("measure": null)"));
}

}  // namespace
}  // namespace weir::cli
