// SPDX-License-Identifier: Apache-2.0
#include "eval/tracking/track_pairing.h"

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "base/assignment.h"
#include "eval/matching.h"

namespace weir::eval {
namespace {

struct Tracked {
  int64_t id = 0;
  Rect box;
};

struct TrueObject {
  Tracked tracked;
  Role role = Role::kCounts;
};

/// One class in one frame.
struct Scene {
  std::vector<TrueObject> objects;
  std::vector<Tracked> found;
};

struct SequenceInMaking {
  TrackSequence sequence;
  std::map<int64_t, int32_t> objects;  ///< indexes of ids
  std::map<int64_t, int32_t> found;
};

/// The index of the id, which is added if it is new.
TrackBox with_index(const Tracked& tracked, std::map<int64_t, int32_t>& indexes, std::vector<int64_t>& ids) {
  const auto [entry, is_new] = indexes.try_emplace(tracked.id, static_cast<int32_t>(ids.size()));
  if (is_new) ids.push_back(tracked.id);
  return {entry->second, tracked.box};
}

/// What an object is, with the options: too small or too well hidden ones are ignored.
Role role_of(const LabelledObject& object, const EvalOptions& options) {
  if (object.role != Role::kCounts) return object.role;
  const Counting counting{.min_area_px2 = options.min_size_px * options.min_size_px,
                          .min_visible = options.min_visible};
  return counting.counts(object.object) ? Role::kCounts : Role::kIgnored;
}

std::vector<Overlap> overlaps_of(const Scene& scene) {
  std::vector<Overlap> overlaps;
  for (size_t i = 0; i < scene.objects.size(); ++i) {
    for (size_t j = 0; j < scene.found.size(); ++j) {
      const double iou = overlap(scene.found[j].box, Object{.box = scene.objects[i].tracked.box});
      if (iou > 0) overlaps.push_back({static_cast<int32_t>(i), static_cast<int32_t>(j), iou});
    }
  }
  return overlaps;
}

/// For each box that was found the object that it is on, or -1.
std::vector<int32_t> objects_below(const Scene& scene, const std::vector<Overlap>& overlaps) {
  std::vector<WeightedPair> pairs;
  for (const Overlap& overlap : overlaps) {
    if (overlap.iou >= kTrackIou - std::numeric_limits<double>::epsilon())
      pairs.push_back({overlap.found, overlap.object, overlap.iou});
  }
  Assignment assignment;
  const auto solved =
      assignment.solve(static_cast<int>(scene.found.size()), static_cast<int>(scene.objects.size()), pairs);
  return {solved.begin(), solved.end()};
}

/// Whether the box is neither right nor wrong.
bool is_excused(const Scene& scene, size_t found, int32_t object, const EvalOptions& options) {
  if (object >= 0) return scene.objects[static_cast<size_t>(object)].role == Role::kIgnored;
  return scene.found[found].box.area() < options.min_size_px * options.min_size_px;
}

/// The objects that count and the boxes that are not excused; gives how many boxes are.
int64_t add_frame(const Scene& scene, const EvalOptions& options, SequenceInMaking& making) {
  const std::vector<Overlap> overlaps = overlaps_of(scene);
  const std::vector<int32_t> below = objects_below(scene, overlaps);
  TrackFrame frame;
  std::vector<int32_t> object_index(scene.objects.size(), -1);
  std::vector<int32_t> found_index(scene.found.size(), -1);
  for (size_t i = 0; i < scene.objects.size(); ++i) {
    if (scene.objects[i].role != Role::kCounts) continue;
    object_index[i] = static_cast<int32_t>(frame.objects.size());
    frame.objects.push_back(with_index(scene.objects[i].tracked, making.objects, making.sequence.object_ids));
  }
  for (size_t j = 0; j < scene.found.size(); ++j) {
    if (is_excused(scene, j, below[j], options)) continue;
    found_index[j] = static_cast<int32_t>(frame.found.size());
    frame.found.push_back(with_index(scene.found[j], making.found, making.sequence.found_ids));
  }
  for (const Overlap& overlap : overlaps) {
    const int32_t object = object_index[static_cast<size_t>(overlap.object)];
    const int32_t found = found_index[static_cast<size_t>(overlap.found)];
    if (object >= 0 && found >= 0) frame.overlaps.push_back({object, found, overlap.iou});
  }
  const auto excused = static_cast<int64_t>(scene.found.size() - frame.found.size());
  making.sequence.frames.push_back(std::move(frame));
  return excused;
}

class Pairing {
 public:
  Pairing(const Results& results, const Truth& truth, const EvalOptions& options, PairedTracks& paired)
      : results_(results),
        truth_(truth),
        options_(options),
        labels_(numbers_in(truth.labels, results.labels)),
        paired_(paired) {}

