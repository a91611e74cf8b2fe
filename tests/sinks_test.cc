// SPDX-License-Identifier: Apache-2.0
// Result lines to the letter, and the file that many streams share, also when it can't be written.
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdint>
#include <limits>
#include <locale>
#include <sstream>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "sinks/jsonl_sink.h"
#include "support/media.h"

namespace weir {
namespace {

using std::chrono::nanoseconds;
using ::testing::HasSubstr;
using testing::read_bytes;
using testing::TempFolder;

const std::vector<std::string> kLabels{"person", "a \"quoted\"\nlabel", "car"};

FrameResult gate_frame() {
  FrameResult result;
  result.frame = 17;
  result.pts = nanoseconds(566666667);
  result.width_px = 1920;
  result.height_px = 1080;
  result.detections = {{2, 0.83124F, {10.5F, 20.254F, 1919.996F, 1080}}};
  return result;
}

// --- lines ---

TEST(JsonlFormat, IsAsDocumented) {
  const JsonlFormat format("gate", kLabels);
  EXPECT_EQ(
      format.line(gate_frame()),
      R"({"stream":"gate","frame":17,"pts_ns":566666667,"width":1920,"height":1080,)"
      R"("detections":[{"label":"car","class_id":2,"score":0.8312,"box":[10.50,20.25,1920.00,1080.00]}]})"
      "\n");
}

TEST(JsonlFormat, FailedAndDroppedFramesHaveNoDetections) {
  const JsonlFormat format("gate", kLabels);
  FrameResult result = gate_frame();
  result.outcome = Outcome::kFailed;
  result.reason = "the \"NPU\" said no";
  const auto failed = nlohmann::json::parse(format.line(result));
  EXPECT_EQ(failed["error"], result.reason);
  EXPECT_FALSE(failed.contains("detections"));
  result.outcome = Outcome::kDropped;
  result.reason = "queue full";
  const auto dropped = nlohmann::json::parse(format.line(result));
  EXPECT_EQ(dropped["dropped"], "queue full");
  EXPECT_FALSE(dropped.contains("detections"));
  result.outcome = Outcome::kInferred;
  result.detections.clear();
  EXPECT_THAT(format.line(result), HasSubstr(R"("detections":[]})"));
}

// Would catch: lines that are no JSON, or more than one line, because of what a user called something.
TEST(JsonlFormat, AnyNameIsOneLineOfJson) {
  for (const std::string name :
       {"a\"b\\c", "tab\there", "line\nbreak", "\x01\x1f", "gr\xc3\xbc\xc3\x9f", ""}) {
    const std::string line = JsonlFormat(name, kLabels).line(gate_frame());
    EXPECT_EQ(nlohmann::json::parse(line)["stream"], name);
    EXPECT_EQ(line.find('\n'), line.size() - 1);
  }
  const auto replaced = nlohmann::json::parse(JsonlFormat("a\xff\xc3", kLabels).line(gate_frame()));
  EXPECT_EQ(replaced["stream"], "a\xef\xbf\xbd\xef\xbf\xbd");
}

TEST(JsonlFormat, ClassesWithoutALabelAreTheirNumber) {
  FrameResult result = gate_frame();
  result.detections = {{1, 0.5F, {}}, {3, 0.5F, {}}, {-1, 0.5F, {}}};
  const auto detections = nlohmann::json::parse(JsonlFormat("gate", kLabels).line(result))["detections"];
  EXPECT_EQ(detections[0]["label"], kLabels[1]);
  EXPECT_EQ(detections[1]["label"], "3");
  EXPECT_EQ(detections[2]["label"], "-1");
}

TEST(JsonlFormat, NumbersAreAlwaysPlain) {
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  FrameResult result = gate_frame();
  result.detections = {{0, -0.00001F, {-0.001F, kNan, kInfinity, -kInfinity}},
                       {0, 1, {-0.006F, -10, 1e9F, 0.125F}}};
  const std::string line = JsonlFormat("gate", kLabels).line(result);
  EXPECT_THAT(line, HasSubstr(R"("score":0.0000,"box":[0.00,0.00,0.00,0.00])"));
  EXPECT_THAT(line, HasSubstr(R"("score":1.0000,"box":[-0.01,-10.00,1000000000.00,0.12])"));
}

TEST(JsonlFormat, DoesNotDependOnTheLocale) {
  struct Commas : std::numpunct<char> {
    [[nodiscard]] char do_decimal_point() const override { return ','; }
    [[nodiscard]] char do_thousands_sep() const override { return '.'; }
    [[nodiscard]] std::string do_grouping() const override { return "\3"; }
  };
  const std::string expected = JsonlFormat("gate", kLabels).line(gate_frame());
  const std::locale before = std::locale::global(std::locale(std::locale(), new Commas));
  const std::string line = JsonlFormat("gate", kLabels).line(gate_frame());
  std::locale::global(before);
  EXPECT_EQ(line, expected);
}

// --- the file ---

TEST(JsonlFile, TakesWholeLinesFromManyThreads) {
  const TempFolder folder;
  const std::string path = folder.file("results.jsonl");
  constexpr int kThreads = 8;
  constexpr int kFrames = 300;
  {
    auto file = JsonlFile::create(path);
    ASSERT_TRUE(file) << file.error().message;
    std::vector<std::jthread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([t, &file] {
        JsonlSink sink("stream" + std::to_string(t), kLabels, *file);
        for (int i = 0; i < kFrames; ++i) {
          FrameResult result = gate_frame();
          result.frame = i;
          result.detections.resize(static_cast<size_t>(i % 7));
          EXPECT_TRUE(sink.write(result, nullptr));
        }
        EXPECT_TRUE(sink.finish());
      });
    }
  }
  std::istringstream lines(read_bytes(path));
  std::array<int64_t, kThreads> next{};
  for (std::string line; std::getline(lines, line);) {
    const auto object = nlohmann::json::parse(line);  // throws on half a line
    auto& expected = next.at(object["stream"].get<std::string>().back() - '0');
    EXPECT_EQ(object["frame"], expected++);
  }
  EXPECT_THAT(next, ::testing::Each(kFrames));
}

TEST(JsonlFile, FullDiskIsOneClearError) {
  auto file = JsonlFile::create("/dev/full");
  ASSERT_TRUE(file);
  const auto first = (*file)->write("{}\n");
  ASSERT_FALSE(first);
  EXPECT_EQ(first.error().code, ErrorCode::kResourceExhausted);
  EXPECT_EQ(first.error().message, "writing results to '/dev/full' stopped: No space left on device");
  const auto second = (*file)->write("{}\n");
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().message, first.error().message);
}

