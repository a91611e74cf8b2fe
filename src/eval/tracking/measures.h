// SPDX-License-Identifier: Apache-2.0
// How well tracks were found, as sums: those of several classes or streams are added up. They are the
// measures of TrackEval, whose rules hold where the papers are silent (tests/e2e/eval_against_trackeval.py).
#pragma once

#include <array>
#include <cstdint>

#include "eval/tracking/sequence.h"

namespace weir::eval {

/// Overlaps at which HOTA takes a box as right: 0.05, 0.10, ..., 0.95.
inline constexpr int kHotaThresholds = 19;

/// HOTA (Luiten et al., "HOTA: a higher order metric for evaluating multi-object tracking", IJCV 2021).
struct HotaSums {
  struct AtThreshold {
    int64_t right = 0;
    int64_t missed = 0;
    int64_t wrong = 0;
    double association =
        0;  ///< the sum over right boxes of how much of their tracks belong together, 0..1 each
  };
  std::array<AtThreshold, kHotaThresholds> at{};

  HotaSums& operator+=(const HotaSums& other);
  /// Means over the thresholds, 0..1.
  [[nodiscard]] double hota() const;
  [[nodiscard]] double detection_accuracy() const;
  [[nodiscard]] double association_accuracy() const;
};

/// CLEAR MOT (Bernardin and Stiefelhagen, 2008), at an overlap of 0.5.
struct ClearSums {
  int64_t right = 0;
  int64_t missed = 0;
  int64_t wrong = 0;
  int64_t id_switches = 0;

  ClearSums& operator+=(const ClearSums& other);
  [[nodiscard]] double mota() const;  ///< at most 1; below 0 when more is wrong than there is
};

/// IDF1 (Ristani et al., "Performance measures and a data set for multi-target, multi-camera tracking",
/// 2016), at an overlap of 0.5: each true track belongs to one track that was found at most, and the other
/// way round.
struct IdentitySums {
  int64_t right = 0;
  int64_t missed = 0;
  int64_t wrong = 0;

  IdentitySums& operator+=(const IdentitySums& other);
  [[nodiscard]] double idf1() const;  ///< 0..1
};

[[nodiscard]] HotaSums measure_hota(const TrackSequence& sequence);
[[nodiscard]] ClearSums measure_clear(const TrackSequence& sequence);
[[nodiscard]] IdentitySums measure_identity(const TrackSequence& sequence);

}  // namespace weir::eval
