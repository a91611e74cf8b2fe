// SPDX-License-Identifier: Apache-2.0
// Result lines to the letter, and the file that many streams share, also when it can't be written.
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
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

#include "sinks/output_file.h"
#include "sinks/results_sink.h"
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

TEST(ResultsSink, ManyStreamsShareOneFile) {
  const TempFolder folder;
  const std::string path = folder.file("results.jsonl");
  auto sink = ResultsSink::create(path);
  ASSERT_TRUE(sink) << sink.error().message;
  for (const StreamId stream : {1, 2}) {
    ASSERT_TRUE(
        (*sink)->open_stream({.id = stream, .name = "stream" + std::to_string(stream), .labels = kLabels}));
  }
  for (int i = 0; i < 6; ++i) {
    FrameResult result = gate_frame();
    result.frame = i / 2;
    ASSERT_TRUE((*sink)->write(1 + i % 2, result, nullptr));
  }
  EXPECT_TRUE((*sink)->close_stream(1));
  EXPECT_TRUE((*sink)->close_stream(2));
  EXPECT_TRUE((*sink)->finish());
  std::istringstream lines(read_bytes(path));
  std::array<int64_t, 3> next{};
  for (std::string line; std::getline(lines, line);) {
    const auto object = nlohmann::json::parse(line);  // throws on half a line
    EXPECT_EQ(object["frame"], next.at(object["stream"].get<std::string>().back() - '0')++);
  }
  EXPECT_THAT(next, ::testing::ElementsAre(0, 3, 3));
}

TEST(ResultsSink, FullDiskIsOneClearError) {
  auto sink = ResultsSink::create("/dev/full");
  ASSERT_TRUE(sink);
  ASSERT_TRUE((*sink)->open_stream({.id = 1, .name = "gate"}));
  const auto first = (*sink)->write(1, gate_frame(), nullptr);
  ASSERT_FALSE(first);
  EXPECT_EQ(first.error().code, ErrorCode::kResourceExhausted);
  EXPECT_EQ(first.error().message, "writing results to '/dev/full' stopped: No space left on device");
}

TEST(ResultsSink, SaysWhyItCanNotBeMade) {
  const TempFolder folder;
  const auto missing = ResultsSink::create(folder.file("none/results.jsonl"));
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(missing.error().message, HasSubstr("none/results.jsonl': No such file or directory"));
  const auto is_folder = ResultsSink::create(folder.path());
  ASSERT_FALSE(is_folder);
  EXPECT_EQ(is_folder.error().code, ErrorCode::kInvalidArgument);
}

// A limit on the file's size is a disk that fills up in the middle of a line.
TEST(OutputFile, EndsWithItsLastWholeLine) {
  const TempFolder folder;
  const std::string path = folder.file("results.jsonl");
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit limit{25, before.rlim_max};
  auto file = OutputFile::create(path, nullptr);
  ASSERT_TRUE(file);
  setrlimit(RLIMIT_FSIZE, &limit);
  std::vector<bool> written;
  for (int i = 0; i < 4; ++i) written.push_back((*file)->append("123456789\n").has_value());
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, old_handler);
  EXPECT_THAT(written, ::testing::ElementsAre(true, true, false, false));
  EXPECT_FALSE((*file)->append("123456789\n"));  // there is room again, but a line is missing
  EXPECT_EQ(read_bytes(path), "123456789\n123456789\n");
}

TEST(OutputFile, ReaderThatGoesAwayIsAnError) {
  const auto old_handler = std::signal(SIGPIPE, SIG_IGN);  // as main does
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe(ends.data()), 0);
  const int saved = dup(STDOUT_FILENO);
  dup2(ends[1], STDOUT_FILENO);
  close(ends[0]);
  auto file = OutputFile::create("-", nullptr);
  const auto status = file ? (*file)->write("{}\n") : Status();
  dup2(saved, STDOUT_FILENO);
  close(saved);
  close(ends[1]);
  std::signal(SIGPIPE, old_handler);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().message, "Broken pipe");
}

/// A named pipe, and what is read from it.
class NamedPipe : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(mkfifo(path_.c_str(), 0600), 0); }

  TempFolder folder_;
  const std::string path_ = folder_.file("pipe");
  const std::shared_ptr<Interrupt> interrupt_ = std::make_shared<Interrupt>();
};

TEST_F(NamedPipe, IsWrittenWholeOnceSomebodyReads) {
  std::string much(300'000, 'x');
  much.push_back('\n');
  auto file = OutputFile::create(path_, interrupt_);
  ASSERT_TRUE(file);
  std::string got;
  std::jthread reader([&] { got = read_bytes(path_); });
  EXPECT_TRUE((*file)->append(much));
  EXPECT_TRUE((*file)->close());
  reader.join();
  EXPECT_EQ(got, much);
}

// A thread that waits in open() for a reader, where nothing can wake it.
TEST_F(NamedPipe, WaitingForAReaderCanBeInterrupted) {
  auto file = OutputFile::create(path_, interrupt_);
  ASSERT_TRUE(file);
  Status status;
  std::jthread writer([&] { status = (*file)->append("line\n"); });
  interrupt_->request();
  writer.join();
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kCancelled);
}

TEST_F(NamedPipe, WaitingForRoomCanBeInterruptedAndLinesStayWhole) {
  const int reader = open(path_.c_str(), O_RDONLY | O_NONBLOCK);  // which never reads
  ASSERT_GE(reader, 0);
  auto file = OutputFile::create(path_, interrupt_);
  ASSERT_TRUE(file);
  int64_t lines = 0;
  Status status;
  std::jthread writer([&] {
    while ((status = (*file)->append("0123456789\n"))) ++lines;
  });
  interrupt_->request();  // what fits is still written
  writer.join();
  EXPECT_EQ(status.error().code, ErrorCode::kCancelled);
  ASSERT_TRUE((*file)->close());
  std::string got(1 << 20, '\0');
  got.resize(static_cast<size_t>(read(reader, got.data(), got.size())));
  close(reader);
  EXPECT_GT(lines, 1000);
  EXPECT_EQ(got.size(), static_cast<size_t>(lines) * 11);
}

}  // namespace
}  // namespace weir
