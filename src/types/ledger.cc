// SPDX-License-Identifier: Apache-2.0
#include "types/ledger.h"

#include <algorithm>

namespace weir {

std::string_view to_string(MemoryKind kind) {
  return std::ranges::find(kMemoryKinds, kind, [](const auto& named) { return named.first; })->second;
}

MemoryKind memory_kind(std::string_view name) {
  const auto found = std::ranges::find(kMemoryKinds, name, [](const auto& named) { return named.second; });
  return found == kMemoryKinds.end() ? MemoryKind::kOther : found->first;
}

std::vector<KindBytes> by_kind(const std::vector<LedgerEntry>& ledger) {
  std::vector<KindBytes> sums;
  for (const LedgerEntry& entry : ledger) {
    const auto found = std::ranges::find(sums, entry.kind, &KindBytes::kind);
    if (found == sums.end()) {
      sums.push_back({entry.kind, entry.bytes});
    } else {
      found->bytes += entry.bytes;
    }
  }
  return sums;
}

}  // namespace weir
