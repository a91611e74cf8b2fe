// SPDX-License-Identifier: Apache-2.0
// What the tests of whole runs have in common.
#pragma once

#include <fstream>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "engine/run.h"
#include "support/made_up.h"
#include "support/media.h"
#include "support/models.h"

namespace weir::testing {

constexpr int kFrames = 30;

/// A run over made-up pictures ("a", "b", "still ..."; anything else is not there), the fake backend and a
/// results file.
class PipelineFixture : public ::testing::Test {
 protected:
  PipelineFixture() : model_(write_fake_model(folder_.file("small.json"), R"("input": [160, 160])")) {
    config_.outputs = {{.kind = OutputKind::kResults, .path = folder_.file("results.jsonl")}};
    parts_.open_source = [](const StreamConfig& stream) -> Result<std::unique_ptr<Source>> {
      if (stream.input == "a")
        return make_made_up_source({.frames = kFrames, .width_px = 320, .height_px = 180});
      if (stream.input == "b")
        return make_made_up_source({.frames = kFrames, .width_px = 640, .height_px = 360});
      if (stream.input.starts_with("still"))
        return make_made_up_source({.frames = 1, .width_px = 160, .height_px = 120, .still = true});
      return Error{ErrorCode::kNotFound, "no such input: " + stream.input};
    };
    parts_.on_event = [this](const Event& event) {
      const std::lock_guard lock(events_mutex_);
      events_.push_back(event);
    };
  }

  void add_stream(const std::string& name, const std::string& input, const std::string& model = "") {
    const std::string& path = model.empty() ? model_ : model;
    if (config_.find_model(path) == nullptr) {
      ModelConfig added = model_settings_;
      added.name = added.path = path;
      added.backend = "fake";
      config_.models.push_back(added);
    }
    StreamConfig stream = stream_settings_;
    stream.name = name;
    stream.input = input;
    stream.model = path;
    config_.streams.push_back(stream);
  }

  /// The message of what doesn't start.
  std::string error() {
    const auto run = Run::create(config_, limits_, {}, parts_);
    return run ? "it starts" : run.error().message;
  }

  RunReport run(const std::stop_token& stop = {}) {
    auto run = Run::create(config_, limits_, stop, parts_);
    EXPECT_TRUE(run) << (run ? "" : run.error().message);
    return run ? (*run)->to_end(stop) : RunReport{};
  }

  /// The lines of every stream, in the order they were written; the key is how its lines begin.
  std::map<std::string, std::vector<std::string>> lines_by_stream() const {
    std::map<std::string, std::vector<std::string>> by_stream;
    std::ifstream file(config_.outputs[0].path);
    for (std::string line; std::getline(file, line);) {
      by_stream[line.substr(0, line.find(','))].push_back(std::move(line));
    }
    return by_stream;
  }

  /// The same, read.
  std::map<std::string, std::vector<nlohmann::json>> results() const {
    std::map<std::string, std::vector<nlohmann::json>> by_stream;
    for (const auto& [stream, lines] : lines_by_stream()) {
      for (const std::string& line : lines) {
        auto record = nlohmann::json::parse(line);
        by_stream[record["stream"]].push_back(std::move(record));
      }
    }
    return by_stream;
  }

  static void expect_each_frame_once(const std::vector<nlohmann::json>& lines, int64_t frames) {
    ASSERT_EQ(static_cast<int64_t>(lines.size()), frames);
    for (int64_t i = 0; i < frames; ++i) ASSERT_EQ(lines[static_cast<size_t>(i)]["frame"], i);
  }

  static void expect_accounted(const StreamStatistics& statistics) {
    EXPECT_EQ(statistics.decoded, statistics.inferred + statistics.failed + statistics.dropped_total());
  }

  TempFolder folder_;
  EngineConfig config_;
  RunLimits limits_;
  ModelConfig model_settings_;
  StreamConfig stream_settings_;
  EngineParts parts_ = default_parts();
  std::string model_;
  std::mutex events_mutex_;
  std::vector<Event> events_;
};

}  // namespace weir::testing
