// SPDX-License-Identifier: Apache-2.0
// The figures of an evaluation: of all classes, of each class, and by size.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "eval/sample.h"

namespace weir::eval {

struct EvalOptions {
  double min_size_px = 0;     ///< objects whose area is below that of a square of this side are ignored
  double min_visible = 0.25;  ///< so are objects of which less than this part shows, 0..1
  double score = 0;           ///< finds with less are not in `recall` and `precision`, 0..1
  bool strict = false;        ///< frames that nobody looked at by request count as missed, too

  [[nodiscard]] Status validate() const;
};

/// Each 0..1; none where nothing is there to be found, or for `precision`, where nothing was found.
struct Figures {
  int64_t objects = 0;  ///< those that count
  std::optional<double> ap50_95;
  std::optional<double> ap50;
  std::optional<double> ap75;
  std::optional<double> ar1;  ///< average recall with at most 1, 10, 100 finds of a class in a picture
  std::optional<double> ar10;
  std::optional<double> ar100;
  std::optional<double> recall;  ///< at IoU 0.5 and the score asked for: found / objects, all classes as one
  std::optional<double> precision;  ///< likewise: right / (right + wrong)
};

/// COCO's, by area: up to 32x32, up to 96x96 pixels, larger.
inline constexpr std::array<std::string_view, 3> kSizeNames{"small", "medium", "large"};

struct ClassSamples {
  std::string label;
  std::vector<Sample> samples;
};

struct ClassFigures {
  std::string label;
  Figures figures;
};

struct Evaluation {
  Figures all;                                       ///< AP and AR: means over the classes that have objects
  std::array<Figures, kSizeNames.size()> by_size{};  ///< likewise, by kSizeNames
  std::vector<ClassFigures> by_class;                ///< as they were given
};

[[nodiscard]] Evaluation evaluate(std::span<const ClassSamples> classes, const EvalOptions& options);

}  // namespace weir::eval