  Status add(const FramePair& frame) {
    std::vector<Scene> scenes(truth_.labels.size());
    WEIR_RETURN_IF_ERROR(add_objects(frame, scenes));
    WEIR_RETURN_IF_ERROR(add_found(frame, scenes));
    for (size_t label = 0; label < scenes.size(); ++label) {
      SequenceInMaking& making = making_[{label, frame.stream}];
      paired_.tracks.detections_ignored += add_frame(scenes[label], options_, making);
      counted_[label] += static_cast<int64_t>(making.sequence.frames.back().objects.size());
    }
    return {};
  }

  void finish() {
    for (size_t label = 0; label < truth_.labels.size(); ++label) {
      ClassTracks& one = paired_.classes.emplace_back(ClassTracks{truth_.labels[label], counted_[label], {}});
      for (auto& [key, making] : making_) {
        if (key.first != label) continue;
        making.sequence.stream = key.second;
        one.sequences.push_back(std::move(making.sequence));
      }
    }
    std::ranges::sort(paired_.classes, {}, &ClassTracks::label);
  }

 private:
  [[nodiscard]] Error error_in(const FramePair& frame, const std::string& what) const {
    return {ErrorCode::kInvalidArgument,
            fmt::format("frame {} of stream '{}': {}", frame.frame, truth_.streams[frame.stream], what)};
  }

  Status add_objects(const FramePair& frame, std::vector<Scene>& scenes) {
    std::set<int64_t> ids;
    paired_.coverage.objects += static_cast<int64_t>(frame.truth->objects.size());
    for (const LabelledObject& object : frame.truth->objects) {
      if (!object.id)
        return error_in(frame, "an object of the truth has no 'id'; tracks can't be told by it");
      if (!ids.insert(*object.id).second) {
        return error_in(frame, fmt::format("two objects of the truth have the id {}", *object.id));
      }
      scenes[object.label].objects.push_back({{*object.id, object.object.box}, role_of(object, options_)});
    }
    return {};
  }

  Status add_found(const FramePair& frame, std::vector<Scene>& scenes) {
    if (frame.found == nullptr) return {};
    std::set<int64_t> tracks;
    for (const LabelledFound& found : frame.found->found) {
      const auto label = labels_[found.label];
      if (!label) {
        ++paired_.coverage.unknown_labels[results_.labels[found.label]];
        continue;
      }
      ++paired_.coverage.detections;
      if (found.track == 0) {
        ++paired_.tracks.detections_without_track;
        continue;
      }
      if (!tracks.insert(found.track).second) {
        return error_in(frame, fmt::format("two detections have the track id {}", found.track));
      }
      if (found.found.score < options_.score) {
        ++paired_.tracks.detections_below_score;
        continue;
      }
      scenes[*label].found.push_back({found.track, found.found.box});
    }
    return {};
  }

  const Results& results_;
  const Truth& truth_;
  const EvalOptions& options_;
  Numbers labels_;
  PairedTracks& paired_;
  std::map<std::pair<size_t, size_t>, SequenceInMaking> making_;  ///< by label and stream
  std::map<size_t, int64_t> counted_;
};

bool has_tracks(const Results& results) {
  bool has_detections = false;
  for (const auto& [key, frame] : results.frames) {
    for (const LabelledFound& found : frame.found) {
      if (found.track != 0) return true;
      has_detections = true;
    }
  }
  return !has_detections;
}

}  // namespace

Result<PairedTracks> pair_tracks(const Results& results, const Truth& truth, const EvalOptions& options) {
  if (!has_tracks(results)) {
    return Error{ErrorCode::kInvalidArgument,
                 "no detection of the results has a 'track_id'; `weir run --track` gives them one"};
  }
  PairedTracks paired;
  WEIR_ASSIGN_OR_RETURN(const auto frames, pair_frames(results, truth, options.strict, paired.coverage));
  Pairing pairing(results, truth, options, paired);
  for (const FramePair& frame : frames) WEIR_RETURN_IF_ERROR(pairing.add(frame));
  pairing.finish();
  return paired;
}

}  // namespace weir::eval
