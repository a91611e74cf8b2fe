// SPDX-License-Identifier: Apache-2.0
// Parts of an engine that tests make up: sources, a backend and sinks without files, whose behaviour a test
// decides.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/parts.h"
#include "infer/backend.h"
#include "sinks/sink.h"
#include "sources/source.h"

namespace weir::testing {

/// How many objects of a kind there are, and were at most.
class Census {
 public:
  void come();
  void go();
  [[nodiscard]] int64_t now() const { return now_; }
  [[nodiscard]] int64_t most() const { return most_; }

 private:
  std::atomic<int64_t> now_{0};
  std::atomic<int64_t> most_{0};
};

/// Counts as long as it lives.
class Counted {
 public:
  explicit Counted(std::shared_ptr<Census> census) : census_(std::move(census)) { census_->come(); }
  ~Counted() { census_->go(); }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;

 private:
  std::shared_ptr<Census> census_;
};

/// A door that a test opens: whoever comes to it waits until then.
class Door {
 public:
  void open();
  void wait();
  /// Waits for the door or for `other`, which somebody sets before calling wake().
  void wait_or(const std::atomic<bool>& other);
  void wake();

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
};

struct MadeUpSourceConfig {
  int64_t frames = 10;
  int width_px = 64;
  int height_px = 64;
  bool still = false;
  double frame_rate = 25;
  std::shared_ptr<Census> sources = std::make_shared<Census>();
  std::shared_ptr<Census> pictures = std::make_shared<Census>();
  /// Before each frame, with its number; an error is what read() gives.
  std::function<Status(int64_t, const std::stop_token&)> before_read = [](int64_t, const std::stop_token&) {
    return Status();
  };
};

/// Grey pictures with a bright square that moves.
[[nodiscard]] std::unique_ptr<Source> make_made_up_source(MadeUpSourceConfig config);

struct MadeUpBackendConfig {
  int cores = 2;
  std::shared_ptr<Census> models = std::make_shared<Census>();
  std::shared_ptr<Census> contexts = std::make_shared<Census>();
  /// In each run, on the pool's thread.
  std::function<Status()> in_run = [] { return Status(); };
};

/// "Runs" any file: input 32x32 (or what is asked for), nothing is ever found.
[[nodiscard]] std::unique_ptr<Backend> make_made_up_backend(MadeUpBackendConfig config);

/// What one stream left in a sink.
struct SinkLog {
  std::string name;
  std::vector<FrameResult> records;
  bool closed = false;
};

/// Shared by a sink and the test, for the sink may be gone before.
struct MadeUpSinkState {
  bool wants_picture = false;
  /// In each write, on the output's thread; an error is what write() gives.
  std::function<Status(const FrameResult&)> in_write = [](const FrameResult&) { return Status(); };
  std::atomic<bool> interrupted{false};
  std::function<void()> on_interrupt = [] {};

  std::mutex mutex;
  std::map<StreamId, SinkLog> streams;
  int finished = 0;
  std::atomic<bool> destroyed{false};
};

[[nodiscard]] std::unique_ptr<Sink> make_made_up_sink(std::shared_ptr<MadeUpSinkState> state);

/// Parts without files: a backend and one kind of source; no sinks.
[[nodiscard]] EngineParts made_up_parts(const MadeUpSourceConfig& source = {},
                                        const MadeUpBackendConfig& backend = {});

}  // namespace weir::testing
