// SPDX-License-Identifier: Apache-2.0
// What all trackers have in common: which boxes take part, how tracks begin, are waited for and end.
#pragma once

#include <algorithm>
#include <functional>
#include <optional>
#include <vector>

#include "track/boxes.h"
#include "track/stillness.h"
#include "track/time.h"
#include "track/tracker.h"
#include "track/trackers/matching.h"

namespace weir::track {

/// What every track has, whichever tracker it belongs to.
struct TrackCore {
  TrackCore(const Detection& box, Time time)
      : class_id(box.class_id),
        last_box(box.box),
        first_seen(time),
        last_seen(time),
        stillness(box.box, time) {}

  int64_t id = 0;  ///< 0: not sure yet that this is something
  int class_id = 0;
  Box last_box;
  Box expected;  ///< where it should be now, if nothing happened to it
  Time first_seen;
  Time last_seen;
  int times_strong = 0;  ///< in how many boxes with a score that can begin a track, 2 at most
  Stillness stillness;

  [[nodiscard]] bool is_sure() const { return id != 0; }
  /// As if it had been seen at `time`.
  void skip_to(Time time) {
    last_seen = time;
    stillness.skip_to(time);
  }
};

/// What a method knows of a frame besides its boxes.
struct FrameTime {
  Time now{0};
  Time interval{0};  ///< how far apart frames are at the moment
};

/// `Method` says how a tracker expects a track to move, and which boxes belong to which track. It has
///
///   Motion(const Box&, Time)            from a track's first box
///   void Motion::see(const Box&, Time)  the next box
///   Box Motion::expect(Time)            where the track should be; asked once in each frame
///
///   void match(tracks, boxes, FrameTime, Matching&)
template <class Method>
class BasicTracker : public Tracker {
 public:
  struct Track : TrackCore {
    Track(const Detection& box, Time time) : TrackCore(box, time), motion(box.box, time) {}
    typename Method::Motion motion;
  };

  explicit BasicTracker(const TrackerConfig& config) : config_(config), method_(config) {}

  void update(Time time, std::span<Detection> detections) override {
    measure_interval(time);
    pick(detections);
    end_old(time);
    for (Track& track : tracks_) track.expected = track.motion.expect(time);
    matching_.begin(tracks_.size(), boxes_.size());
    method_.match(std::span<const Track>(tracks_), std::span<const Detection>(boxes_),
                  FrameTime{time, interval_}, matching_);
    continue_tracks(time);
    begin_tracks(time);
    make_sure(time);
    end_surplus();
    for (size_t b = 0; b < boxes_.size(); ++b) detections[picked_[b]].track_id = boxes_[b].track_id;
    list_tracks();
  }

  void skip_to(Time time) override {
    parked_.insert(parked_.end(), tracks_.begin(), tracks_.end());
    tracks_.clear();
    std::erase_if(parked_, [](const TrackCore& track) {
      return !track.is_sure() || !track.stillness.is_still(track.last_seen);
    });
    for (TrackCore& track : parked_) track.skip_to(time);
    last_time_ = time;
    list_tracks();
  }

  void forget_all() override {
    tracks_.clear();
    parked_.clear();
    states_.clear();
  }

  [[nodiscard]] std::span<const TrackState> tracks() const override { return states_; }
  [[nodiscard]] int64_t boxes_left_out() const override { return boxes_left_out_; }

 private:
  /// The shorter one of the last two, so that one long gap is not taken for the usual one; a minute at most.
  void measure_interval(Time time) {
    constexpr Time kLongest = std::chrono::minutes(1);
    if (last_time_) {
      const Time since = std::min(time - *last_time_, kLongest);
      interval_ = std::min(since, previous_interval_);
      previous_interval_ = since;
    }
    last_time_ = time;
  }

  /// The boxes that take part, in the order of the frame.
  void pick(std::span<Detection> detections) {
    picked_.clear();
    for (size_t i = 0; i < detections.size(); ++i) {
      detections[i].track_id = 0;
      if (is_usable(detections[i].box) && detections[i].score >= 0) picked_.push_back(i);
    }
    const auto most = static_cast<size_t>(config_.max_boxes);
    if (picked_.size() > most) {
      std::ranges::nth_element(picked_, picked_.begin() + config_.max_boxes, [&](size_t a, size_t b) {
        const float score_a = detections[a].score;
        const float score_b = detections[b].score;
        return score_a != score_b ? score_a > score_b : a < b;
      });
      boxes_left_out_ += static_cast<int64_t>(picked_.size() - most);
      picked_.resize(most);
      std::ranges::sort(picked_);
    }
    boxes_.clear();
    for (const size_t i : picked_) boxes_.push_back(detections[i]);
  }

  /// How long the track is waited for where it should come along.
  [[nodiscard]] Time memory_of(const Track& track) const {
    constexpr Time kUnsure = std::chrono::milliseconds(300);
    return track.is_sure() ? std::max(config_.memory, 3 * interval_) : std::max(kUnsure, 2 * interval_);
  }

  /// Who stood still is waited for where it was, for as long as it stood.
  [[nodiscard]] bool is_parked(const TrackCore& track, Time time) const {
    const Time stood = track.last_seen - track.stillness.since();
    return track.is_sure() && time - track.last_seen <= std::min(stood, config_.still_memory);
  }

