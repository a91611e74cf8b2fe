// SPDX-License-Identifier: Apache-2.0
#include "backends/rknn/rknn_backend.h"

#include <mutex>
#include <utility>

#include <fmt/format.h>

#include "backends/rknn/rknn_model.h"
#include "backends/rknn/rknn_runtime.h"

namespace weir {
namespace {

class RknnBackend : public Backend {
 public:
  explicit RknnBackend(std::string library_path) : library_path_(std::move(library_path)) {}

  std::string_view name() const override { return "rknn"; }

  Status probe() override {
    const auto found = runtime();
    return found ? Status{} : Status{found.error()};
  }

  Result<DeviceInfo> device() override {
    WEIR_ASSIGN_OR_RETURN(const std::shared_ptr<RknnRuntime> found, runtime());
    const NpuHardware& hardware = found->hardware();
    const bool simulated = found->library().host_runtime;
    DeviceInfo info{.name = simulated               ? "simulated NPU"
                            : hardware.chip.empty() ? "NPU of an unknown chip"
                                                    : hardware.chip + " NPU",
                    .cores = found->cores(),
                    .precisions = {Precision::kI8, Precision::kF16},
                    .runtime_version = found->library().version};
    if (simulated) info.precisions = {Precision::kF32};
    if (!hardware.driver_version.empty()) info.runtime_version += ", driver " + hardware.driver_version;
    return info;
  }

  /// The runtime tells shapes only of what it has loaded whole.
  Result<ModelInfo> inspect(const ModelSpec& spec) override {
    WEIR_ASSIGN_OR_RETURN(const std::shared_ptr<RknnRuntime> found, runtime());
    WEIR_ASSIGN_OR_RETURN(RknnLoaded loaded, load_rknn(*found, spec));
    return std::move(loaded.tensors.info);
  }

  Result<std::shared_ptr<Model>> load(const ModelSpec& spec) override {
    WEIR_ASSIGN_OR_RETURN(std::shared_ptr<RknnRuntime> found, runtime());
    WEIR_ASSIGN_OR_RETURN(std::shared_ptr<RknnModel> model, RknnModel::load(std::move(found), spec));
    return model;
  }

 private:
  Result<std::shared_ptr<RknnRuntime>> runtime() {
    const std::lock_guard lock(mutex_);
    if (runtime_ == nullptr) {
      WEIR_ASSIGN_OR_RETURN(runtime_, RknnRuntime::open(library_path_));
    }
    return runtime_;
  }

  const std::string library_path_;
  std::mutex mutex_;
  std::shared_ptr<RknnRuntime> runtime_;
};

}  // namespace

std::unique_ptr<Backend> make_rknn_backend(std::string library_path) {
  return std::make_unique<RknnBackend>(std::move(library_path));
}

}  // namespace weir
