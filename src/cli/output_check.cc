// SPDX-License-Identifier: Apache-2.0
#include "cli/output_check.h"

#include <filesystem>
#include <map>
#include <utility>
#include <vector>

#include <sys/stat.h>

#include <fmt/format.h>

#include "infer/model_files.h"
#include "sinks/annotate_sink.h"
#include "sources/source.h"

namespace weir::cli {
namespace {

namespace fs = std::filesystem;

/// Files by what they are, not by how they are spelled.
class Files {
 public:
  /// The use of the file that is there already; "" for a new one.
  std::string add(std::string_view path, const std::string& use) {
    if (path.empty() || path == "-") return "";
    struct stat info {};
    if (stat(std::string(path).c_str(), &info) == 0) {
      if (!S_ISREG(info.st_mode)) return "";
      const auto [found, is_new] = there_.try_emplace({info.st_dev, info.st_ino}, use);
      return is_new ? "" : found->second;
    }
    std::error_code error;
    const fs::path canonical = fs::weakly_canonical(fs::absolute(path, error), error);
    const auto [found, is_new] = new_.try_emplace(canonical.empty() ? fs::path(path) : canonical, use);
    return is_new ? "" : found->second;
  }

 private:
  std::map<std::pair<dev_t, ino_t>, std::string> there_;
  std::map<fs::path, std::string> new_;
};

}  // namespace

Status check_outputs(std::span<const FileUse> read, std::span<const FileUse> outputs) {
  Files files;
  for (const FileUse& file : read) files.add(file.path, file.use);
  for (const FileUse& file : outputs) {
    const std::string other = files.add(file.path, file.use);
    if (other.empty()) continue;
    return Error{ErrorCode::kInvalidArgument,
                 fmt::format("{} can't be written to '{}': it is {}", file.use, file.path, other)};
  }
  return {};
}

std::vector<std::string> files_of_model(const std::string& path) {
  return model_files(path).value_or(std::vector{path});
}

Status check_outputs(const EngineConfig& config, const std::string& summary) {
  std::vector<FileUse> read;
  std::vector<FileUse> outputs;
  for (const ModelConfig& model : config.models) {
    for (std::string& file : files_of_model(model.path)) read.push_back({std::move(file), "a model"});
    read.push_back({model.labels, "a labels file"});
  }
  for (const StreamConfig& stream : config.streams)
    read.push_back({file_of(stream.input).value_or(""), "an input"});
  for (const OutputConfig& output : config.outputs) {
    if (output.kind != OutputKind::kAnnotate) {
      outputs.push_back({output.path, "the results"});
      continue;
    }
    for (const StreamConfig& stream : config.streams) {
      if (!output.takes(stream.name)) continue;
      for (const char* extension : {".mp4", ".jpg"}) {
        outputs.push_back({fs::path(output.path) / (safe_file_name(stream.name) + extension),
                           fmt::format("the annotated '{}'", stream.name)});
      }
    }
  }
  outputs.push_back({summary, "the summary"});
  return check_outputs(read, outputs);
}

}  // namespace weir::cli
