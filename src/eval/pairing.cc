// SPDX-License-Identifier: Apache-2.0
#include "eval/pairing.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace weir::eval {
namespace {

/// "'gate'", "'gate' and others"
std::string first_of(const Names& names) {
  return fmt::format("'{}'{}", names[0], names.size() > 1 ? " and others" : "");
}

/// The streams of the results as streams of the truth.
Result<Numbers> pair_streams(const Names& results, const Names& truth) {
  if (results.size() == 1 && truth.size() == 1) return Numbers{0};
  Numbers numbers = numbers_in(truth, results);
  const bool none = std::ranges::none_of(numbers, [](const auto& number) { return number.has_value(); });
  if (results.size() == 0 || !none) return numbers;
  return Error{ErrorCode::kInvalidArgument, fmt::format("results and truth have no stream in common: {}, {}",
                                                        first_of(results), first_of(truth))};
}

Status check_size(const FrameSize& in_results, const FrameSize& in_truth, const std::string& stream,
                  int64_t frame) {
  const FrameSize unknown;
  if (in_results == in_truth || in_results == unknown || in_truth == unknown) return {};
  return Error{ErrorCode::kInvalidArgument,
               fmt::format("frame {} of stream '{}' is {}x{} in the results and {}x{} in the truth", frame,
                           stream, in_results.width, in_results.height, in_truth.width, in_truth.height)};
}

/// The results' frames by the truth's streams. Those of other streams are counted.
Result<std::map<FrameKey, const ResultFrame*>> rename(const Results& results, const Truth& truth,
                                                      Coverage& coverage) {
  WEIR_ASSIGN_OR_RETURN(const Numbers streams, pair_streams(results.streams, truth.streams));
  std::map<FrameKey, const ResultFrame*> renamed;
  for (const auto& [key, frame] : results.frames) {
    const std::string& stream = results.streams[key.stream];
    const FrameKey in_truth{streams[key.stream].value_or(truth.streams.size()), key.frame};
    const auto same = truth.frames.find(in_truth);
    if (same == truth.frames.end()) {
      ++coverage.frames_without_truth;
      if (!streams[key.stream]) coverage.streams_without_truth.insert(stream);
      continue;
    }
    WEIR_RETURN_IF_ERROR(check_size(frame.size, same->second.size, stream, key.frame));
    renamed.emplace(in_truth, &frame);
  }
  return renamed;
}

void count(const ResultFrame* frame, Coverage& coverage) {
  if (frame == nullptr) {
    ++coverage.frames_without_result;
  } else if (frame->outcome == Outcome::kFailed) {
    ++coverage.frames_failed;
  } else if (frame->outcome == Outcome::kDropped) {
    ++coverage.frames_dropped;
  }
}

/// One frame's samples, by the truth's number of the class.
std::map<size_t, Sample> samples_of(const TruthFrame& truth, const ResultFrame* results,
                                    const Names& result_labels, const Numbers& labels, Coverage& coverage) {
  std::map<size_t, Sample> samples;
  for (const LabelledObject& object : truth.objects) samples[object.label].objects.push_back(object.object);
  coverage.objects += static_cast<int64_t>(truth.objects.size());
  if (results == nullptr) return samples;
  for (const LabelledFound& found : results->found) {
    if (const auto label = labels[found.label]) {
      samples[*label].found.push_back(found.found);
      ++coverage.detections;
    } else {
      ++coverage.unknown_labels[result_labels[found.label]];
    }
  }
  return samples;
}

}  // namespace

Numbers numbers_in(const Names& other, const Names& names) {
  Numbers numbers;
  for (const std::string& name : names) numbers.push_back(other.find(name));
  return numbers;
}

Result<std::vector<FramePair>> pair_frames(const Results& results, const Truth& truth, bool strict,
                                           Coverage& coverage) {
  static const ResultFrame kNothingFound;
  WEIR_ASSIGN_OR_RETURN(const auto found, rename(results, truth, coverage));
  std::vector<FramePair> pairs;
  for (const auto& [key, truth_frame] : truth.frames) {
    const auto entry = found.find(key);
    const ResultFrame* frame = results.gaps_are_empty ? &kNothingFound : nullptr;
    if (entry != found.end()) frame = entry->second;
    if (frame != nullptr && frame->by_request && !strict) {
      ++coverage.frames_left_out;
      continue;
    }
    count(frame, coverage);
    pairs.push_back({key.stream, key.frame, &truth_frame, frame});
  }
  coverage.frames = static_cast<int64_t>(pairs.size());
  return pairs;
}

Result<Paired> pair(const Results& results, const Truth& truth, bool strict) {
  Paired paired;
  WEIR_ASSIGN_OR_RETURN(const auto frames, pair_frames(results, truth, strict, paired.coverage));
  const Numbers labels = numbers_in(truth.labels, results.labels);
  for (const std::string& label : truth.labels) paired.classes.push_back({label, {}});
  for (const FramePair& frame : frames) {
    auto samples = samples_of(*frame.truth, frame.found, results.labels, labels, paired.coverage);
    for (auto& [label, sample] : samples) paired.classes[label].samples.push_back(std::move(sample));
  }
  std::erase_if(paired.classes, [](const ClassSamples& one) { return one.samples.empty(); });
  std::ranges::sort(paired.classes, {}, &ClassSamples::label);
  return paired;
}

}  // namespace weir::eval
