// SPDX-License-Identifier: Apache-2.0
#include "backends/rknn/rknn_runtime.h"

#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "backends/rknn/rknn_error.h"

namespace weir {
namespace {

/// Of the NPU that weir's host runtime simulates: it is told the same way.
int simulated_cores() {
  constexpr int kDefault = 3;
  constexpr std::string_view kKey = "cores=";
  const char* variable = std::getenv("WEIR_RKNN_HOST");
  std::string_view settings = variable != nullptr ? variable : "";
  while (!settings.empty()) {
    const std::string_view setting = settings.substr(0, settings.find(','));
    settings.remove_prefix(std::min(settings.size(), setting.size() + 1));
    if (!setting.starts_with(kKey)) continue;
    int cores = 0;
    std::from_chars(setting.data() + kKey.size(), setting.data() + setting.size(), cores);
    if (cores >= 1) return cores;  // what is wrong with it, the runtime says
  }
  return kDefault;
}

Status check_model_file(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) {
    return Error{ErrorCode::kNotFound, fmt::format("no such model file: '{}'", path)};
  }
  if (std::filesystem::file_size(path, error) == 0) {
    return Error{ErrorCode::kInvalidArgument, fmt::format("model '{}' is empty", path)};
  }
  return {};
}

}  // namespace

Result<std::shared_ptr<RknnRuntime>> RknnRuntime::open(const std::string& library_path) {
  const NpuHardware hardware = read_npu_hardware();
  auto library = RknnLibrary::open(library_path);
  if (library && (*library)->host_runtime) {
    return std::make_shared<RknnRuntime>(*std::move(library), NpuHardware{}, simulated_cores());
  }
  // Before the library's error: what a board lacks most is not always the library.
  WEIR_RETURN_IF_ERROR(check_npu_hardware(hardware));
  if (!library) return std::move(library).error();
  const int cores = hardware.chip.empty() ? simulated_cores() : hardware.cores;
  return std::make_shared<RknnRuntime>(*std::move(library), hardware, cores);
}

Result<std::shared_ptr<RknnHandle>> RknnRuntime::init(const std::string& model_path) {
  WEIR_RETURN_IF_ERROR(check_model_file(model_path));
  std::string path = model_path;  // the interface has no const
  rknn_context context = 0;
  const int code = library_->init(&context, path.data(), 0, 0, nullptr);
  if (code == RKNN_SUCC) return std::make_shared<RknnHandle>(library_, context, /*shares=*/false);
  Error error = rknn_error("rknn_init", code).in(fmt::format("model '{}'", model_path));
  if (!library_->host_runtime && std::filesystem::path(model_path).extension() != ".rknn") {
    error.message += "; an NPU runs .rknn files, made by RKNN-Toolkit2";
  }
  return error;
}

void RknnRuntime::tell_once(const std::string& line) {
  const std::lock_guard lock(mutex_);
  if (told_.insert(line).second) spdlog::warn(line);
}

}  // namespace weir
