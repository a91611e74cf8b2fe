// SPDX-License-Identifier: Apache-2.0
// Running and reporting; how an engine comes to be is in engine_create.cc.
#include "engine/engine.h"

#include <algorithm>
#include <filesystem>
#include <thread>

#include <fmt/format.h>
#include <pthread.h>

#include "base/cpu.h"
#include "base/interruptible_sleep.h"
#include "engine/engine_group.h"

namespace weir {
namespace {

using Clock = std::chrono::steady_clock;

/// For debuggers and top; Linux keeps 15 characters.
void name_this_thread(const std::string& name) {
  pthread_setname_np(pthread_self(), name.substr(0, 15).c_str());
}

void add_model(const Model& model, size_t number, std::vector<LedgerEntry>& ledger) {
  const std::string file = std::filesystem::path(model.info().path).filename().string();
  const std::string owner = fmt::format("{} #{}", file, number);
  const MemoryBill bill = model.bill();
  ledger.push_back({MemoryKind::kWeights, owner, bill.weights_bytes});
  ledger.push_back({MemoryKind::kCompiledModel, owner, bill.shared_bytes});
  ledger.push_back({MemoryKind::kActivations, owner, bill.context_bytes});
}

}  // namespace

struct Engine::QueueCloser {
  explicit QueueCloser(const std::vector<std::unique_ptr<Group>>& of) : groups(of) {}
  ~QueueCloser() {
    for (const auto& group : groups) group->queue.close();
  }
  const std::vector<std::unique_ptr<Group>>& groups;
};

Engine::Engine(const EngineConfig& config) : config_(config) {}

Engine::~Engine() = default;

void Engine::begin_measuring() {
  const std::lock_guard lock(mutex_);
  measured_from_ = Clock::now();
  cpu_at_measured_from_ = process_cpu_time();
  if (monitor_ != nullptr) monitor_->restart();
}

RunReport Engine::run(std::stop_token stop) {
  begin_measuring();
  const Clock::time_point start = measured_from_;
  {
    const std::lock_guard lock(mutex_);
    monitor_ = std::make_unique<MemoryMonitor>([this] { return account(); });
  }
  std::vector<std::jthread> workers;
  const QueueCloser closer(groups_);  // before the workers are joined, also when a thread can't be started
  for (const auto& group : groups_) {
    for (size_t i = 0; i < group->contexts.size(); ++i) {
      workers.emplace_back([&group = *group, i] {
        name_this_thread(fmt::format("context {}", i));
        while (const std::optional<Work> work = group.queue.pop()) {
          work->stream->infer(work->slot, *group.contexts[i], group.outputs);
        }
      });
    }
  }
  {
    std::jthread warmup;
    if (config_.warmup.count() > 0) {
      warmup = std::jthread([this, start](const std::stop_token& ended) {
        sleep_until(start + config_.warmup, ended);
        if (!ended.stop_requested()) begin_measuring();
      });
    }
    std::vector<std::jthread> sources;
    for (const auto& stream : streams_) {
      if (stream == nullptr) continue;
      sources.emplace_back([&stream = *stream, stop, start] {
        name_this_thread("source " + stream.name());
        stream.run(stop, start);
      });
    }
  }
  {
    const std::lock_guard lock(mutex_);
    wall_time_ = Clock::now() - measured_from_;
    cpu_time_ = process_cpu_time() - cpu_at_measured_from_;
    interrupted_ = stop.stop_requested();
  }
  monitor_->stop();
  return report();
}

std::vector<LedgerEntry> Engine::account() const {
  std::vector<LedgerEntry> ledger{{MemoryKind::kProgram, "process", process_bytes_},
                                  {MemoryKind::kRuntime, std::string(backend_->name()), runtime_bytes_}};
  size_t number = 0;
  for (const auto& model : store_->models()) add_model(*model, ++number, ledger);
  for (size_t i = 0; i < streams_.size(); ++i) {
    if (streams_[i] == nullptr) continue;
    const Stream& stream = *streams_[i];
    ledger.push_back({MemoryKind::kInputBuffers, stream.name(), stream.input_buffer_bytes()});
    ledger.push_back({MemoryKind::kDecoder, stream.name(), decoder_bytes_[i]});
    ledger.push_back({MemoryKind::kDecoderSurfaces, stream.name(), stream.surface_bytes()});
  }
  return ledger;
}

RunReport Engine::report() const {
  RunReport report;
  report.backend = backend_->name();
  report.backend_version = device_.runtime_version;
  report.device = device_.name;
  report.sharing = to_string(config_.sharing);
  report.pace = to_string(config_.pace);
  report.when_full = to_string(config_.effective_when_full());
  report.cores = cores_;
  report.models_loaded = store_->models().size();
  for (const auto& model : store_->models()) {
    report.precision = model->info().precision;
    const InputSize size = model->info().input_size;
    if (std::ranges::find(report.input_sizes, size) == report.input_sizes.end()) {
      report.input_sizes.push_back(size);
    }
  }
  for (const auto& group : groups_) report.contexts += group->contexts.size();
  report.streams = stream_reports_;
  for (size_t i = 0; i < streams_.size(); ++i) {
    if (streams_[i] == nullptr) continue;
    report.streams[i].statistics = streams_[i]->statistics();
    report.streams[i].problems = streams_[i]->problems();
    report.streams[i].ended = streams_[i]->ended();
  }
  const std::lock_guard lock(mutex_);
  const bool running = wall_time_.count() == 0 && monitor_ != nullptr;
  report.measured_from = measured_from_;
  report.wall_time = running ? Clock::now() - measured_from_ : wall_time_;
  report.cpu_time = running ? process_cpu_time() - cpu_at_measured_from_ : cpu_time_;
  report.interrupted = interrupted_;
  if (monitor_ != nullptr) report.memory = monitor_->report();
  return report;
}

}  // namespace weir
