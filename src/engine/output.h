// SPDX-License-Identifier: Apache-2.0
// A sink with a queue and a thread of its own: what is slow, full or stalled behind it stops nobody else.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "base/result.h"
#include "engine/config.h"
#include "engine/record.h"
#include "engine/slots.h"
#include "sinks/sink.h"

namespace weir {

/// What an output did with one stream's records.
struct OutputCount {
  int64_t written = 0;
  int64_t lost = 0;              ///< given up: the output was behind, failed or had to stop
  std::optional<Error> problem;  ///< the error that this stream's record, or its end, met
};

/// Owns a sink and the thread that calls it. States: open -> failed at the sink's first error (the sink is
/// then finished, and what comes is counted as lost) -> stopped.
///
/// Its policy says what happens when it is behind. kBlock loses nothing: a record keeps the place of its
/// frame, and so its stream waits at the source, until it is written. kDropOldest keeps no place: of the
/// records that wait it gives up the oldest when there are too many.
class Output {
 public:
  struct Options {
    std::string name;  ///< for messages
    WhenBehind when_behind = WhenBehind::kBlock;
    /// kDropOldest: records that may wait. Fewer if each has a picture.
    size_t most_records = 256;
    size_t most_pictures = 4;
    /// How long the destructor waits for a sink that doesn't return after interrupt(). Then its thread is
    /// left to itself, with all that it uses.
    std::chrono::nanoseconds patience = std::chrono::milliseconds(400);
    /// Called by the output's thread, once, if the sink fails: with the stream whose record or end met it; ""
    /// for the end of the output itself.
    std::function<void(const std::string& stream, const Error&)> on_problem;
    /// Called by the thread that pushes, at most once a second: records lost so far, of all streams.
    std::function<void(int64_t)> on_loss;
  };

  Output(Options options, std::unique_ptr<Sink> sink);
  /// Interrupts the sink if it is still waiting for somebody, finishes it and joins the thread.
  ~Output();
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  // None of these waits. Any thread; one stream's calls in this order.
  void open_stream(const StreamInfo& stream);
  /// `place` is given back when the record is written or lost; with kDropOldest at once. A picture that the
  /// sink doesn't want is let go at once, too.
  void push(StreamId stream, Record record, std::shared_ptr<const Place> place);
  void close_stream(StreamId stream);

  /// After close_stream(): waits until the stream's last record was written and its end noted by the sink;
  /// once `stop` is requested for `grace` at most, and then gives up what still waits. Says what became of
  /// the stream's records, and forgets the stream.
  OutputCount wait_until_closed(StreamId stream, const std::stop_token& stop, std::chrono::nanoseconds grace);

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] bool wants_picture() const { return wants_picture_; }
  [[nodiscard]] bool has_failed() const;
  /// Whether at least two records wait, and their frames' places with them.
  [[nodiscard]] bool is_holding_up() const;
  [[nodiscard]] OutputCount count(StreamId stream) const;

 private:
  struct State;

  const std::string name_;
  const bool wants_picture_;
  const std::shared_ptr<State> state_;  // shared with the thread, which may have to be left behind
};

}  // namespace weir
