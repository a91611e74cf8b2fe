// SPDX-License-Identifier: Apache-2.0
#include "tracks/recording.h"

#include <algorithm>
#include <memory>
#include <random>
#include <utility>

#include "track/tracker.h"
#include "tracks/plain_tracker.h"

namespace weir::bench {
namespace {

Detection detection_of(size_t label, double score, const eval::Rect& box) {
  return {static_cast<int>(label),
          static_cast<float>(score),
          {static_cast<float>(box.x), static_cast<float>(box.y), static_cast<float>(box.x + box.width),
           static_cast<float>(box.y + box.height)}};
}

eval::Rect rect_of(const Box& box) {
  return {box.x1, box.y1, box.x2 - box.x1, box.y2 - box.y1};
}

FrameResult frame_at(int64_t number, const eval::FrameSize& size, double frames_per_s) {
  FrameResult frame;
  frame.frame = number;
  frame.pts = track::Time(std::llround(static_cast<double>(number) * 1e9 / frames_per_s));
  frame.width_px = static_cast<int>(size.width);
  frame.height_px = static_cast<int>(size.height);
  return frame;
}

/// The frames that a tracker got, with the ids that it gave, as results.
class Recorder {
 public:
  explicit Recorder(const eval::Truth& truth) : truth_(truth) {
    for (const std::string& label : truth.labels) results_.labels.add(label);
    for (const std::string& stream : truth.streams) results_.streams.add(stream);
    looked_at_.streams = truth.streams;
    looked_at_.labels = truth.labels;
  }

  void add(const FrameResult& frame) {
    const eval::FrameKey key{0, frame.frame};
    looked_at_.frames.emplace(key, truth_.frames.at(key));
    eval::ResultFrame& result = results_.frames[key];
    for (const Detection& one : frame.detections) {
      result.found.push_back(
          {static_cast<size_t>(one.class_id), {rect_of(one.box), one.score}, one.track_id});
    }
  }

  [[nodiscard]] Result<eval::PairedTracks> compare() const {
    return eval::pair_tracks(results_, looked_at_, {});
  }

 private:
  const eval::Truth& truth_;
  eval::Truth looked_at_;
  eval::Results results_;
};

}  // namespace

Result<Recording> Recording::create(eval::Results results, eval::Truth truth, double frames_per_s) {
  if (results.streams.size() != 1 || truth.streams.size() != 1) {
    return Error{ErrorCode::kInvalidArgument, "results and truth of one stream are needed"};
  }
  Recording recording;
  const eval::Numbers labels = eval::numbers_in(truth.labels, results.labels);
  for (const auto& [key, there] : truth.frames) {
    FrameResult& frame = recording.frames_.emplace_back(frame_at(key.frame, there.size, frames_per_s));
    const auto found = results.frames.find(key);
    if (found == results.frames.end()) continue;
    for (const eval::LabelledFound& one : found->second.found) {
      if (const auto label = labels[one.label]) {
        frame.detections.push_back(detection_of(*label, one.found.score, one.found.box));
      }
    }
  }
  recording.truth_ = std::move(truth);
  return recording;
}

Result<Recording> Recording::perfect(eval::Truth truth, double frames_per_s) {
  Recording recording;
  for (const auto& [key, there] : truth.frames) {
    FrameResult& frame = recording.frames_.emplace_back(frame_at(key.frame, there.size, frames_per_s));
    for (const eval::LabelledObject& one : there.objects) {
      frame.detections.push_back(detection_of(one.label, 1, one.object.box));
    }
  }
  recording.truth_ = std::move(truth);
  return recording;
}

Result<eval::PairedTracks> Recording::run(const Selection& selection, const Track& track) const {
  std::mt19937 random(1);
  Recorder recorder(truth_);
  for (const FrameResult& all : frames_) {
    if (all.frame % selection.every != 0) continue;
    if (static_cast<double>(random() % 1000) < 1000 * selection.dropped) continue;
    FrameResult frame = all;
    std::erase_if(frame.detections, [&](const Detection& one) { return one.score < selection.score; });
    track(frame.pts, frame.detections);
    recorder.add(frame);
  }
  return recorder.compare();
}

void Together::add(eval::PairedTracks paired) {
  for (eval::ClassTracks& one : paired.classes) classes_.push_back(std::move(one));
}

std::optional<Recording::Track> tracker_named(std::string_view name) {
  if (name == "plain") {
    const auto tracker = std::make_shared<PlainTracker>();
    return [tracker](track::Time time, std::vector<Detection>& found) { tracker->update(time, found); };
  }
  for (const auto kind :
       {track::TrackerKind::kCbiou, track::TrackerKind::kByteTrack, track::TrackerKind::kOcSort}) {
    if (track::to_string(kind) != name) continue;
    const std::shared_ptr<track::Tracker> tracker = track::Tracker::create({.kind = kind});
    return [tracker](track::Time time, std::vector<Detection>& found) { tracker->update(time, found); };
  }
  return std::nullopt;
}

}  // namespace weir::bench
