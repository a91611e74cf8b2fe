// SPDX-License-Identifier: Apache-2.0
#include "infer/model_files.h"

#include <algorithm>
#include <filesystem>
#include <span>
#include <string_view>
#include <system_error>

#include <fmt/format.h>

#include "base/mapped_file.h"
#include "infer/onnx_external_data.h"

namespace weir {
namespace {

namespace fs = std::filesystem;

Error refused(std::string what) {
  return {ErrorCode::kInvalidArgument, std::move(what)};
}

/// Whether it can be part of a path and of a line.
bool is_name(std::string_view location) {
  constexpr size_t kMostBytes = 4096;
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; };
  return !location.empty() && location.size() <= kMostBytes && std::ranges::none_of(location, is_control);
}

bool lies_within(const fs::path& file, const fs::path& folder) {
  return std::ranges::mismatch(folder, file).in1 == folder.end();
}

/// The file that `external` is for a model in `folder`.
Result<fs::path> locate(const ExternalFile& external, const fs::path& folder) {
  const std::string& location = external.location;
  if (!is_name(location)) return refused("it names a file with tensors in it that can't be a file's name");
  // What ONNX Runtime writes for tensors that lie in a process's memory, where readers would look for them.
  const bool is_memory = location.find("_ORT_MEM_ADDR_") != std::string::npos;
  std::error_code error;
  const fs::path real_folder = fs::canonical(folder.empty() ? "." : folder, error);
  const fs::path file = folder / location;
  if (error || is_memory || fs::path(location).is_absolute() ||
      !lies_within(fs::weakly_canonical(file, error), real_folder)) {
    return refused(
        fmt::format("it keeps tensors in '{}': only files in its own folder or below are read", location));
  }
  const fs::file_status status = fs::status(file, error);
  if (!fs::exists(status)) {
    return Error{ErrorCode::kNotFound, fmt::format("it keeps tensors in '{}', which is not there", location)};
  }
  if (!fs::is_regular_file(status))
    return refused(fmt::format("it keeps tensors in '{}', which is not a file", location));
  const uintmax_t bytes = fs::file_size(file, error);
  if (error || bytes < external.least_bytes) {
    return refused(
        fmt::format("it keeps tensors in '{}', which has {} bytes where it needs {}: cut off, or of "
                    "another model",
                    location, bytes, external.least_bytes));
  }
  return file;
}

/// Adds the files that `onnx`, which lies in `folder`, keeps tensors in. Two spellings of one file are one.
Status add_external_files(std::span<const uint8_t> onnx, const fs::path& folder,
                          std::vector<std::string>& files) {
  WEIR_ASSIGN_OR_RETURN(const std::vector<ExternalFile> externals, find_external_files(onnx));
  for (const ExternalFile& external : externals) {
    WEIR_ASSIGN_OR_RETURN(const fs::path file, locate(external, folder));
    const std::string spelling = file.lexically_normal().string();
    if (std::ranges::find(files, spelling) == files.end()) files.push_back(spelling);
  }
  return {};
}

}  // namespace

Result<std::vector<std::string>> model_files(const std::string& path) {
  std::vector<std::string> files{path};
  const std::string extension = fs::path(path).extension().string();
  if (extension == ".xml") {
    const std::string weights = fs::path(path).replace_extension(".bin").string();
    std::error_code absent;
    if (fs::exists(weights, absent)) files.push_back(weights);
  }
  if (extension == ".onnx") {
    WEIR_ASSIGN_OR_RETURN(const MappedFile onnx, MappedFile::open(path, "model"));
    const Status added = add_external_files(onnx.bytes(), fs::path(path).parent_path(), files);
    if (!added) return added.error().in(fmt::format("model '{}'", path));
  }
  return files;
}

}  // namespace weir
