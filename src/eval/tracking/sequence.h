// SPDX-License-Identifier: Apache-2.0
// What the figures of tracking are computed from: one class in one stream.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "eval/sample.h"

namespace weir::eval {

/// Overlap (IoU) at which a box is right, for all measures but HOTA.
inline constexpr double kTrackIou = 0.5;

/// An object and a box that share a part of the picture.
struct Overlap {
  int32_t object = 0;  ///< index into TrackFrame::objects
  int32_t found = 0;   ///< index into TrackFrame::found
  double iou = 0;      ///< 0 < iou <= 1
};

struct TrackBox {
  int32_t track = 0;  ///< index into the ids of its sequence
  Rect box;
};

struct TrackFrame {
  std::vector<TrackBox> objects;  ///< of a true track one at most
  std::vector<TrackBox> found;    ///< of a track that was found one at most
  std::vector<Overlap> overlaps;
};

struct TrackSequence {
  size_t stream = 0;                ///< its number in Truth::streams
  std::vector<int64_t> object_ids;  ///< of the true tracks
  std::vector<int64_t> found_ids;   ///< of the tracks that were found
  std::vector<TrackFrame> frames;   ///< in order of time
};

}  // namespace weir::eval
