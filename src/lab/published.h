// SPDX-License-Identifier: Apache-2.0
// The table of the published experiment that weir's lab repeats: another machine, another runtime, other
// models.
#pragma once

#include <array>
#include <string_view>

namespace weir::lab {

struct PublishedRow {
  std::string_view setup;  ///< as weir names it
  int models_loaded = 0;
  int contexts = 0;
  double application_mb = 0;
  double system_mb = 0;
  double saved_percent = 0;
};

inline constexpr std::string_view kPublishedMachine =
    "Rockchip RK3588, three NPU cores, four 1080p30 videos, three contexts each; single readings";

inline constexpr std::array<PublishedRow, 3> kPublished{{
    {"none", 12, 12, 368, 2120, 0},
    {"stream", 4, 12, 304, 2070, 17.4},
    {"all", 1, 12, 259, 1990, 29.6},
}};

}  // namespace weir::lab
