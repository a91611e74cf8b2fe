// SPDX-License-Identifier: Apache-2.0
// The pure functions of the hot path, each alone: letterboxing a 1080p picture, decoding a head, suppression,
// tracking.
#include <random>
#include <vector>

#include <benchmark/benchmark.h>

#include "detect/decoder.h"
#include "detect/nms.h"
#include "image/letterbox.h"
#include "track/stream_tracking.h"

namespace weir {
namespace {

void letterbox_1080p(benchmark::State& state) {
  constexpr int kWidth = 1920;
  constexpr int kHeight = 1080;
  std::vector<uint8_t> luma(static_cast<size_t>(kWidth) * kHeight, 90);
  std::vector<uint8_t> chroma(static_cast<size_t>(kWidth) * kHeight / 4, 128);
  const PictureView picture{.width_px = kWidth,
                            .height_px = kHeight,
                            .planes = {luma.data(), chroma.data(), chroma.data()},
                            .strides = {kWidth, kWidth / 2, kWidth / 2}};
  const InputSize size{416, static_cast<int>(state.range(0))};
  std::vector<uint8_t> input(static_cast<size_t>(size.width_px) * size.height_px * 3);
  LetterboxScratch scratch;
  for (auto _ : state) {
    letterbox_into(picture, size, input.data(), static_cast<size_t>(size.width_px) * 3, scratch);
    benchmark::DoNotOptimize(input.data());
  }
}
BENCHMARK(letterbox_1080p)->Arg(256)->Arg(416);

void yolox_decode(benchmark::State& state) {
  constexpr int64_t kCells = 2184;
  constexpr int64_t kValues = 85;
  ModelInfo model;
  model.input_size = {416, 256};
  model.outputs = {{.name = "output", .shape = {1, kCells, kValues}}};
  std::vector<float> values(kCells * kValues, 0.01F);
  for (int64_t cell = 0; cell < state.range(0); ++cell) {
    values[static_cast<size_t>(cell * 40 * kValues + 4)] = 0.9F;
    values[static_cast<size_t>(cell * 40 * kValues + 7)] = 0.9F;
  }
  const auto decoder = create_decoder(model);
  const std::vector<ConstTensorView> outputs{{&model.outputs[0], values.data()}};
  for (auto _ : state) {
    std::vector<Candidate> candidates;
    (*decoder)->decode(outputs, 0.25F, candidates);
    benchmark::DoNotOptimize(candidates.data());
  }
}
BENCHMARK(yolox_decode)->Arg(0)->Arg(50);

/// Frames of `objects` that walk about and are missed now and then, 30 a second.
std::vector<FrameResult> crowd(int objects, int frames) {
  std::mt19937 random(1);
  const auto real = [&](double low, double high) {
    return std::uniform_real_distribution<double>(low, high)(random);
  };
  struct Walker {
    double x, y, vx, vy, width;
  };
  std::vector<Walker> walkers;
  for (int i = 0; i < objects; ++i) {
    walkers.push_back({real(0, 1900), real(0, 1000), real(-3, 3), real(-2, 2), real(30, 120)});
  }
  std::vector<FrameResult> crowd(static_cast<size_t>(frames));
  for (FrameResult& frame : crowd) {
    frame.frame = &frame - crowd.data();
    frame.pts = std::chrono::nanoseconds(frame.frame * 33'333'333);
    frame.width_px = 1920;
    frame.height_px = 1080;
    for (Walker& one : walkers) {
      one.x += one.vx;
      one.y += one.vy;
      if (random() % 10 == 0) continue;
      const auto x = static_cast<float>(one.x + real(-1, 1));
      const auto y = static_cast<float>(one.y + real(-1, 1));
      const auto width = static_cast<float>(one.width);
      frame.detections.push_back(
          {static_cast<int>(random() % 40 == 0), 0.8F, {x, y, x + width, y + 1.5F * width}});
    }
  }
  return crowd;
}

/// Tracker, a zone, a line and events: state.range(0) objects, state.range(1) the tracker.
void tracking(benchmark::State& state) {
  constexpr int kFrames = 300;
  const std::vector<FrameResult> frames = crowd(static_cast<int>(state.range(0)), kFrames);
  track::TrackingConfig config;
  config.tracker.kind = static_cast<track::TrackerKind>(state.range(1));
  config.places.zones = {{.name = "zone", .polygon = {{0.2, 0.2}, {0.8, 0.2}, {0.7, 0.8}, {0.3, 0.9}}}};
  config.places.lines = {{.name = "line", .from = {0, 0.5}, .to = {1, 0.5}}};
  auto stream = *track::StreamTracking::create(config, {"a", "b"});
  FrameResult frame;
  size_t i = 0;
  int64_t round = 0;
  for (auto _ : state) {
    frame = frames[i];
    frame.pts += std::chrono::nanoseconds(round * kFrames * 33'333'333);
    benchmark::DoNotOptimize(stream->step(frame));
    if (++i < frames.size()) continue;
    i = 0;
    ++round;
  }
  state.SetLabel(std::string(to_string(config.tracker.kind)));
}
BENCHMARK(tracking)->ArgsProduct({{50, 300}, {0, 1, 2}})->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace weir
