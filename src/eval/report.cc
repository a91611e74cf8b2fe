// SPDX-License-Identifier: Apache-2.0
#include "eval/report.h"

#include <set>
#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace weir::eval {
namespace {

using OrderedJson = nlohmann::ordered_json;

/// `json` with the figures behind what it has.
OrderedJson with_figures(OrderedJson json, const Figures& figures) {
  json["objects"] = figures.objects;
  json["ap50_95"] = or_null(figures.ap50_95);
  json["ap50"] = or_null(figures.ap50);
  json["ap75"] = or_null(figures.ap75);
  json["ar1"] = or_null(figures.ar1);
  json["ar10"] = or_null(figures.ar10);
  json["ar100"] = or_null(figures.ar100);
  json["recall"] = or_null(figures.recall);
  json["precision"] = or_null(figures.precision);
  return json;
}

/// "'a', 'b', 'c' and 4 more"
std::string listed(const std::set<std::string>& names) {
  constexpr size_t kEnough = 3;
  std::string text;
  size_t told = 0;
  for (const std::string& name : names) {
    if (told == kEnough) return fmt::format("{} and {} more", text, names.size() - kEnough);
    text += fmt::format("{}'{}'", told++ == 0 ? "" : ", ", name);
  }
  return text;
}

}  // namespace

nlohmann::ordered_json or_null(const std::optional<double>& figure) {
  return figure ? nlohmann::ordered_json(*figure) : nullptr;
}

nlohmann::ordered_json to_json(const Evaluation& evaluation, const Coverage& coverage,
                               const EvalOptions& options) {
  OrderedJson json = with_figures({}, evaluation.all);
  json["objects_ignored"] = coverage.objects - evaluation.all.objects;
  add_coverage(json, coverage, options);
  json["sizes"] = OrderedJson::array();
  for (size_t i = 0; i < kSizeNames.size(); ++i) {
    json["sizes"].push_back(with_figures({{"size", kSizeNames[i]}}, evaluation.by_size[i]));
  }
  json["classes"] = OrderedJson::array();
  for (const ClassFigures& one : evaluation.by_class) {
    json["classes"].push_back(with_figures({{"label", one.label}}, one.figures));
  }
  return json;
}

void add_coverage(nlohmann::ordered_json& json, const Coverage& coverage, const EvalOptions& options) {
  json["detections"] = coverage.detections;
  json["frames"] = coverage.frames;
  json["frames_without_result"] = coverage.frames_without_result;
  json["frames_failed"] = coverage.frames_failed;
  json["frames_dropped"] = coverage.frames_dropped;
  json["frames_left_out"] = coverage.frames_left_out;
  json["frames_without_truth"] = coverage.frames_without_truth;
  json["unknown_labels"] = coverage.unknown_labels;
  json["score"] = options.score;
  json["min_size"] = options.min_size_px;
  json["min_visible"] = options.min_visible;
  json["strict"] = options.strict;
}

std::vector<std::string> remarks(const Coverage& coverage) {
  std::vector<std::string> lines;
  const auto frames_missed = [&](std::string_view which, int64_t number) {
    if (number == 0) return;
    lines.push_back(fmt::format("frames of the truth {}: {} of {}; what is in them counts as missed", which,
                                number, coverage.frames));
  };
  frames_missed("without a result", coverage.frames_without_result);
  frames_missed("that failed in the results", coverage.frames_failed);
  frames_missed("that were dropped in the results", coverage.frames_dropped);
  if (coverage.frames_left_out > 0) {
    lines.push_back(
        fmt::format("frames of the truth that nobody looked at by request: {} of {}; left out "
                    "(--strict: what is in them counts as missed)",
                    coverage.frames_left_out, coverage.frames + coverage.frames_left_out));
  }
  if (coverage.frames_without_truth > 0) {
    const auto& streams = coverage.streams_without_truth;
    lines.push_back(fmt::format("frames of the results without truth: {}{}; not counted",
                                coverage.frames_without_truth,
                                streams.empty() ? "" : fmt::format(" (streams {})", listed(streams))));
  }
  if (!coverage.unknown_labels.empty()) {
    std::set<std::string> labels;
    int64_t detections = 0;
    for (const auto& [label, number] : coverage.unknown_labels) {
      labels.insert(label);
      detections += number;
    }
    lines.push_back(fmt::format("detections of classes that the truth doesn't have: {} ({}); not counted",
                                detections, listed(labels)));
  }
  return lines;
}

}  // namespace weir::eval
