// SPDX-License-Identifier: Apache-2.0
#include "track/tracker.h"

#include <fmt/format.h>

#include "track/trackers/bytetrack.h"
#include "track/trackers/cbiou.h"
#include "track/trackers/ocsort.h"

namespace weir::track {
namespace {

Error config_error(std::string message) {
  return {ErrorCode::kInvalidArgument, std::move(message)};
}

}  // namespace

std::string_view to_string(TrackerKind kind) {
  switch (kind) {
    case TrackerKind::kCbiou:
      return "cbiou";
    case TrackerKind::kByteTrack:
      return "bytetrack";
    case TrackerKind::kOcSort:
      return "ocsort";
  }
  return "";
}

Status TrackerConfig::validate() const {
  constexpr Time kLongest = std::chrono::hours(24);
  constexpr int kMostBoxes = 10'000;
  if (!(start_score >= 0 && start_score <= 1)) {
    return config_error(fmt::format("the score that begins a track must be 0 to 1, not {}", start_score));
  }
  if (memory < Time(0) || memory > kLongest || still_memory < Time(0) || still_memory > kLongest) {
    return config_error("tracks can be waited for from 0 s to 24 h");
  }
  if (max_boxes < 1 || max_boxes > kMostBoxes) {
    return config_error(
        fmt::format("1 to {} boxes of a frame can be tracked, not {}", kMostBoxes, max_boxes));
  }
  return {};
}

std::unique_ptr<Tracker> Tracker::create(const TrackerConfig& config) {
  switch (config.kind) {
    case TrackerKind::kByteTrack:
      return std::make_unique<BasicTracker<ByteTrack>>(config);
    case TrackerKind::kOcSort:
      return std::make_unique<BasicTracker<OcSort>>(config);
    case TrackerKind::kCbiou:
      break;
  }
  return std::make_unique<BasicTracker<Cbiou>>(config);
}

}  // namespace weir::track
