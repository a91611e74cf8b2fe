// SPDX-License-Identifier: Apache-2.0
// The pure functions of the hot path, each alone: letterboxing a 1080p picture, decoding a head, suppression.
#include <random>
#include <vector>

#include <benchmark/benchmark.h>

#include "detect/decoder.h"
#include "detect/nms.h"
#include "image/letterbox.h"

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

}  // namespace
}  // namespace weir
