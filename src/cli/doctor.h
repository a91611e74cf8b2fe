// SPDX-License-Identifier: Apache-2.0
// What `weir doctor` found, and how it says it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "backends/rknn/npu_hardware.h"
#include "base/result.h"
#include "infer/backend.h"
#include "memory/process_memory.h"

namespace weir::cli {

/// One backend, asked.
struct BackendFinding {
  std::string name;
  Result<DeviceInfo> device;               ///< why it can't run here, where it can't
  std::optional<Result<ModelInfo>> model;  ///< what it says of the model; nothing where it was not asked

  /// It runs, and takes the model if there is one.
  [[nodiscard]] bool fit() const { return device && (!model || *model); }
};

struct Findings {
  std::string model_path;  ///< "" where none was named
  std::vector<BackendFinding> backends;
  NpuHardware npu;
  Result<ProcessMemory> memory;  ///< of this process now: what a run could measure

  /// Whether a backend that detects something is fit: the fake one doesn't.
  [[nodiscard]] bool can_run() const;
};

/// Asks each backend; about the model only those that can run.
[[nodiscard]] Findings examine(const std::vector<std::unique_ptr<Backend>>& backends,
                               const std::string& model_path);

/// Several lines for a terminal.
[[nodiscard]] std::string to_text(const Findings& findings);
/// One JSON object, indented.
[[nodiscard]] std::string to_json_text(const Findings& findings);

}  // namespace weir::cli
