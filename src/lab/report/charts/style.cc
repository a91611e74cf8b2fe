// SPDX-License-Identifier: Apache-2.0
#include "lab/report/charts/style.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace weir::lab {
namespace {

struct Pair {
  std::string_view light;
  std::string_view dark;
};

/// `on`: of letters upon it.
struct KindColour {
  MemoryKind kind;
  std::string_view name;  ///< of the class
  Pair fill;
  Pair on;
};

constexpr Pair kInk{"#14181d", "#e8ebef"};
constexpr Pair kGround{"#ffffff", "#14181d"};
constexpr Pair kGroundBoth{"#ffffff", "#0c0f13"};
constexpr Pair kInkBoth{"#0c0f13", "#0c0f13"};

/// In the order of a bar.
constexpr std::array<KindColour, 11> kKinds{{
    {MemoryKind::kWeights, "k-weights", {"#0b4a9a", "#4f8fe8"}, kGroundBoth},
    {MemoryKind::kCompiledModel, "k-compiled", {"#4a94e0", "#a6d0ff"}, kInkBoth},
    {MemoryKind::kActivations, "k-activations", {"#e07b00", "#f5a13d"}, kInkBoth},
    {MemoryKind::kInputBuffers, "k-input", {"#7a4400", "#b56a1e"}, kGroundBoth},
    {MemoryKind::kDecoderSurfaces, "k-surfaces", {"#0f9276", "#35b58b"}, kInkBoth},
    {MemoryKind::kDecoder, "k-decoder", {"#084f3f", "#187a5c"}, {"#ffffff", "#ffffff"}},
    {MemoryKind::kProgram, "k-program", {"#23282f", "#e8ebef"}, kGroundBoth},
    {MemoryKind::kRuntime, "k-runtime", {"#565e69", "#aab1bb"}, kGroundBoth},
    {MemoryKind::kLibraries, "k-libraries", {"#8a929c", "#6f7781"}, {"#0c0f13", "#ffffff"}},
    {MemoryKind::kOther, "k-other", {"#a0307a", "#e07fb0"}, kGroundBoth},
    {MemoryKind::kUnexplained, "k-unexplained", kGround, kInk},
}};

const KindColour& colour_of(MemoryKind kind) {
  return *std::ranges::find(kKinds, kind, &KindColour::kind);
}
static_assert(kKinds.size() == kMemoryKinds.size());

struct Rule {
  std::string_view selector;
  std::string_view property;
  Pair value;
};

constexpr Pair kSeriesA{"#0b5cad", "#79b0f5"};
constexpr Pair kSeriesB{"#c25700", "#f5a13d"};
constexpr Pair kMuted{"#565e69", "#a5acb6"};
constexpr Pair kFaint{"#e2e5e9", "#2b323b"};

constexpr std::array<Rule, 17> kRules{{
    {".ground", "fill", kGround},
    {"text", "fill", kInk},
    {"text.muted", "fill", kMuted},
    {".grid", "stroke", kFaint},
    {".axis", "stroke", kMuted},
    {".window", "fill", {"#eef3f9", "#1d2733"}},
    {".track", "stroke", kFaint},
    {".whisker", "stroke", kInk},
    {".halo", "stroke", kGround},
    {".reference", "stroke", kMuted},
    {".k-unexplained, .overdrawn", "stroke", kMuted},
    {".fill.a", "fill", kSeriesA},
    {".fill.b", "fill", kSeriesB},
    {".stroke.a", "stroke", kSeriesA},
    {".stroke.b", "stroke", kSeriesB},
    {".median", "stroke", kInk},
    {".point", "stroke", kGround},
}};

constexpr std::string_view kShapes =
    R"(.chart { font: 13px system-ui, -apple-system, "Segoe UI", sans-serif; }
.chart text { font-variant-numeric: tabular-nums; }
.chart .strong { font-weight: 600; }
.chart .on { font-size: 12px; }
.chart line, .chart polyline { fill: none; stroke-width: 1; }
.chart .k-unexplained, .chart .overdrawn { stroke-dasharray: 3 2; }
.chart text.k-unexplained { stroke: none; }
.chart .overdrawn { fill: none; stroke-width: 1.5; }
.chart .track { stroke-width: 1; }
.chart .whisker { stroke-width: 1.5; }
.chart .halo { stroke-width: 4.5; }
.chart .reference { stroke-width: 1.5; stroke-dasharray: 5 3; }
.chart .run { stroke-width: 1.3; stroke-linejoin: round; stroke-opacity: 0.8; }
.chart .trend { stroke-width: 2; stroke-linejoin: round; }
.chart .interval { stroke-width: 2; }
.chart .repeat { fill-opacity: 0.5; }
.chart .median { stroke-width: 2; }
.chart .point { stroke-width: 1.5; }
)";

std::string rule(std::string_view selector, std::string_view property, std::string_view value) {
  std::string all;
  while (!selector.empty()) {
    const size_t comma = selector.find(", ");
    all += fmt::format("{}.chart {}", all.empty() ? "" : ", ", selector.substr(0, comma));
    selector = comma == std::string_view::npos ? "" : selector.substr(comma + 2);
  }
  return fmt::format("{} {{ {}: {}; }}\n", all, property, value);
}

std::string colours(std::string_view Pair::*theme) {
  std::string text;
  for (const Rule& each : kRules) text += rule(each.selector, each.property, each.value.*theme);
  for (const KindColour& kind : kKinds) {
    text += rule(fmt::format("rect.{}", kind.name), "fill", kind.fill.*theme);
    text += rule(fmt::format("text.{}", kind.name), "fill", kind.on.*theme);
  }
  return text;
}

}  // namespace

std::string chart_style() {
  return fmt::format("{}{}@media screen and (prefers-color-scheme: dark) {{\n{}}}\n", kShapes,
                     colours(&Pair::light), colours(&Pair::dark));
}

std::string_view class_of_kind(MemoryKind kind) {
  return colour_of(kind).name;
}

size_t place_of_kind(MemoryKind kind) {
  return static_cast<size_t>(&colour_of(kind) - kKinds.data());
}

}  // namespace weir::lab
