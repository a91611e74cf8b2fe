// SPDX-License-Identifier: Apache-2.0
#include "cli/default_model.h"

#include <filesystem>
#include <system_error>

#include "base/file.h"

namespace weir::cli {

std::string default_model() {
  namespace fs = std::filesystem;
  std::error_code error;
  const fs::path folder = fs::path(program_path()).parent_path();
  for (const fs::path& path :
       {folder / "models/street.onnx", folder.parent_path() / "share/weir/street.onnx"}) {
    if (fs::is_regular_file(path, error)) return path.string();
  }
  return "";
}

}  // namespace weir::cli
