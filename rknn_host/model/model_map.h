// SPDX-License-Identifier: Apache-2.0
// WEIR_RKNN_HOST_MAP: which network a .rknn file stands for, and how a board would quantise its tensors.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backends/rknn/abi/rknn_api.h"
#include "rknn_host/conversion.h"

namespace weir::rknn_host {

/// What is said of one input or output.
struct TensorEntry {
  rknn_tensor_type type = RKNN_TENSOR_FLOAT16;
  Quantization quantization;
  std::vector<float> mean;       ///< inputs only
  std::vector<float> deviation;  ///< inputs only; none is 0
};

/// The shapes of all inputs, in the order and layout of the network.
using ShapeSet = std::vector<std::vector<size_t>>;

struct ModelEntry {
  std::string model_path;  ///< ONNX or OpenVINO IR; "": the model that was given is one itself
  std::map<std::string, TensorEntry> inputs;
  std::map<std::string, TensorEntry> outputs;
  std::vector<ShapeSet> dynamic_shapes;  ///< the first is what the model starts with
  std::string custom_string;
};

/// The file, read. Its form is in rknn_host/README.md.
class ModelMap {
 public:
  ModelMap() = default;

  /// Throws Failure RKNN_ERR_PARAM_INVALID, naming the file and the key that is wrong. Empty path: an empty
  /// map.
  [[nodiscard]] static ModelMap read(const std::string& path);
  /// `folder` is what paths in `json` are relative to; `label` what messages call the text.
  [[nodiscard]] static ModelMap parse(std::string_view json, const std::string& folder,
                                      const std::string& label);

  /// By the name of a file or the hash of a content; null where there is none.
  [[nodiscard]] const ModelEntry* find(const std::string& name_or_hash) const;

 private:
  std::map<std::string, ModelEntry> models_;
};

}  // namespace weir::rknn_host
