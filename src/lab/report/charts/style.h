// SPDX-License-Identifier: Apache-2.0
// Colours and type of the charts, for light and dark pages and for print. The colours of kinds that lie
// beside each other in a bar differ in lightness too: they can be told apart without seeing colours. All have
// a contrast of at least 3 to the ground.
#pragma once

#include <string>
#include <string_view>

#include "types/ledger.h"

namespace weir::lab {

/// The style sheet of every <svg class="chart">.
[[nodiscard]] std::string chart_style();

/// A kind of the ledger as a class.
[[nodiscard]] std::string_view class_of_kind(MemoryKind kind);

/// Where a kind belongs in a bar, least first: what sharing changes, what a stream needs, what a process
/// needs anyway, what is not known.
[[nodiscard]] size_t place_of_kind(MemoryKind kind);

}  // namespace weir::lab
