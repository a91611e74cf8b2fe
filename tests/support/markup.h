// SPDX-License-Identifier: Apache-2.0
// Looks into HTML and SVG that weir writes.
#pragma once

#include <regex>
#include <string>
#include <string_view>
#include <vector>

namespace weir::testing {

/// What is wrong with `text` as XML, "" if nothing: tags that don't match, attributes or text with bare "<",
/// "&" or control characters. Knows what weir's writers use: no comments, no CDATA.
std::string find_malformed(std::string_view text);

/// Of every element whose class list begins with `classes`: the number in that attribute.
inline std::vector<double> numbers_of(const std::string& text, const std::string& classes,
                                      const std::string& attribute) {
  const std::regex pattern("class=\"" + classes + "[^>]* " + attribute + "=\"([^\"]*)\"");
  std::vector<double> values;
  for (std::sregex_iterator i(text.begin(), text.end(), pattern); i != std::sregex_iterator(); ++i) {
    values.push_back(std::stod((*i)[1]));
  }
  return values;
}

inline size_t count_of(std::string_view text, std::string_view part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

}  // namespace weir::testing
