// SPDX-License-Identifier: Apache-2.0
// The figures of tracks: of all classes and of each class.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "eval/tracking/track_pairing.h"

namespace weir::eval {

/// Each 0..1, `mota` at most 1; none if nothing is there to be found.
struct TrackFigures {
  int64_t objects = 0;  ///< boxes of the truth that count
  int64_t object_tracks = 0;
  int64_t found_tracks = 0;
  std::optional<double> hota;
  std::optional<double> deta;
  std::optional<double> assa;
  std::optional<double> mota;
  std::optional<double> idf1;
  int64_t id_switches = 0;
  int64_t right = 0;  ///< boxes at an overlap of 0.5, as for `mota`
  int64_t missed = 0;
  int64_t wrong = 0;
};

struct ClassTrackFigures {
  std::string label;
  TrackFigures figures;
};

struct TrackEvaluation {
  TrackFigures all;  ///< the boxes of all classes and streams as one
  std::vector<ClassTrackFigures>
      by_class;  ///< as they were given; of a class, the boxes of all streams as one
};

[[nodiscard]] TrackEvaluation evaluate_tracks(std::span<const ClassTracks> classes);

}  // namespace weir::eval
