// SPDX-License-Identifier: Apache-2.0
#include "lab/report/markup.h"

#include <array>
#include <cstdint>

#include <fmt/format.h>

namespace weir::lab {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

bool is_continuation(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

/// Bytes of the UTF-8 character at the start of `text`, which is not empty; 0 where there is none that XML
/// holds: https://www.w3.org/TR/xml/#charsets.
size_t character_bytes(std::string_view text) {
  struct Form {
    uint32_t mask, lead, least;
  };
  constexpr std::array<Form, 4> kForms{
      {{0x80, 0x00, 0x20}, {0xE0, 0xC0, 0x80}, {0xF0, 0xE0, 0x800}, {0xF8, 0xF0, 0x10000}}};
  const auto first = static_cast<unsigned char>(text.front());
  if (first == '\t' || first == '\n') return 1;
  for (size_t i = 0; i < kForms.size(); ++i) {
    const Form& form = kForms[i];
    if ((first & form.mask) != form.lead) continue;
    if (text.size() < i + 1) return 0;
    uint32_t code = first & ~form.mask;
    for (const char byte : text.substr(1, i)) {
      if (!is_continuation(byte)) return 0;
      code = code << 6U | (static_cast<unsigned char>(byte) & 0x3FU);
    }
    const bool is_surrogate = code >= 0xD800 && code <= 0xDFFF;
    const bool is_none = code == 0x7F || code == 0xFFFE || code == 0xFFFF || code > 0x10FFFF;
    return code < form.least || is_surrogate || is_none ? 0 : i + 1;
  }
  return 0;
}

}  // namespace

std::string escape(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const size_t bytes = character_bytes(text);
    switch (text.front()) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += bytes == 0 ? kReplacement : text.substr(0, bytes);
    }
    text.remove_prefix(bytes == 0 ? 1 : bytes);
  }
  return out;
}

std::string element(std::string_view name, std::string_view text) {
  return fmt::format("<{}>{}</{}>", name, escape(text), name);
}

}  // namespace weir::lab
