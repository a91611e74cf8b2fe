// SPDX-License-Identifier: Apache-2.0
#include "eval/files/results.h"

#include "eval/files/json_lines.h"

namespace weir::eval {
namespace {

Result<LabelledFound> read_found(const Json& json, Names& labels) {
  LabelledFound found;
  WEIR_ASSIGN_OR_RETURN(const std::string label, read_text(json, "label"));
  WEIR_ASSIGN_OR_RETURN(found.found.score, read_number(json, "score", 1));
  WEIR_ASSIGN_OR_RETURN(found.found.box, read_corners(json, "box"));
  if (has(json, "track_id") && !json.at("track_id").is_null()) {
    WEIR_ASSIGN_OR_RETURN(found.track, read_whole(json, "track_id"));
  }
  found.label = labels.add(label);
  return found;
}

Result<ResultFrame> read_frame(const Json& line, Names& labels) {
  ResultFrame frame;
  WEIR_ASSIGN_OR_RETURN(frame.size, read_frame_size(line));
  if (has(line, "error") || has(line, "dropped")) {
    frame.outcome = has(line, "error") ? Outcome::kFailed : Outcome::kDropped;
    frame.by_request = has(line, "dropped") && line.at("dropped") == "rate";
    return frame;
  }
  WEIR_ASSIGN_OR_RETURN(const Json* list, read_list(line, "detections"));
  for (size_t i = 0; i < list->size(); ++i) {
    auto found = read_found((*list)[i], labels);
    if (!found) return found.error().in("detection " + std::to_string(i + 1));
    frame.found.push_back(*found);
  }
  return frame;
}

Status read_line(const Json& line, Results& results) {
  if (has(line, "event")) return {};
  WEIR_ASSIGN_OR_RETURN(const FrameKey key, read_frame_key(line, results.streams));
  WEIR_ASSIGN_OR_RETURN(ResultFrame frame, read_frame(line, results.labels));
  const bool is_new = results.frames.try_emplace(key, std::move(frame)).second;
  if (!is_new) return frame_comes_again(results.streams[key.stream], key.frame);
  return {};
}

}  // namespace

Result<Results> read_results(const std::string& path) {
  Results results;
  WEIR_RETURN_IF_ERROR(for_each_json_line(path, [&](const Json& line) { return read_line(line, results); }));
  return results;
}

}  // namespace weir::eval
