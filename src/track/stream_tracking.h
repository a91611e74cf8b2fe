// SPDX-License-Identifier: Apache-2.0
// A stream's tracking as one step of its frames: ids for its detections, events, counts.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "track/event.h"
#include "track/places.h"
#include "track/timeline.h"
#include "track/tracked_object.h"
#include "track/tracker.h"
#include "track/tracking_report.h"
#include "types/detection.h"

namespace weir::track {

struct TrackingConfig {
  TrackerConfig tracker;
  PlacesConfig places;
  /// An event begins when its object has been seen twice and for so long.
  Time new_after = std::chrono::milliseconds(500);
  /// Objects that move are told about again after so long, if nothing changes before.
  Time update_every = std::chrono::seconds(1);
  /// A camera that was away for longer finds nothing again.
  Time longest_outage = std::chrono::seconds(60);

  /// The first thing that can't be, whatever the picture and the model are. Errors: kInvalidArgument.
  [[nodiscard]] Status validate() const;
};

/// Deterministic: the same calls give the same values. Its memory is bounded by the configuration, however
/// long it runs. Thread-bound: it may move from thread to thread, but has one at a time.
class StreamTracking {
 public:
  /// `labels`: the model's classes. Errors: kInvalidArgument (the configuration, classes that the model
  /// doesn't have).
  [[nodiscard]] static Result<std::unique_ptr<StreamTracking>> create(const TrackingConfig& config,
                                                                      std::vector<std::string> labels);

  /// Whether the places fit pictures of a size. Errors: kInvalidArgument.
  [[nodiscard]] Status fits(int width_px, int height_px) const;

  /// The stream's next frame, also one that nobody looked at. Takes away its detections that are masked, and
  /// gives the others their `track_id`. The events are in the order of the objects' ids, those that end
  /// first.
  [[nodiscard]] std::vector<Event> step(FrameResult& frame);

  /// The source went away. Events of objects that moved end with that; those of stationary ones wait.
  [[nodiscard]] std::vector<Event> source_lost();
  /// It came back after `away`. Stationary objects are waited for where they were, or their events end with
  /// that.
  [[nodiscard]] std::vector<Event> source_back(Time away);

  /// All that has not ended ends: the stream did.
  [[nodiscard]] std::vector<Event> finish();

  [[nodiscard]] const TrackingConfig& config() const { return config_; }
  [[nodiscard]] TrackingReport report() const;
  [[nodiscard]] Overlay overlay() const;
  /// What went wrong since the last call, one line each: places in pixels while the picture has another size.
  [[nodiscard]] std::vector<std::string> take_problems();

 private:
  struct Scale {
    double x = 1;
    double y = 1;
    [[nodiscard]] Box operator()(const Box& box) const;
    [[nodiscard]] Point operator()(const Point& point) const { return {point.x * x, point.y * y}; }
    [[nodiscard]] bool is_identity() const { return x == 1 && y == 1; }
  };

  StreamTracking(const TrackingConfig& config, std::vector<std::string> labels);

  void set_size(int width_px, int height_px);
  void mask(FrameResult& frame);
  void track(FrameResult& frame, Time now);
  void see(const FrameResult& frame, Time now);
  [[nodiscard]] std::optional<Event> tell(TrackedObject& object, Time now);
  void count(TrackedObject& object);
  [[nodiscard]] Event last_event(TrackedObject& object, EndReason reason);
  [[nodiscard]] Event in_picture(Event event) const;
  template <class Ends>
  void end_objects(Ends ends, EndReason reason, std::vector<Event>& events);

  TrackingConfig config_;
  std::vector<std::string> labels_;
  std::unique_ptr<Tracker> tracker_;
  Timeline timeline_;
  Time now_{0};
  bool source_is_lost_ = false;
  bool skip_next_ = false;  ///< the next frame is the first one after an outage

  // Everything is in pixels of the first picture.
  int first_width_px_ = 0;
  int first_height_px_ = 0;
  int width_px_ = 0;
  int height_px_ = 0;
  Scale to_first_;
  Scale from_first_;
  std::optional<PlacedPlaces> places_;

  std::map<int64_t, TrackedObject> objects_;  ///< by track id
  int64_t next_event_id_ = 1;
  std::vector<std::map<int, ZoneCount>> zone_counts_;
  std::vector<std::map<int, LineCount>> line_counts_;
  int64_t boxes_masked_ = 0;
  std::vector<std::string> problems_;
  std::vector<Detection> scaled_;  ///< one frame's
};

}  // namespace weir::track
