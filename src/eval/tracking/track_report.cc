// SPDX-License-Identifier: Apache-2.0
#include "eval/tracking/track_report.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "eval/report.h"

namespace weir::eval {
namespace {

/// `json` with the figures behind what it has.
nlohmann::ordered_json with_figures(nlohmann::ordered_json json, const TrackFigures& figures) {
  json["objects"] = figures.objects;
  json["object_tracks"] = figures.object_tracks;
  json["found_tracks"] = figures.found_tracks;
  json["hota"] = or_null(figures.hota);
  json["deta"] = or_null(figures.deta);
  json["assa"] = or_null(figures.assa);
  json["mota"] = or_null(figures.mota);
  json["idf1"] = or_null(figures.idf1);
  json["id_switches"] = figures.id_switches;
  json["right"] = figures.right;
  json["missed"] = figures.missed;
  json["wrong"] = figures.wrong;
  return json;
}

}  // namespace

nlohmann::ordered_json to_json(const TrackEvaluation& evaluation, const PairedTracks& paired,
                               const EvalOptions& options) {
  nlohmann::ordered_json json = with_figures({}, evaluation.all);
  json["objects_ignored"] = paired.coverage.objects - evaluation.all.objects;
  json["detections_ignored"] = paired.tracks.detections_ignored;
  json["detections_without_track"] = paired.tracks.detections_without_track;
  json["detections_below_score"] = paired.tracks.detections_below_score;
  add_coverage(json, paired.coverage, options);
  json["classes"] = nlohmann::ordered_json::array();
  for (const ClassTrackFigures& one : evaluation.by_class) {
    json["classes"].push_back(with_figures({{"label", one.label}}, one.figures));
  }
  return json;
}

std::vector<std::string> remarks(const PairedTracks& paired) {
  std::vector<std::string> lines = remarks(paired.coverage);
  if (paired.tracks.detections_without_track > 0) {
    lines.push_back(fmt::format("detections that belong to no track: {} of {}; not counted",
                                paired.tracks.detections_without_track, paired.coverage.detections));
  }
  return lines;
}

}  // namespace weir::eval
