// SPDX-License-Identifier: Apache-2.0
#include "support/markup.h"

namespace weir::testing {
namespace {

std::string near(std::string_view text, size_t at) {
  constexpr size_t kBefore = 20;
  constexpr size_t kLength = 60;
  return " near '" + std::string(text.substr(at > kBefore ? at - kBefore : 0, kLength)) + "'";
}

std::string find_bad_text(std::string_view text) {
  static const std::regex kEntity("&(amp|lt|gt|quot|#39);.*");
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x20 && byte != '\n' && byte != '\t') return "control character" + near(text, i);
    if (byte != '&') continue;
    const std::string rest(text.substr(i, 8));
    if (!std::regex_search(rest, kEntity, std::regex_constants::match_continuous)) {
      return "bare &" + near(text, i);
    }
  }
  return "";
}

}  // namespace

std::string find_malformed(std::string_view text) {
  static const std::regex kTag(R"re(<(/?)([a-zA-Z0-9]+)((?:\s+[a-zA-Z0-9:-]+="[^"<]*")*)\s*(/?)>)re");
  constexpr std::string_view kDoctype = "<!DOCTYPE html>\n";
  if (text.starts_with(kDoctype)) text.remove_prefix(kDoctype.size());
  std::vector<std::string> open;
  while (!text.empty()) {
    const size_t tag = text.find('<');
    if (const std::string bad = find_bad_text(text.substr(0, tag)); !bad.empty()) return bad;
    if (tag == std::string_view::npos) break;
    text.remove_prefix(tag);
    std::cmatch match;
    if (!std::regex_search(text.data(), text.data() + text.size(), match, kTag,
                           std::regex_constants::match_continuous)) {
      return "no tag" + near(text, 0);
    }
    if (const std::string bad = find_bad_text(match[3].str()); !bad.empty()) return bad;
    if (match[1].length() > 0) {
      if (open.empty() || open.back() != match[2]) return "closes what isn't open" + near(text, 0);
      open.pop_back();
    } else if (match[4].length() == 0) {
      open.push_back(match[2]);
    }
    text.remove_prefix(static_cast<size_t>(match.length()));
  }
  return open.empty() ? "" : "not closed: " + open.back();
}

}  // namespace weir::testing
