// SPDX-License-Identifier: Apache-2.0
// The registry of what lives: streams, the pools of the models that they use, outputs.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/config.h"
#include "engine/memory_monitor.h"
#include "engine/output.h"
#include "engine/parts.h"
#include "engine/pool_registry.h"
#include "engine/report.h"
#include "engine/stream.h"

namespace weir {

/// Streams come and go while others run; models and pools live as long as a stream uses them. Any thread,
/// except the engine's own (those that call sources, sinks and the listener).
class Engine {
 public:
  /// Starts nothing: streams come with add_stream(). kInvalidArgument: the first thing in `config` that can't
  /// be.
  [[nodiscard]] static Result<std::unique_ptr<Engine>> create(const EngineConfig& config,
                                                              EngineParts parts = default_parts());
  ~Engine();  ///< stop()
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  /// Starts a stream and returns at once; its thread opens the input. What goes wrong there is in the report.
  /// kInvalidArgument (settings that can't be, a name that is there already), kFailedPrecondition (stopped).
  [[nodiscard]] Result<StreamId> add_stream(const StreamConfig& config);
  /// Ends a stream, or takes one that has ended out of the report: frames that wait are dropped ("removed"),
  /// those in a context are delivered, its outputs are closed. Nobody else notices. kNotFound.
  [[nodiscard]] Status remove_stream(std::string_view name);
  /// The same, and gives the stream's last report.
  [[nodiscard]] Result<StreamReport> take_stream(std::string_view name);
  /// Reads no more of that stream: what was read is inferred and written, then it ends. Nothing if it isn't
  /// there.
  void end_input(std::string_view name);
  /// Ends all streams and finishes all outputs, within two seconds. Idempotent.
  void stop();

  /// How things stand: the streams in the order in which they came. Any thread.
  [[nodiscard]] RunReport report() const;

  // For who prepares several streams, and starts them together.
  /// A stream that is registered and idle: open(), equip() and start() are up to the caller.
  [[nodiscard]] Result<std::shared_ptr<Stream>> make_stream(const StreamConfig& config);
  [[nodiscard]] Status start(Stream& stream);
  [[nodiscard]] PoolRegistry& pools() { return pools_; }
  /// Frames count as measured if they are delivered from then on; CPU and memory are measured from this call
  /// on.
  void measure_from(std::chrono::steady_clock::time_point from);
  /// No more memory samples: what comes is the end, when streams let go of what they hold. Idempotent.
  void stop_watching_memory();
  /// `call` is called whenever a stream has ended or failed, by its thread.
  void on_stream_end(std::function<void()> call);

 private:
  struct Problems;

  Engine(const EngineConfig& config, EngineParts parts);
  [[nodiscard]] Result<Stream::Equipment> equip(const StreamConfig& stream, const SourceInfo& source,
                                                const std::stop_token& stop);
  [[nodiscard]] Result<std::shared_ptr<Output>> make_output(const OutputConfig& config,
                                                            const std::string& name);
  [[nodiscard]] Result<std::vector<std::shared_ptr<Output>>> outputs_of(const StreamConfig& stream);
  [[nodiscard]] std::shared_ptr<Stream> find(std::string_view name) const;
  [[nodiscard]] std::vector<std::shared_ptr<Stream>> streams() const;
  [[nodiscard]] std::vector<LedgerEntry> account() const;
  [[nodiscard]] std::shared_ptr<MemoryMonitor> monitor() const;
  void tell_stream_end() const;

  const EngineConfig config_;
  const EngineParts parts_;
  const int64_t process_bytes_;  // anonymous memory before anything was opened
  const std::shared_ptr<Problems> problems_;
  PoolRegistry pools_;

  std::mutex outputs_mutex_;  // one is made after another; guards what follows
  std::map<const OutputConfig*, std::shared_ptr<Output>>
      outputs_;  // that several streams feed; made when needed

  mutable std::mutex mutex_;  // guards what follows
  std::map<StreamId, std::shared_ptr<Stream>> streams_;
  StreamId next_id_ = 1;
  bool stopped_ = false;
  std::function<void()> on_stream_end_;
  std::chrono::steady_clock::time_point measured_from_;
  std::chrono::nanoseconds cpu_at_measured_from_{0};
  std::shared_ptr<MemoryMonitor> monitor_;  // from the first start on
};

}  // namespace weir
