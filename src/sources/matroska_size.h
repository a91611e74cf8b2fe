// SPDX-License-Identifier: Apache-2.0
// libav ends a Matroska or WebM file that was cut off as if nothing were missing; its header knows better.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace weir {

/// How long a Matroska file has to be, from its first bytes (64 do); nothing where they don't tell (a
/// live recording, another format). Format: RFC 8794 sections 4, 5 and 11.
[[nodiscard]] std::optional<int64_t> announced_matroska_bytes(std::span<const uint8_t> head);

}  // namespace weir
