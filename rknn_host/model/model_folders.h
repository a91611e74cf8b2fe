// SPDX-License-Identifier: Apache-2.0
// WEIR_RKNN_HOST_MODELS: where to look for a .rknn file that a program gives as bytes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace weir::rknn_host {

class ModelFolders {
 public:
  ModelFolders() = default;

  /// `text` is DIR[:DIR]..., "" for none. Throws Failure RKNN_ERR_PARAM_INVALID: one is no folder.
  [[nodiscard]] static ModelFolders parse(std::string_view text);

  /// The .rknn files in the folders (not in folders of those) whose content has this hash, as content_hash()
  /// computes it, and this size; by folder, then by name.
  [[nodiscard]] std::vector<std::string> find(const std::string& hash, size_t bytes) const;

 private:
  std::vector<std::string> folders_;
};

/// X.onnx or X.xml beside X.rknn: the network that it was made from; "" where there is neither.
[[nodiscard]] std::string twin_of(const std::string& rknn);

}  // namespace weir::rknn_host