// A limit on the file's size is a disk that fills up in the middle of a line.
TEST(JsonlFile, EndsWithItsLastWholeLine) {
  const TempFolder folder;
  const std::string path = folder.file("results.jsonl");
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit limit{25, before.rlim_max};
  auto file = JsonlFile::create(path);
  ASSERT_TRUE(file);
  setrlimit(RLIMIT_FSIZE, &limit);
  std::vector<bool> written;
  for (int i = 0; i < 4; ++i) written.push_back((*file)->write("123456789\n").has_value());
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, old_handler);
  EXPECT_THAT(written, ::testing::ElementsAre(true, true, false, false));
  EXPECT_FALSE((*file)->write("123456789\n"));  // there is room again, but a line is missing
  EXPECT_EQ(read_bytes(path), "123456789\n123456789\n");
}

TEST(JsonlFile, ReaderThatGoesAwayIsAnError) {
  const auto old_handler = std::signal(SIGPIPE, SIG_IGN);  // as main does
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe(ends.data()), 0);
  const int saved = dup(STDOUT_FILENO);
  dup2(ends[1], STDOUT_FILENO);
  close(ends[0]);
  auto file = JsonlFile::create("-");
  const auto status = file ? (*file)->write("{}\n") : Status();
  dup2(saved, STDOUT_FILENO);
  close(saved);
  close(ends[1]);
  std::signal(SIGPIPE, old_handler);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().message, "writing results to standard output stopped: Broken pipe");
}

TEST(JsonlFile, SaysWhyItCanNotBeMade) {
  const TempFolder folder;
  const auto missing = JsonlFile::create(folder.file("none/results.jsonl"));
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(missing.error().message, HasSubstr("none/results.jsonl': No such file or directory"));
  const auto is_folder = JsonlFile::create(folder.path());
  ASSERT_FALSE(is_folder);
  EXPECT_EQ(is_folder.error().code, ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace weir
