// SPDX-License-Identifier: Apache-2.0
#include "rknn_host/model/model_folders.h"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "backends/rknn/abi/rknn_api.h"
#include "infer/model_store.h"
#include "rknn_host/failure.h"

namespace weir::rknn_host {

namespace fs = std::filesystem;

ModelFolders ModelFolders::parse(std::string_view text) {
  ModelFolders result;
  while (!text.empty()) {
    const std::string folder(text.substr(0, text.find(':')));
    text.remove_prefix(std::min(text.size(), folder.size() + 1));
    if (folder.empty()) continue;
    std::error_code error;
    if (!fs::is_directory(folder, error)) {
      throw Failure(RKNN_ERR_PARAM_INVALID, fmt::format("WEIR_RKNN_HOST_MODELS: '{}' is no folder", folder));
    }
    result.folders_.push_back(folder);
  }
  return result;
}

std::vector<std::string> ModelFolders::find(const std::string& hash, size_t bytes) const {
  std::vector<std::string> found;
  for (const std::string& folder : folders_) {
    const auto first = static_cast<ptrdiff_t>(found.size());
    std::error_code error;
    for (const fs::directory_entry& file : fs::directory_iterator(folder, error)) {
      std::error_code unreadable;
      if (file.path().extension() != ".rknn" || !file.is_regular_file(unreadable)) continue;
      if (file.file_size(unreadable) != bytes) continue;
      if (content_hash(file.path().string()).value_or("") == hash) found.push_back(file.path().string());
    }
    std::sort(found.begin() + first, found.end());
    if (error) {
      throw Failure(RKNN_ERR_PARAM_INVALID,
                    fmt::format("WEIR_RKNN_HOST_MODELS: '{}': {}", folder, error.message()));
    }
  }
  return found;
}

std::string twin_of(const std::string& rknn) {
  for (const char* extension : {".onnx", ".xml"}) {
    const fs::path twin = fs::path(rknn).replace_extension(extension);
    if (fs::is_regular_file(twin)) return twin.string();
  }
  return "";
}

}  // namespace weir::rknn_host
