// SPDX-License-Identifier: Apache-2.0
// Trackers on recorded detections, for bench/track. Each command prints JSON, or writes a file.
//   bench_tracks truth QUERY FILE                      a street's truth, without a video
//   bench_tracks hota TRACKER EVERY DROPPED SCORE (RESULTS|- TRUTH)...   figures; -: perfect boxes
//   bench_tracks lines TRACKER QUERY RESULTS TRUTH     who crossed a line, and how many should have
//   bench_tracks memory TRACKER FRAMES                 made-up boxes: memory and time
//   bench_tracks mot TRACKER FOLDER...                 sequences of MOTChallenge with their published
//   detections
#include <cstdlib>
#include <fstream>
#include <random>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "eval/files/mot.h"
#include "scene/street.h"
#include "track/stream_tracking.h"
#include "tracks/recording.h"
#include "tracks/street_line.h"

namespace weir::bench {
namespace {

using Json = nlohmann::ordered_json;
using Arguments = std::span<const std::string>;

constexpr double kStreetFrames_per_s = 30;

template <class T>
T value_or_exit(Result<T> result) {
  if (result) return *std::move(result);
  fmt::print(stderr, "bench_tracks: {}\n", result.error().message);
  std::exit(1);
}

Json json_of(const eval::TrackFigures& figures) {
  return {{"hota", figures.hota.value_or(0)},
          {"deta", figures.deta.value_or(0)},
          {"assa", figures.assa.value_or(0)},
          {"mota", figures.mota.value_or(0)},
          {"idf1", figures.idf1.value_or(0)},
          {"id_switches", figures.id_switches},
          {"object_tracks", figures.object_tracks},
          {"found_tracks", figures.found_tracks},
          {"objects", figures.objects}};
}

Recording::Track new_tracker(const std::string& name) {
  auto tracker = tracker_named(name);
  if (tracker) return *std::move(tracker);
  fmt::print(stderr, "bench_tracks: no tracker is called '{}'\n", name);
  std::exit(2);
}

track::TrackerKind kind_named(const std::string& name) {
  for (const auto kind : {track::TrackerKind::kByteTrack, track::TrackerKind::kOcSort}) {
    if (track::to_string(kind) == name) return kind;
  }
  return track::TrackerKind::kCbiou;
}

eval::Truth read_truth(const std::string& path) {
  return value_or_exit(eval::read_truth({&path, 1}));
}

Recording read_recording(const std::string& results, const std::string& truth) {
  if (results == "-") return value_or_exit(Recording::perfect(read_truth(truth), kStreetFrames_per_s));
  return value_or_exit(
      Recording::create(value_or_exit(eval::read_results(results)), read_truth(truth), kStreetFrames_per_s));
}

void write_truth(Arguments a) {
  const auto street = value_or_exit(scene::Street::create(value_or_exit(scene::StreetConfig::parse(a[0]))));
  const scene::StreetConfig& config = street.config();
  std::ofstream file(a[1]);
  for (int64_t frame = 0; frame < config.frames; ++frame) {
    file << scene::write_truth_line("street", frame, config.width_px, config.height_px, street.truth(frame));
  }
  if (!file.flush()) std::exit(1);
}

Json hota(Arguments a) {
  const Selection selection{std::atoi(a[1].c_str()), std::atof(a[2].c_str()), std::atof(a[3].c_str())};
  Together together;
  for (size_t i = 4; i + 1 < a.size(); i += 2) {
    const Recording recording = read_recording(a[i], a[i + 1]);
    together.add(value_or_exit(recording.run(selection, new_tracker(a[0]))));
  }
  return json_of(together.figures());
}

/// Crossings by label; small people are not counted.
std::map<std::string, int64_t> found_crossings(const Recording& recording,
                                               const track::TrackingConfig& config) {
  const auto tracking = value_or_exit(track::StreamTracking::create(config, recording.labels()));
  std::map<std::string, int64_t> crossings;
  const auto count = [&](const std::vector<track::Event>& events) {
    for (const track::Event& event : events) {
      if (event.kind != track::EventKind::kEnd) continue;
      const std::string label = recording.labels()[static_cast<size_t>(event.class_id)];
      for (const track::LineCrossing& one : event.crossings) {
        if (label != "person" || one.box.y2 - one.box.y1 >= kLeastPerson_px) ++crossings[label];
      }
    }
  };
  for (FrameResult frame : recording.frames()) count(tracking->step(frame));
  count(tracking->finish());
  return crossings;
}

Json lines(Arguments a) {
  const auto street = value_or_exit(scene::StreetConfig::parse(a[1]));
  const Recording recording = read_recording(a[2], a[3]);
  track::TrackingConfig config;
  config.tracker.kind = kind_named(a[0]);
  config.places.lines.push_back(line_across(street));
  const track::LineConfig& line = config.places.lines[0];
  return {{"line", {line.from.x, line.from.y, line.to.x, line.to.y}},
          {"truth", true_crossings(recording.truth(), line, street)},
          {"found", found_crossings(recording, config)}};
}

int64_t resident_bytes() {
  const std::string text = value_or_exit(read_file("/proc/self/statm"));
  int64_t pages = 0;
  (void)std::sscanf(text.c_str(), "%*d %ld", &pages);
  return pages * 4096;
}

/// Objects that come, go, stop and hide, 12 in a frame in the mean.
class MadeUpBoxes {
 public:
  std::vector<Detection> next() {
    if (random_() % 8 == 0)
      objects_.push_back({random_() % 4, real(0, 1800), real(0, 1000), real(-8, 8), real(-4, 4)});
    if (!objects_.empty() && random_() % 8 == 0) objects_.erase(objects_.begin());
    if (objects_.size() > 24) objects_.clear();
    std::vector<Detection> boxes;
    for (Object& one : objects_) {
      one.x += one.vx;
      one.y += one.vy;
      if (random_() % 50 == 0) one.vx = one.vy = 0;
      if (random_() % 6 == 0) continue;
      const auto x = static_cast<float>(one.x);
      const auto y = static_cast<float>(one.y);
      boxes.push_back({static_cast<int>(one.kind), static_cast<float>(real(0.3, 1)), {x, y, x + 90, y + 60}});
    }
    return boxes;
  }