  void end_old(Time time) {
    const auto is_over = [&](const Track& track) { return time - track.last_seen > memory_of(track); };
    for (const Track& track : tracks_) {
      if (is_over(track)) parked_.push_back(track);
    }
    std::erase_if(tracks_, is_over);
    std::erase_if(parked_, [&](const TrackCore& track) { return !is_parked(track, time); });
  }

  void continue_tracks(Time time) {
    for (size_t t = 0; t < tracks_.size(); ++t) {
      const int32_t box = matching_.box_of(t);
      if (box < 0) continue;
      Detection& seen = boxes_[static_cast<size_t>(box)];
      Track& track = tracks_[t];
      track.motion.see(seen.box, time);
      track.stillness.see(seen.box, time);
      track.class_id = seen.class_id;
      track.last_box = seen.box;
      track.last_seen = time;
      if (seen.score >= config_.start_score) track.times_strong = std::min(track.times_strong + 1, 2);
      seen.track_id = track.id;
    }
  }

  void begin_tracks(Time time) {
    for (size_t b = 0; b < boxes_.size(); ++b) {
      Detection& box = boxes_[b];
      if (matching_.track_of(b) >= 0 || box.score < config_.start_score) continue;
      Track& track = tracks_.emplace_back(box, time);
      matching_.join(tracks_.size() - 1, b);
      track.times_strong = 1;
      if (take_parked(track)) box.track_id = track.id;
    }
  }

  /// A track is sure with its second strong box, or at once with a very strong one; but what lies on an
  /// object that is known may be a second box on it, and takes up to 2 s.
  void make_sure(Time time) {
    constexpr Time kOnTop = std::chrono::seconds(2);
    const double very_strong = (1 + config_.start_score) / 2;
    for (size_t t = 0; t < tracks_.size(); ++t) {
      const int32_t box = matching_.box_of(t);
      Track& track = tracks_[t];
      if (track.is_sure() || box < 0) continue;
      Detection& seen = boxes_[static_cast<size_t>(box)];
      const bool is_convincing = track.times_strong > 1 || seen.score >= very_strong;
      if (!is_convincing || time - track.first_seen < kOnTop * part_on_known(seen)) continue;
      track.id = next_id_++;
      seen.track_id = track.id;
    }
  }

  /// Makes a track that begins where one is parked that one.
  bool take_parked(Track& track) {
    constexpr double kSamePlace = 0.5;
    auto best = parked_.end();
    double most = kSamePlace;
    for (auto it = parked_.begin(); it != parked_.end(); ++it) {
      const bool is_alike = config_.across_classes || it->class_id == track.class_id;
      const double on_it = overlap(it->stillness.place(), track.last_box);
      if (!is_alike || on_it < most) continue;
      most = on_it;
      best = it;
    }
    if (best == parked_.end()) return false;
    best->stillness.see(track.last_box, track.last_seen);
    track.id = best->id;
    track.first_seen = best->first_seen;
    track.stillness = best->stillness;
    parked_.erase(best);
    return true;
  }

  /// How much of the box lies on that of another track that is sure, 0..1.
  [[nodiscard]] double part_on_known(const Detection& box) const {
    double part = 0;
    for (const Detection& other : boxes_) {
      const bool is_alike = config_.across_classes || other.class_id == box.class_id;
      if (&other == &box || other.track_id == 0 || !is_alike) continue;
      part = std::max(part, shared_area(box.box, other.box) / box.box.area());
    }
    return part;
  }

  /// Of too many tracks, those that have not been seen for longest.
  void end_surplus() {
    const size_t most = 2 * static_cast<size_t>(config_.max_boxes);
    keep_latest(tracks_, most);
    keep_latest(parked_, most);
  }

  template <class T>
  static void keep_latest(std::vector<T>& tracks, size_t most) {
    if (tracks.size() <= most) return;
    std::ranges::stable_sort(tracks, std::greater{}, &TrackCore::last_seen);
    tracks.erase(tracks.begin() + static_cast<ptrdiff_t>(most), tracks.end());
  }

  void list_tracks() {
    states_.clear();
    const auto list = [&](const TrackCore& track) {
      if (track.is_sure())
        states_.push_back({track.id, track.first_seen, track.last_seen, track.stillness.since()});
    };
    std::ranges::for_each(tracks_, list);
    std::ranges::for_each(parked_, list);
    std::ranges::sort(states_, {}, &TrackState::id);
  }

  TrackerConfig config_;
  Method method_;
  std::vector<Track> tracks_;
  std::vector<TrackCore> parked_;  ///< who is waited for beyond that, where it was
  int64_t next_id_ = 1;
  int64_t boxes_left_out_ = 0;
  std::optional<Time> last_time_;
  Time previous_interval_{0};
  Time interval_{0};
  std::vector<TrackState> states_;

  // One frame's.
  std::vector<size_t> picked_;    ///< indexes into the frame's detections
  std::vector<Detection> boxes_;  ///< the same, as they are
  Matching matching_;
};

}  // namespace weir::track
