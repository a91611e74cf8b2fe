// SPDX-License-Identifier: Apache-2.0
#include "backends/all_backends.h"

#include <fmt/format.h>

#include "backends/fake/fake_backend.h"
#include "backends/rknn/rknn_backend.h"
#include "base/file.h"
#include "base/text.h"
#ifdef WEIR_OPENVINO
#include "backends/openvino/openvino_backend.h"
#endif

namespace weir {

std::vector<std::unique_ptr<Backend>> all_backends(const BackendOptions& options) {
  std::vector<std::unique_ptr<Backend>> backends;
#ifdef WEIR_OPENVINO
  backends.push_back(make_openvino_backend());
#endif
  backends.push_back(make_rknn_backend(options.rknn_library));
  backends.push_back(make_fake_backend());
  return backends;
}

Result<std::unique_ptr<Backend>> open_backend(std::string_view name, const BackendOptions& options,
                                              std::string_view model_path) {
  if (name == "auto" && model_path.ends_with(".rknn")) name = "rknn";
  std::string reasons;
  std::vector<std::string_view> names{"auto"};
  std::vector<std::unique_ptr<Backend>> backends = all_backends(options);
  for (auto& backend : backends) {
    names.push_back(backend->name());
    const bool automatic = name == "auto" && backend->name() != "fake";
    if (!automatic && name != backend->name()) continue;
    const Status status = backend->probe();
    if (status) return std::move(backend);
    if (!automatic && !out_of_descriptors()) return status.error().in(fmt::format("backend '{}'", name));
    reasons += fmt::format("; {}: {}", backend->name(), status.error().message);
  }
  if (out_of_descriptors()) {
    return Error{ErrorCode::kResourceExhausted,
                 "no backend can be loaded: this process has as many files open as it may (ulimit -n)"};
  }
  if (name == "auto") return Error{ErrorCode::kUnsupported, "no backend can run here" + reasons};
  return Error{ErrorCode::kInvalidArgument,
               fmt::format("no backend '{}'; this program has {}", name, join_or(names))};
}

}  // namespace weir