 private:
  struct Object {
    unsigned long kind = 0;
    double x = 0;
    double y = 0;
    double vx = 0;
    double vy = 0;
  };
  double real(double low, double high) {
    return low + (high - low) * static_cast<double>(random_() % 10'000) / 1e4;
  }

  std::mt19937 random_{7};
  std::vector<Object> objects_;
};

Json memory(Arguments a) {
  const int64_t frames = std::atoll(a[1].c_str());
  track::TrackingConfig config;
  config.tracker.kind = kind_named(a[0]);
  config.places.zones.push_back({.name = "half", .polygon = {{0.5, 0}, {1, 0}, {1, 1}, {0.5, 1}}});
  config.places.lines.push_back({.name = "middle", .from = {0, 0.5}, .to = {1, 0.5}});
  const auto tracking = value_or_exit(track::StreamTracking::create(config, {"a", "b", "c", "d"}));
  MadeUpBoxes boxes;
  Json samples = Json::array();
  int64_t events = 0;
  const auto begin = std::chrono::steady_clock::now();
  for (int64_t i = 0; i < frames; ++i) {
    FrameResult frame{.frame = i, .pts = track::Time(i * 33'333'333), .width_px = 1920, .height_px = 1080};
    frame.detections = boxes.next();
    events += static_cast<int64_t>(tracking->step(frame).size());
    if (i % (frames / 10) == frames / 10 - 1) samples.push_back(resident_bytes());
  }
  const std::chrono::duration<double, std::milli> used = std::chrono::steady_clock::now() - begin;
  return {{"frames", frames},
          {"events", events},
          {"objects", tracking->report().objects},
          {"ms_per_frame", used.count() / static_cast<double>(frames)},
          {"resident_bytes", samples}};
}

Json mot(Arguments a) {
  Json sequences = Json::array();
  Together together;
  for (const std::string& folder : a.subspan(1)) {
    const std::string gt = folder + "/gt/gt.txt";
    const auto info = value_or_exit(eval::read_mot_sequence(folder + "/seqinfo.ini"));
    const double rate = info && info->frame_rate > 0 ? info->frame_rate : kStreetFrames_per_s;
    const Recording recording =
        value_or_exit(Recording::create(value_or_exit(eval::read_mot_results(folder + "/det/det.txt")),
                                        value_or_exit(eval::read_mot_truth({&gt, 1})), rate));
    auto paired = value_or_exit(recording.run({}, new_tracker(a[0])));
    Together alone;
    alone.add(paired);
    sequences.push_back({{"name", info ? info->name : folder}, {"figures", json_of(alone.figures())}});
    together.add(std::move(paired));
  }
  return {{"sequences", sequences}, {"all", json_of(together.figures())}};
}

int run(const std::string& command, Arguments a) {
  if (command == "truth" && a.size() == 2) {
    write_truth(a);
    return 0;
  }
  Json json;
  if (command == "hota" && a.size() >= 6) json = hota(a);
  if (command == "lines" && a.size() == 4) json = lines(a);
  if (command == "memory" && a.size() == 2) json = memory(a);
  if (command == "mot" && a.size() >= 2) json = mot(a);
  if (json.is_null()) {
    fmt::print(stderr, "bench_tracks: unknown command; tracks.cc says which there are\n");
    return 2;
  }
  fmt::print("{}\n", json.dump());
  return 0;
}

}  // namespace
}  // namespace weir::bench

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.empty()) return weir::bench::run("", {});
  return weir::bench::run(arguments.front(), std::span(arguments).subspan(1));
}
