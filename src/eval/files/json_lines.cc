// SPDX-License-Identifier: Apache-2.0
#include "eval/files/json_lines.h"

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <filesystem>

#include <fmt/format.h>

namespace weir::eval {
namespace {

Error not_read(const std::string& path, const char* reason) {
  return {ErrorCode::kNotFound, fmt::format("{}: can't be read: {}", path, reason)};
}

/// The next line that is not blank, counting all.
bool next_line(std::istream& file, std::string& line, int64_t& number) {
  while (std::getline(file, line)) {
    ++number;
    if (line.find_first_not_of(" \t\r") != std::string::npos) return true;
  }
  return false;
}

}  // namespace

Result<std::ifstream> open_to_read(const std::string& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) return not_read(path, "it is a folder");
  std::ifstream file(path, std::ios::binary);
  if (!file) return not_read(path, std::strerror(errno));
  return file;
}

Status for_each_json_line(const std::string& path, const std::function<Status(const Json& line)>& read) {
  WEIR_ASSIGN_OR_RETURN(std::ifstream file, open_to_read(path));
  int64_t number = 0;
  for (std::string line; next_line(file, line, number);) {
    const Json json = Json::parse(line, nullptr, false);
    const Status status = json.is_discarded() ? Error{ErrorCode::kInvalidArgument, "not JSON"} : read(json);
    if (!status) return status.error().in(fmt::format("{}, line {}", path, number));
  }
  if (file.bad()) return not_read(path, std::strerror(errno));
  return {};
}

Result<Json> first_json_line(const std::string& path) {
  WEIR_ASSIGN_OR_RETURN(std::ifstream file, open_to_read(path));
  int64_t number = 0;
  std::string line;
  if (!next_line(file, line, number)) return Json();
  const auto own_keys = [](int depth, Json::parse_event_t, Json&) { return depth <= 1; };
  return Json::parse(line, own_keys, false);
}

}  // namespace weir::eval
