// SPDX-License-Identifier: Apache-2.0
// The runtime as it was found on this machine, for all models that are loaded with it.
#pragma once

#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "backends/rknn/npu_hardware.h"
#include "backends/rknn/rknn_library.h"
#include "backends/rknn/rknn_session.h"
#include "base/result.h"

namespace weir {

/// Thread-safe.
class RknnRuntime {
 public:
  /// Errors: of RknnLibrary::open(); of check_npu_hardware(), where the library is the vendor's.
  [[nodiscard]] static Result<std::shared_ptr<RknnRuntime>> open(const std::string& library_path);
  RknnRuntime(std::shared_ptr<const RknnLibrary> library, NpuHardware hardware, int cores)
      : library_(std::move(library)), hardware_(std::move(hardware)), cores_(cores) {}

  [[nodiscard]] const RknnLibrary& library() const { return *library_; }
  [[nodiscard]] const NpuHardware& hardware() const { return hardware_; }
  /// Of the NPU; of the simulated one where there is none.
  [[nodiscard]] int cores() const { return cores_; }

  /// rknn_init from a path: the runtime reads the file itself.
  /// Errors name the model: kNotFound, kInvalidArgument (empty; not a model), those of rknn_init.
  [[nodiscard]] Result<std::shared_ptr<RknnHandle>> init(const std::string& model_path);
  /// Says `line` once, however many contexts it is true of.
  void tell_once(const std::string& line);

 private:
  const std::shared_ptr<const RknnLibrary> library_;
  const NpuHardware hardware_;
  const int cores_;
  std::mutex mutex_;
  std::set<std::string> told_;
};

}  // namespace weir
