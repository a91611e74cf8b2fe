// SPDX-License-Identifier: Apache-2.0
// What it costs others when parts of the engine come, go or stall.
// bench_living MODEL churn [ROUNDS]    4 streams at realtime, alone and then with ROUNDS (1,000) streams that
// are added
//                                      and removed beside them: frames dropped, memory, threads, descriptors
// bench_living MODEL stall [SECONDS]   4 streams of 1080p; the annotated video of one is not read for SECONDS
// (60):
//                                      memory, and the frame rate of the others
// Prints one JSON object on standard output.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <numeric>
#include <string_view>
#include <thread>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "engine/engine.h"
#include "memory/process_memory.h"

namespace weir {
namespace {

using nlohmann::ordered_json;
using Clock = std::chrono::steady_clock;
using std::chrono::seconds;

template <class T>
T value_or_exit(Result<T> result) {
  if (result) return *std::move(result);
  fmt::print(stderr, "bench_living: {}\n", result.error().message);
  std::exit(1);
}

void check(const Status& status) {
  if (status) return;
  fmt::print(stderr, "bench_living: {}\n", status.error().message);
  std::exit(1);
}

int64_t entries_of(const char* folder) {
  const auto list = std::filesystem::directory_iterator(folder);
  return std::distance(begin(list), end(list));
}

int64_t rss_bytes() {
  return value_or_exit(sample_self()).rss_bytes;
}

struct Standing {
  int64_t inferred = 0;
  int64_t dropped = 0;
};

/// Of the streams whose names begin so.
Standing standing(const Engine& engine, std::string_view names) {
  Standing sum;
  for (const StreamReport& stream : engine.report().streams) {
    if (!stream.name.starts_with(names)) continue;
    sum.inferred += stream.statistics.inferred;
    sum.dropped += stream.statistics.dropped_total();
  }
  return sum;
}

EngineConfig config_for(const std::string& model) {
  EngineConfig config;
  config.models = {{.name = "m", .path = model}};
  return config;
}

StreamConfig street(const std::string& name, std::string_view size, int seed) {
  return {.name = name,
          .input = fmt::format("scene:street?size={}&seed={}&frames=900", size, seed),
          .model = "m",
          .loop = true};
}

ordered_json churn(const std::string& model, int rounds) {
  const auto engine = value_or_exit(Engine::create(config_for(model)));
  for (int i = 0; i < 4; ++i) {
    StreamConfig stream = street(fmt::format("stays {}", i), "640x360", i);
    stream.pace = Pace::kRealtime;
    value_or_exit(engine->add_stream(stream));
  }
  std::this_thread::sleep_for(seconds(5));  // until all is loaded and warm
  const auto one_round = [&](int round) {
    const std::string name = fmt::format("comes {}", round);
    value_or_exit(engine->add_stream(street(name, "160x96", std::abs(round) % 7)));
    while (standing(*engine, name).inferred == 0) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
      for (const StreamReport& stream : engine->report().streams) {
        if (stream.state == StreamState::kFailed) check(stream.problems.at(0));
      }
    }
    check(engine->remove_stream(name));
  };
  for (int round = -20; round < 0; ++round) one_round(round);
  const int64_t threads = entries_of("/proc/self/task");
  const int64_t descriptors = entries_of("/proc/self/fd");

