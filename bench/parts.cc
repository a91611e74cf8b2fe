// SPDX-License-Identifier: Apache-2.0
// What decoding, letterboxing and inference cost alone: the sum that the whole pipeline is held against.
// bench_parts MODEL PRECISION FRAMES VIDEO... : JSON with CPU milliseconds a frame on standard output. Every
// part runs on as many threads at a time as there are cores, since a busy neighbour slows a core down.
#include <cstdlib>
#include <functional>
#include <thread>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "backends/all_backends.h"
#include "base/cpu.h"
#include "detect/detector.h"
#include "image/fit_input_size.h"
#include "sources/source.h"

namespace weir {
namespace {

template <class T>
T value_or_exit(Result<T> result) {
  if (result) return *std::move(result);
  fmt::print(stderr, "bench_parts: {}\n", result.error().message);
  std::exit(1);
}

struct Bench {
  int threads = 1;
  int frames = 100;  ///< for each thread
  std::vector<std::string> videos;

  /// CPU milliseconds for each of the frames that `work(thread)` handles on every thread.
  double cpu_ms_per_frame(const std::function<void(int)>& work) const {
    const auto before = process_cpu_time();
    {
      std::vector<std::jthread> running;
      for (int t = 0; t < threads; ++t) running.emplace_back([&, t] { work(t); });
    }
    const std::chrono::duration<double, std::milli> used = process_cpu_time() - before;
    return used.count() / (threads * frames);
  }

  std::unique_ptr<Source> open(int thread) const {
    return value_or_exit(open_source(videos[static_cast<size_t>(thread) % videos.size()]));
  }
};

/// The next picture, from the start again at the end.
Picture read_looping(Source& source) {
  while (true) {
    if (auto picture = value_or_exit(source.read())) return *std::move(picture);
    if (!source.rewind()) std::exit(1);
  }
}

double decode(const Bench& bench) {
  std::vector<std::unique_ptr<Source>> sources;
  for (int t = 0; t < bench.threads; ++t) sources.push_back(bench.open(t));
  return bench.cpu_ms_per_frame([&](int t) {
    for (int i = 0; i < bench.frames; ++i) (void)read_looping(*sources[static_cast<size_t>(t)]);
  });
}

double letterbox(const Bench& bench, const Detector& detector, Model& model) {
  // More pictures than the caches hold, as they come from a decoder.
  constexpr int kPictures = 12;
  std::vector<std::vector<Picture>> pictures(static_cast<size_t>(bench.threads));
  std::vector<InputBuffer> inputs;
  for (int t = 0; t < bench.threads; ++t) {
    const auto source = bench.open(t);
    for (int i = 0; i < kPictures; ++i) pictures[static_cast<size_t>(t)].push_back(read_looping(*source));
    inputs.push_back(value_or_exit(model.allocate_input()));
  }
  return bench.cpu_ms_per_frame([&](int t) {
    LetterboxScratch scratch;
    const auto& own = pictures[static_cast<size_t>(t)];
    for (int i = 0; i < bench.frames; ++i) {
      detector.preprocess(own[static_cast<size_t>(i % kPictures)].view, inputs[static_cast<size_t>(t)],
                          scratch);
    }
  });
}

/// A picture letterboxed once, then the compiled model back to back.
double infer(const Bench& bench, const Detector& detector, Model& model) {
  std::vector<std::unique_ptr<Context>> contexts;
  std::vector<InputBuffer> inputs;
  for (int t = 0; t < bench.threads; ++t) {
    contexts.push_back(value_or_exit(model.new_context(t)));
    inputs.push_back(value_or_exit(model.allocate_input()));
    LetterboxScratch scratch;
    detector.preprocess(read_looping(*bench.open(t)).view, inputs.back(), scratch);
  }
  return bench.cpu_ms_per_frame([&](int t) {
    for (int i = 0; i < bench.frames; ++i) {
      if (!contexts[static_cast<size_t>(t)]->run(inputs[static_cast<size_t>(t)])) std::exit(1);
    }
  });
}

int run(const std::string& model_path, Precision precision, Bench bench) {
  const auto backend = value_or_exit(open_backend("auto"));
  bench.threads = value_or_exit(backend->device()).cores;
  const auto source = bench.open(0);
  const ModelInfo own = value_or_exit(backend->inspect({.path = model_path}));
  const InputSize size = fit_input_size(own.input_size, source->info().width_px, source->info().height_px);
  const auto model = value_or_exit(backend->load(
      {.path = model_path, .input_size = size, .precision = precision, .cores = bench.threads}));
  const auto detector = value_or_exit(Detector::create(model->info(), {}));
  const nlohmann::ordered_json json{{"cores", bench.threads},
                                    {"precision", to_string(model->info().precision)},
                                    {"input_size", fmt::format("{}x{}", size.width_px, size.height_px)},
                                    {"decode_ms", decode(bench)},
                                    {"letterbox_ms", letterbox(bench, *detector, *model)},
                                    {"inference_ms", infer(bench, *detector, *model)}};
  fmt::print("{}\n", json.dump());
  return 0;
}

}  // namespace
}  // namespace weir

int main(int argc, char** argv) {
  constexpr int kFirstVideo = 4;
  if (argc <= kFirstVideo) {
    fmt::print(stderr, "usage: bench_parts MODEL auto|f32|bf16 FRAMES VIDEO...\n");
    return 2;
  }
  const std::string_view word = argv[2];
  const auto precision = word == "f32"    ? weir::Precision::kF32
                         : word == "bf16" ? weir::Precision::kBf16
                                          : weir::Precision::kAuto;
  return weir::run(argv[1], precision,
                   {.frames = std::atoi(argv[3]), .videos = {argv + kFirstVideo, argv + argc}});
}
