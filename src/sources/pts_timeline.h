// SPDX-License-Identifier: Apache-2.0
// Presentation times that always rise, whatever the container says. Cameras need the same.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

extern "C" {
#include <libavutil/rational.h>
}

namespace weir {

/// How the timestamps of one track count.
struct TrackClock {
  AVRational tick;  ///< seconds
  int bits = 64;    ///< after that many bits they start again from 0; 63 and more: never
  std::chrono::nanoseconds frame_duration;  ///< as far as known, else a guess
};

/// Turns timestamps, in display order, into times since the first frame. Its rules:
///  - A timestamp that is later than the frame before counts as it is, if the gap is below `longest_gap`.
///  - One that repeats the last one, or falls behind it by at most two frames, gets the smallest step: 1 ns
///    after the frame before. The frames after it have their own times again.
///  - One that is missing: a frame duration after the frame before.
///  - A clock that has stood still for ten frames: each further one as long after the one before as before
///  that,
///    but no more than a frame duration.
///  - One that falls behind further, or is ahead by `longest_gap` or more: the clock was set anew. Its frame
///    follows the one before, and those after it keep their distance from it. If one of the next three fits
///    better what was counted before, it was not the clock but a wrong timestamp, and the old clock counts.
///  - A clock that has run full starts from 0 and goes on (MPEG-TS: after 26.5 hours).
class PtsTimeline {
 public:
  static constexpr std::chrono::nanoseconds kLongestGapInFiles = std::chrono::hours(24 * 365);

  explicit PtsTimeline(TrackClock clock, std::chrono::nanoseconds longest_gap = kLongestGapInFiles)
      : clock_(clock), longest_gap_(longest_gap) {}

  /// The time of the next frame; later than all before.
  [[nodiscard]] std::chrono::nanoseconds next(std::optional<int64_t> timestamp);

  /// The next frames are of another track, which goes on with the same timestamps or begins its own.
  void go_on(TrackClock clock);

 private:
  /// "Timestamp `stamp` is time `time`", on which all others of an epoch depend.
  struct Epoch {
    int64_t stamp;
    std::chrono::nanoseconds time;
  };

  [[nodiscard]] int64_t unwrapped(int64_t timestamp) const;
  [[nodiscard]] std::chrono::nanoseconds time_in(const Epoch& epoch, int64_t stamp) const;
  [[nodiscard]] std::chrono::nanoseconds told(int64_t stamp);
  [[nodiscard]] std::chrono::nanoseconds usual_step() const;

  TrackClock clock_;
  std::chrono::nanoseconds longest_gap_;
  std::optional<Epoch> epoch_;
  std::optional<Epoch> old_epoch_;  // while the new one is on trial
  int on_trial_ = 0;                // timestamps left until it isn't
  std::optional<int64_t> last_stamp_;
  int alike_ = 0;                                     // timestamps before that were the same
  std::optional<std::chrono::nanoseconds> last_;      // what next() gave last
  std::optional<std::chrono::nanoseconds> own_step_;  // the last one from timestamp to timestamp
};

/// Which of a frame's two timestamps to believe: that of presentation, or, where it is missing, that of
/// decoding. Of a file in which more than one in ten timestamps of presentation fall, that of decoding: it
/// was written with the order of decoding in place of that of presentation. libav changes over for good after
/// a single one that doesn't rise.
class StampJudge {
 public:
  [[nodiscard]] std::optional<int64_t> choose(std::optional<int64_t> presentation,
                                              std::optional<int64_t> decoding);

 private:
  std::optional<int64_t> last_;
  int64_t frames_ = 0;
  int64_t falls_ = 0;
};

}  // namespace weir
