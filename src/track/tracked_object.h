// SPDX-License-Identifier: Apache-2.0
// One object, from its first box to its last: where it has been, and what is to be told about it.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "track/event.h"
#include "track/placed.h"
#include "track/tracker.h"

namespace weir::track {

/// What an object did that is counted.
struct Happening {
  enum class Kind { kEntered, kCrossed } kind = Kind::kEntered;
  size_t place = 0;  ///< index of the zone or line
  Direction direction = Direction::kToRight;
};

/// unseen -> told (an event has begun) -> ended, which is its destruction. Until it is told, it may be
/// nothing.
class TrackedObject {
 public:
  TrackedObject(int64_t track_id, const PlacedPlaces& places);

  /// The box of a frame. `state` is what the tracker says of it.
  void see(const Detection& box, int64_t frame, Time now, const TrackState& state,
           const PlacedPlaces& places);

  [[nodiscard]] int64_t track_id() const { return track_id_; }
  [[nodiscard]] int class_id() const;
  [[nodiscard]] const Box& box() const { return box_; }
  [[nodiscard]] Time first_seen() const { return first_seen_; }
  [[nodiscard]] Time last_seen() const { return last_seen_; }
  [[nodiscard]] int64_t times_seen() const { return times_seen_; }
  [[nodiscard]] std::optional<Time> stationary_since() const { return stationary_since_; }
  [[nodiscard]] bool is_in(size_t zone) const { return zones_[zone].inside; }
  [[nodiscard]] const Path& path() const { return path_; }

  /// It is not seen any more: what has not lasted for long enough yet does, as far as is known.
  void end();

  /// From now on it has this event.
  void begin_event(int64_t id) { event_id_ = id; }
  [[nodiscard]] bool has_event() const { return event_id_ != 0; }
  /// Whether something changed since the last event() that is told at once.
  [[nodiscard]] bool has_changed() const { return changed_; }
  [[nodiscard]] Time last_told() const { return last_told_; }
  /// All about it, which is told herewith.
  [[nodiscard]] Event event(EventKind kind, Time now);
  /// What happened since the last call.
  [[nodiscard]] std::vector<Happening> take_happenings() { return std::exchange(happenings_, {}); }

 private:
  struct InZone {
    bool inside = false;
    int frames = 0;        ///< how often it has been seen elsewhere than `inside` says, in a row
    Time elsewhere_at{0};  ///< since when
  };
  struct AtLine {
    int side = 0;                          ///< 1: right, -1: left, 0: not known yet
    Point there;                           ///< the last place on that side
    int frames = 0;                        ///< how often it has been over it, in a row
    Time over_since{0};                    ///< since when
    std::optional<LineCrossing> crossing;  ///< the first of these, if it counts
  };

  void add_class(int class_id, float score);
  void look_at_zone(size_t index, const PlacedZone& zone, bool counts, Time now);
  void enter_or_leave(size_t index, Time at);
  void look_at_line(size_t index, const PlacedLine& line, bool counts, Time now);
  void cross(AtLine& at);
  void look_if_stationary(Time now, const TrackState& state);

  int64_t track_id_;
  int64_t event_id_ = 0;
  std::vector<std::pair<int, double>> classes_;  ///< with the sum of scores
  Time first_seen_{0};
  Time last_seen_{0};
  int64_t times_seen_ = 0;
  Box box_;
  float best_score_ = 0;
  int64_t best_frame_ = 0;
  Box best_box_;
  Path path_;
  std::optional<Time> stationary_since_;

  std::vector<InZone> zones_;
  std::vector<AtLine> lines_;
  std::vector<ZoneVisit> visits_;
  std::vector<LineCrossing> crossings_;
  std::vector<Happening> happenings_;

  bool changed_ = false;
  Time last_told_{0};
};

}  // namespace weir::track
