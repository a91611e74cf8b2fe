// SPDX-License-Identifier: Apache-2.0
// From what people write on a command line to values. Errors are kInvalidArgument: one line that names the
// option, what was given and what would be right.
#pragma once

#include <chrono>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/text.h"
#include "engine/config.h"

namespace weir::cli {

/// "30s", "1.5m", "500ms", "2h"; a bare number means seconds.
[[nodiscard]] Result<std::chrono::nanoseconds> parse_duration(std::string_view option, std::string_view text);

/// "auto", "model" or "WxH".
[[nodiscard]] Result<InputSizeChoice> parse_input_size(std::string_view option, std::string_view text);

template <class T>
using Choices = std::span<const std::pair<std::string_view, T>>;

/// One of a few words.
template <class T>
[[nodiscard]] Result<T> parse_choice(std::string_view option, std::string_view text, Choices<T> choices) {
  std::vector<std::string_view> words;
  for (const auto& [word, value] : choices) {
    if (word == text) return value;
    words.push_back(word);
  }
  return Error{ErrorCode::kInvalidArgument,
               std::string(option) + " must be " + join_or(words) + ", not '" + std::string(text) + "'"};
}

/// The name of a file without folder and extension, fit to be printed.
[[nodiscard]] std::string default_stream_name(const std::string& input);

/// INPUT arguments ("path" or "name=path") as streams with unique names: by default the file's name without
/// its extension, with -2, -3, ... where it comes again.
[[nodiscard]] Result<std::vector<StreamConfig>> parse_streams(const std::vector<std::string>& inputs);

/// Gives each stream its model: `paths` and `labels` hold one path for all streams or one per stream;
/// `labels` may be empty. Returns the different models; what is not a path is as in `common`.
[[nodiscard]] Result<std::vector<ModelConfig>> assign_models(std::vector<StreamConfig>& streams,
                                                             const std::vector<std::string>& paths,
                                                             const std::vector<std::string>& labels,
                                                             const ModelConfig& common);

/// A field of a configuration as the command line calls it: "streams[2].when_full" is --when-full.
[[nodiscard]] std::string option_name(std::string_view field);

}  // namespace weir::cli
