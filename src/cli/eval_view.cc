// SPDX-License-Identifier: Apache-2.0
#include "cli/eval_view.h"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

namespace weir::cli {
namespace {

std::string cell(const std::optional<double>& figure) {
  return figure ? fmt::format("{:.3f}", *figure) : "-";
}

std::string row(std::string_view name, size_t width, const eval::Figures& f) {
  return fmt::format("{:<{}} {:>9} {:>8} {:>7} {:>7} {:>7} {:>10}\n", name, width, f.objects, cell(f.ap50_95),
                     cell(f.ap50), cell(f.ap75), cell(f.recall), cell(f.precision));
}

/// Why objects are ignored: "crowds, smaller than 24x24 px, less than 25 % visible"
std::string reasons(const eval::EvalOptions& options) {
  std::string text = "crowds";
  if (options.min_size_px > 0) text += fmt::format(", smaller than {0}x{0} px", options.min_size_px);
  if (options.min_visible > 0) text += fmt::format(", less than {:.3g} % visible", 100 * options.min_visible);
  return text;
}

/// What was compared.
std::string opening(const eval::Coverage& coverage, int64_t ignored, const eval::EvalOptions& options) {
  std::string text = fmt::format("frames: {}, detections: {}, objects: {}", coverage.frames,
                                 coverage.detections, coverage.objects);
  if (ignored > 0) text += fmt::format(", of these ignored: {} ({})", ignored, reasons(options));
  return text + "\n\n";
}

std::string row(std::string_view name, size_t width, const eval::TrackFigures& f) {
  return fmt::format("{:<{}} {:>9} {:>7} {:>7} {:>7} {:>7} {:>7} {:>7} {:>7} {:>11}\n", name, width,
                     f.objects, f.object_tracks, f.found_tracks, cell(f.hota), cell(f.deta), cell(f.assa),
                     cell(f.mota), cell(f.idf1), f.id_switches);
}

}  // namespace

std::string track_figures_text(const eval::TrackEvaluation& evaluation, const eval::PairedTracks& paired,
                               const eval::EvalOptions& options) {
  size_t width = std::string_view("all").size();
  for (const eval::ClassTrackFigures& one : evaluation.by_class) width = std::max(width, one.label.size());
  std::string text = opening(paired.coverage, paired.coverage.objects - evaluation.all.objects, options);
  text += fmt::format("{:<{}} {:>9} {:>7} {:>7} {:>7} {:>7} {:>7} {:>7} {:>7} {:>11}\n", "", width, "objects",
                      "tracks", "found", "HOTA", "DetA", "AssA", "MOTA", "IDF1", "id switches");
  text += row("all", width, evaluation.all);
  for (const eval::ClassTrackFigures& one : evaluation.by_class) text += row(one.label, width, one.figures);
  return text;
}

std::string figures_text(const eval::Evaluation& evaluation, const eval::Coverage& coverage,
                         const eval::EvalOptions& options) {
  size_t width = std::string_view("  medium").size();
  for (const eval::ClassFigures& one : evaluation.by_class) width = std::max(width, one.label.size());
  std::string text = opening(coverage, coverage.objects - evaluation.all.objects, options);
  text += fmt::format("{:<{}} {:>9} {:>8} {:>7} {:>7} {:>7} {:>10}\n", "", width, "objects", "AP50:95",
                      "AP50", "AP75", "recall", "precision");
  text += row("all", width, evaluation.all);
  for (size_t i = 0; i < eval::kSizeNames.size(); ++i) {
    text += row(fmt::format("  {}", eval::kSizeNames[i]), width, evaluation.by_size[i]);
  }
  for (const eval::ClassFigures& one : evaluation.by_class) text += row(one.label, width, one.figures);
  text += fmt::format("\nRecall and precision at IoU 0.5, of {}.\n",
                      options.score > 0 ? fmt::format("detections with a score of at least {}", options.score)
                                        : "all detections in the file");
  return text;
}

}  // namespace weir::cli