  const Standing before = standing(*engine, "stays");
  const auto start = Clock::now();
  int64_t rss_in_the_middle = 0;
  for (int round = 0; round < rounds; ++round) {
    if (round == rounds / 2) rss_in_the_middle = rss_bytes();
    one_round(round);
  }
  const int64_t rss_at_the_end = rss_bytes();
  const auto busy = Clock::now() - start;
  const Standing between = standing(*engine, "stays");
  std::this_thread::sleep_for(busy);  // the same time without
  const Standing after = standing(*engine, "stays");
  return {{"rounds", rounds},
          {"seconds", std::chrono::duration<double>(busy).count()},
          {"dropped_meanwhile", between.dropped - before.dropped},
          {"dropped_without", after.dropped - between.dropped},
          {"inferred_meanwhile", between.inferred - before.inferred},
          {"inferred_without", after.inferred - between.inferred},
          {"rss_growth_of_second_half_bytes", rss_at_the_end - rss_in_the_middle},
          {"threads_added", entries_of("/proc/self/task") - threads},
          {"descriptors_added", entries_of("/proc/self/fd") - descriptors}};
}

/// Reads the pipe until `stall` begins, and then keeps it open without reading.
void read_until(const std::string& path, const std::atomic<bool>& stall, const std::stop_token& stop) {
  const int pipe = open(path.c_str(), O_RDONLY | O_NONBLOCK);
  std::vector<char> bytes(1 << 16);
  while (!stop.stop_requested()) {
    if (stall || read(pipe, bytes.data(), bytes.size()) <= 0)
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  close(pipe);
}

ordered_json stall(const std::string& model, int stall_seconds) {
  std::signal(SIGPIPE, SIG_IGN);
  std::string folder = (std::filesystem::temp_directory_path() / "weir-living-XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) std::exit(1);
  const std::string pipe = folder + "/watched.mp4";
  if (mkfifo(pipe.c_str(), 0600) != 0) std::exit(1);

  EngineConfig config = config_for(model);
  config.outputs = {{.kind = OutputKind::kAnnotate, .path = folder, .streams = {"watched"}}};
  ordered_json result;
  {
    const auto engine = value_or_exit(Engine::create(config));
    std::atomic<bool> stalled{false};
    std::jthread reader([&](const std::stop_token& stop) { read_until(pipe, stalled, stop); });
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    for (int i = 0; i < 3; ++i) {
      StreamConfig stream = street(fmt::format("other {}", i), "1920x1080", i);
      stream.pace = Pace::kRealtime;
      value_or_exit(engine->add_stream(stream));
    }
    StreamConfig watched = street("watched", "1920x1080", 3);
    watched.pace = Pace::kRealtime;
    value_or_exit(engine->add_stream(watched));
    std::this_thread::sleep_for(seconds(5));
    const auto rate_of_others = [&](int time) {
      const Standing before = standing(*engine, "other");
      const auto start = Clock::now();
      std::this_thread::sleep_for(seconds(time));
      const std::chrono::duration<double> passed = Clock::now() - start;
      return static_cast<double>(standing(*engine, "other").inferred - before.inferred) / passed.count();
    };
    const double rate_before = rate_of_others(std::min(20, stall_seconds));
    const int64_t rss_before = rss_bytes();
    stalled = true;
    const double rate_meanwhile = rate_of_others(stall_seconds);
    result = {{"stall_seconds", stall_seconds},
              {"rss_growth_bytes", rss_bytes() - rss_before},
              {"others_fps_before", rate_before},
              {"others_fps_meanwhile", rate_meanwhile}};
    const auto start = Clock::now();
    engine->stop();
    result["stop_seconds"] = std::chrono::duration<double>(Clock::now() - start).count();
  }
  std::filesystem::remove_all(folder);
  return result;
}

int main(int argc, char** argv) {
  const std::string_view what = argc > 2 ? argv[2] : "";
  const int number = argc > 3 ? std::atoi(argv[3]) : 0;
  if (what != "churn" && what != "stall") {
    fmt::print(stderr, "usage: bench_living MODEL churn [ROUNDS] | stall [SECONDS]\n");
    return 2;
  }
  const ordered_json result =
      what == "churn" ? churn(argv[1], number > 0 ? number : 1000) : stall(argv[1], number > 0 ? number : 60);
  fmt::print("{}\n", result.dump(2));
  return 0;
}

}  // namespace
}  // namespace weir

int main(int argc, char** argv) {
  return weir::main(argc, argv);
}
