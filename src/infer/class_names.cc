// SPDX-License-Identifier: Apache-2.0
#include "infer/class_names.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace weir {
namespace {

/// Takes one thing after the other off the front of a text, spaces before it included.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool take(char wanted) {
    skip_spaces();
    if (!rest_.starts_with(wanted)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  /// 17, '17' or "17".
  bool take_number(size_t wanted) {
    skip_spaces();
    const std::string_view before = rest_;
    if (const auto text = take_string()) return *text == std::to_string(wanted);
    size_t value = 0;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    if (error != std::errc{} || value != wanted) return false;
    rest_.remove_prefix(static_cast<size_t>(end - before.data()));
    return true;
  }

  std::optional<std::string> take_string() {
    skip_spaces();
    if (!rest_.starts_with('\'') && !rest_.starts_with('"')) return std::nullopt;
    std::string text;
    for (size_t i = 1; i < rest_.size(); ++i) {
      if (rest_[i] == rest_[0]) {
        rest_.remove_prefix(i + 1);
        return text;
      }
      if (rest_[i] == '\\' && ++i == rest_.size()) break;
      text += rest_[i];
    }
    return std::nullopt;
  }

  bool at_end() {
    skip_spaces();
    return rest_.empty();
  }

 private:
  void skip_spaces() { rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r\n"), rest_.size())); }

  std::string_view rest_;
};

}  // namespace

std::vector<std::string> parse_class_names(std::string_view text) {
  Scanner scanner(text);
  const bool numbered = scanner.take('{');
  if (!numbered && !scanner.take('[')) return {};
  const char close = numbered ? '}' : ']';
  std::vector<std::string> names;
  do {
    if (numbered && !(scanner.take_number(names.size()) && scanner.take(':'))) return {};
    auto name = scanner.take_string();
    if (!name) return {};
    names.push_back(std::move(*name));
  } while (scanner.take(','));
  return scanner.take(close) && scanner.at_end() ? names : std::vector<std::string>();
}

}  // namespace weir
