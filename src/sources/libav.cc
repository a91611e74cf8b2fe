// SPDX-License-Identifier: Apache-2.0
#include "sources/libav.h"

#include <array>
#include <cstdarg>
#include <string_view>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

namespace weir {
namespace {

void log_line(void* object, int level, const char* format, va_list arguments) {
  if (level > AV_LOG_WARNING || !spdlog::should_log(spdlog::level::debug)) return;
  std::array<char, 512> line{};
  int print_prefix = 1;
  av_log_format_line2(object, level, format, arguments, line.data(), static_cast<int>(line.size()),
                      &print_prefix);
  std::string_view text(line.data());
  while (text.ends_with('\n')) text.remove_suffix(1);
  spdlog::debug(fmt::format("libav: {}", text));
}

}  // namespace

std::string libav_error_text(int code) {
  std::array<char, AV_ERROR_MAX_STRING_SIZE> text{};
  av_strerror(code, text.data(), text.size());
  return text.data();
}

void route_libav_log() {
  av_log_set_callback(log_line);
}

}  // namespace weir
