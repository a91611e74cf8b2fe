// SPDX-License-Identifier: Apache-2.0
// What a figure of a process's memory counts. docs/memory.md says where each comes from.
#pragma once

#include <string_view>

namespace weir {

/// The more it says the greater it is. kNone: nothing could be measured.
enum class MemoryMeasure {
  kNone,
  kRss,  ///< all pages that are there; those that other processes map, too, are counted in full
  kPss,  ///< every page divided by the number of processes that map it
};

/// "PSS", "RSS", or "" for kNone.
[[nodiscard]] constexpr std::string_view to_string(MemoryMeasure measure) {
  switch (measure) {
    case MemoryMeasure::kPss:
      return "PSS";
    case MemoryMeasure::kRss:
      return "RSS";
    case MemoryMeasure::kNone:
      break;
  }
  return "";
}

}  // namespace weir
