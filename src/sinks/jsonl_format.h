// SPDX-License-Identifier: Apache-2.0
// How one frame's result is written as JSON; docs/results.md describes it for users.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "types/detection.h"

namespace weir {

/// Writes results of one stream as one-line JSON objects, keys always in the same order. The same
/// result gives the same bytes on every machine, whatever its locale. Immutable: any thread.
class JsonlFormat {
 public:
  /// `labels[class_id]` names a class; one without a name is its number. Bytes in names that are not
  /// UTF-8 are replaced.
  JsonlFormat(std::string_view stream, std::span<const std::string> labels);

  /// The object with the newline after it. Scores have four decimals, coordinates two; what is not
  /// finite is written as 0.
  [[nodiscard]] std::string line(const FrameResult& result) const;

 private:
  void append_detection(std::string& out, const Detection& detection) const;

  std::string quoted_stream_;
  std::vector<std::string> quoted_labels_;
};

}  // namespace weir
