// SPDX-License-Identifier: Apache-2.0
// The tracker that weir's are compared with: each box goes to the track that it overlaps most.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "track/boxes.h"
#include "track/time.h"
#include "types/detection.h"

namespace weir::bench {

/// Greedy, at an overlap of 0.3 at least, of the same class; no motion; a track is waited for 1 s. Every box
/// that is left begins one.
class PlainTracker {
 public:
  void update(track::Time time, std::span<Detection> detections) {
    std::erase_if(tracks_, [&](const Track& track) { return time - track.last_seen > kMemory; });
    match(time, detections);
    for (Detection& detection : detections) {
      if (detection.track_id != 0) continue;
      detection.track_id = next_id_++;
      tracks_.push_back({detection.track_id, detection.class_id, detection.box, time});
    }
  }

 private:
  static constexpr double kLeast = 0.3;
  static constexpr track::Time kMemory = std::chrono::seconds(1);

  struct Track {
    int64_t id = 0;
    int class_id = 0;
    Box box;
    track::Time last_seen{0};
  };
  struct Pair {
    double overlap = 0;
    size_t track = 0;
    size_t box = 0;
  };

  void match(track::Time time, std::span<Detection> detections) {
    std::vector<Pair> pairs;
    for (size_t b = 0; b < detections.size(); ++b) {
      detections[b].track_id = 0;
      for (size_t t = 0; t < tracks_.size(); ++t) {
        const double overlap = track::overlap(tracks_[t].box, detections[b].box);
        if (tracks_[t].class_id == detections[b].class_id && overlap >= kLeast)
          pairs.push_back({overlap, t, b});
      }
    }
    std::ranges::stable_sort(pairs, std::greater{}, &Pair::overlap);
    std::vector<bool> taken(tracks_.size());
    for (const Pair& pair : pairs) {
      Detection& detection = detections[pair.box];
      if (taken[pair.track] || detection.track_id != 0) continue;
      taken[pair.track] = true;
      detection.track_id = tracks_[pair.track].id;
      tracks_[pair.track].box = detection.box;
      tracks_[pair.track].last_seen = time;
    }
  }

  std::vector<Track> tracks_;
  int64_t next_id_ = 1;
};

}  // namespace weir::bench
