// SPDX-License-Identifier: Apache-2.0
#include "track/trackers/matching.h"

#include <algorithm>

namespace weir::track {

/// Of the pairs from `begin` on, which are those of one track.
void Matching::keep_best(size_t begin) {
  if (pairs_.size() - begin <= kMaxChoices) return;
  const auto first = pairs_.begin() + static_cast<ptrdiff_t>(begin);
  const auto last = first + static_cast<ptrdiff_t>(kMaxChoices);
  std::nth_element(first, last, pairs_.end(), [](const WeightedPair& a, const WeightedPair& b) {
    return a.weight != b.weight ? a.weight > b.weight : a.column < b.column;
  });
  pairs_.erase(last, pairs_.end());
}

void Matching::assign() {
  if (pairs_.empty()) return;
  const auto solved =
      assignment_.solve(static_cast<int>(tracks_.size()), static_cast<int>(boxes_.size()), pairs_);
  for (size_t i = 0; i < solved.size(); ++i) {
    if (solved[i] < 0) continue;
    const size_t box = boxes_[static_cast<size_t>(solved[i])];
    box_of_[tracks_[i]] = static_cast<int32_t>(box);
    track_of_[box] = static_cast<int32_t>(tracks_[i]);
  }
}

}  // namespace weir::track
