// SPDX-License-Identifier: Apache-2.0
// What is told about an object: that it came, that something about it changed, that it went.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "track/path.h"
#include "track/time.h"
#include "types/detection.h"

namespace weir::track {

enum class EventKind { kNew, kUpdate, kEnd };

/// Why an event ended.
enum class EndReason {
  kGone,        ///< it was not seen any more
  kSourceLost,  ///< the camera went away, and came back too late or not at all
  kStreamEnded,
};

/// "new", "update", "end"
[[nodiscard]] std::string_view to_string(EventKind kind);
/// "gone", "source lost", "stream ended"
[[nodiscard]] std::string_view to_string(EndReason reason);

struct ZoneVisit {
  size_t zone = 0;  ///< index into PlacesConfig::zones
  Time entered{0};
  std::optional<Time> left;
  bool loitered = false;
};

enum class Direction { kToRight, kToLeft };

/// "right", "left"
[[nodiscard]] std::string_view to_string(Direction direction);

struct LineCrossing {
  size_t line = 0;  ///< index into PlacesConfig::lines
  Time time{0};
  Direction direction = Direction::kToRight;
  Box box;  ///< after it
};

/// Times are those of Timeline: presentation time that never goes back.
struct Event {
  EventKind kind = EventKind::kNew;
  int64_t id = 0;  ///< 1, 2, 3, ... in a stream, in the order of their begin
  int64_t track_id = 0;
  int class_id = 0;  ///< what it was taken for most
  Time time{0};      ///< when this is told
  Time start{0};     ///< first and last time that it was seen
  Time last_seen{0};
  float best_score = 0;
  int64_t best_frame = 0;
  Box best_box;
  Box box;                              ///< the last one
  std::vector<PathPoint> path;          ///< of its CountingPoint::kBottom
  std::vector<ZoneVisit> zones;         ///< in the order of entering; the last kMostVisits
  std::vector<LineCrossing> crossings;  ///< in the order of time; the last kMostCrossings
  std::optional<Time> stationary_since;
  std::optional<EndReason> reason;  ///< of kEnd

  static constexpr size_t kMostVisits = 32;
  static constexpr size_t kMostCrossings = 32;

  [[nodiscard]] Time dwell() const { return last_seen - start; }
};

}  // namespace weir::track
