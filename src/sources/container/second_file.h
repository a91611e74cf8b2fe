// SPDX-License-Identifier: Apache-2.0
// Files that were put one behind the other (`cat a.mp4 b.mp4`): libav reads the first, or all with its
// parameters.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>

namespace weir {

/// Reads as many bytes from an offset on as there are and fit.
using ReadAt = std::function<std::span<const uint8_t>(int64_t offset, std::span<uint8_t> into)>;

/// Where a second file of the same kind begins, for the kinds that say how long they are: MP4 and QuickTime,
/// AVI, ASF (WMV), Matroska and WebM. `format` is libav's name. Formats: ISO/IEC 14496-12 section 4.2; the
/// AVI RIFF file reference with OpenDML's extension; the Advanced Systems Format specification, section 2;
/// RFC 8794.
[[nodiscard]] std::optional<int64_t> second_file_at(std::string_view format, const ReadAt& read_at);

/// The same of an FLV, which has to be walked through from tag to tag: for the end of reading. Format: Adobe
/// Flash Video File Format Specification 10.1, annex E.
[[nodiscard]] std::optional<int64_t> second_flv_at(const ReadAt& read_at);

}  // namespace weir
