// SPDX-License-Identifier: Apache-2.0
#include "lab/run/back_to_back.h"

#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "backends/all_backends.h"
#include "base/cpu.h"
#include "base/interruptible_sleep.h"
#include "detect/detector.h"
#include "image/fit_input_size.h"
#include "memory/process_memory.h"
#include "sources/source.h"

namespace weir::lab {
namespace {

using Clock = std::chrono::steady_clock;

/// A context and what it runs from.
struct Place {
  std::unique_ptr<Context> context;
  InputBuffer input;
};

/// The clock of one run, and what its threads count.
struct Counting {
  Clock::time_point start;
  Clock::time_point measured_from;
  Clock::time_point end;
  std::mutex mutex;  // guards what follows
  StreamStatistics statistics;
  std::optional<Error> error;
};

Result<std::shared_ptr<Model>> load(Backend& backend, const BackToBackConfig& config,
                                    const SourceInfo& source, int cores) {
  ModelSpec spec{.path = config.model, .cores = cores};
  WEIR_ASSIGN_OR_RETURN(const ModelInfo own, backend.inspect(spec));
  spec.input_size = fit_input_size(own.input_size, source.width_px, source.height_px);
  const Result<ModelInfo> fitted = backend.inspect(spec);
  if (!fitted && fitted.error().code == ErrorCode::kUnsupported) spec.input_size = own.input_size;
  return backend.load(spec);
}

Result<std::vector<Place>> make_places(Model& model, const BackToBackConfig& config, Source& source,
                                       int cores) {
  WEIR_ASSIGN_OR_RETURN(const auto detector, Detector::create(model.info(), {.labels_path = config.labels}));
  WEIR_ASSIGN_OR_RETURN(const std::optional<Picture> picture, source.read());
  if (!picture) return Error{ErrorCode::kInvalidArgument, "'" + config.input + "' has no pictures"};
  std::vector<Place> places(static_cast<size_t>(cores));
  for (size_t i = 0; i < places.size(); ++i) {
    WEIR_ASSIGN_OR_RETURN(places[i].context, model.new_context(static_cast<int>(i)));
    WEIR_RETURN_IF_ERROR(detector->check(*places[i].context));
    WEIR_ASSIGN_OR_RETURN(places[i].input, model.allocate_input());
    LetterboxScratch scratch;
    detector->preprocess(picture->view, places[i].input, scratch);
  }
  return places;
}

/// One thread's part.
void drive(Place& place, Counting& counting, const std::stop_token& stop) {
  for (Clock::time_point begin = Clock::now(); begin < counting.end && !stop.stop_requested();) {
    const Status status = place.context->run(place.input);
    const Clock::time_point now = Clock::now();
    const std::lock_guard lock(counting.mutex);
    if (!status) {
      if (!counting.error) counting.error = status.error();
      return;
    }
    ++counting.statistics.decoded;
    ++counting.statistics.inferred;
    if (now >= counting.measured_from) {
      ++counting.statistics.measured;
      counting.statistics.latency.add(now - begin);
    }
    begin = now;
  }
}

RunReport describe(const Model& model, const DeviceInfo& device, int cores) {
  RunReport report{.backend = model.info().backend,
                   .backend_version = device.runtime_version,
                   .device = device.name,
                   .sharing = "all",
                   .pace = "max",
                   .when_full = "block",
                   .precisions = {model.info().precision},
                   .input_sizes = {model.info().input_size},
                   .models_loaded = 1,
                   .contexts = static_cast<size_t>(cores),
                   .cores = cores};
  return report;
}

std::vector<LedgerEntry> ledger_of(const Model& model, std::vector<Place>& places, int64_t program_bytes) {
  const MemoryBill bill = model.bill();
  std::vector<LedgerEntry> ledger{{MemoryKind::kProgram, "process", program_bytes},
                                  {MemoryKind::kWeights, model.info().path, bill.weights_bytes},
                                  {MemoryKind::kCompiledModel, model.info().path, bill.shared_bytes},
                                  {MemoryKind::kActivations, model.info().path, bill.context_bytes}};
  for (Place& place : places) {
    ledger.push_back(
        {MemoryKind::kInputBuffers, model.info().path, static_cast<int64_t>(place.input.bytes().size())});
  }
  return ledger;
}

}  // namespace

Result<RunReport> run_back_to_back(const BackToBackConfig& config, const std::stop_token& stop) {
  const int64_t program_bytes = settled_anonymous_bytes();
  WEIR_ASSIGN_OR_RETURN(std::unique_ptr<Source> source, open_source(config.input));
  WEIR_ASSIGN_OR_RETURN(const std::unique_ptr<Backend> backend,
                        open_backend(config.backend, {.rknn_library = config.rknn_library}, config.model));
  WEIR_ASSIGN_OR_RETURN(const DeviceInfo device, backend->device());
  WEIR_ASSIGN_OR_RETURN(const std::shared_ptr<Model> model,
                        load(*backend, config, source->info(), device.cores));
  WEIR_ASSIGN_OR_RETURN(std::vector<Place> places, make_places(*model, config, *source, device.cores));
  source.reset();

  RunReport report = describe(*model, device, device.cores);
  MemoryMonitor monitor([&] { return ledger_of(*model, places, program_bytes); });
  Counting counting{.start = Clock::now()};
  counting.measured_from = counting.start + config.warmup;
  counting.end = counting.start + config.duration;
  std::vector<std::jthread> threads;
  for (Place& place : places) threads.emplace_back([&] { drive(place, counting, stop); });
  sleep_until(counting.measured_from, stop);
  const auto cpu_before = process_cpu_time();
  monitor.restart();
  threads.clear();  // joins them

  report.measured_from = counting.measured_from;
  report.wall_time = Clock::now() - counting.measured_from;
  report.cpu_time = process_cpu_time() - cpu_before;
  report.interrupted = stop.stop_requested();
  monitor.stop();
  report.memory = monitor.report();
  if (counting.error) return *counting.error;
  counting.statistics.seconds = std::chrono::duration<double>(report.wall_time).count();
  report.streams.push_back({.name = "back to back",
                            .input = config.input,
                            .state = StreamState::kEnded,
                            .statistics = counting.statistics});
  return report;
}

}  // namespace weir::lab
