// SPDX-License-Identifier: Apache-2.0
// Turns a sharing policy into models: who asks for the same content gets the same model.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "infer/backend.h"

namespace weir {

/// Hash of a model file's bytes (XXH3, 128 bit, hexadecimal); with the weights
/// files beside it (X.bin of an OpenVINO IR X.xml; X.onnx.data or X.onnx_data of X.onnx).
/// Maps the file for the time of the call. Errors: kNotFound, kInvalidArgument (a folder, unreadable, empty).
[[nodiscard]] Result<std::string> content_hash(const std::string& path);

/// Thread-bound.
class ModelStore {
 public:
  explicit ModelStore(Backend& backend) : backend_(backend) {}

  /// content_hash(), computed once for a path.
  [[nodiscard]] Result<std::string> hash_of(const std::string& path);

  /// Loads, or returns the model that was loaded for the same content, input size, precision and sharer.
  /// `sharer` names who may share: "" for everybody, a stream's name, or a name of its own per context.
  [[nodiscard]] Result<std::shared_ptr<Model>> get(const ModelSpec& spec, std::string_view sharer);

  /// In the order they were loaded.
  [[nodiscard]] const std::vector<std::shared_ptr<Model>>& models() const { return models_; }

 private:
  Backend& backend_;
  std::vector<std::shared_ptr<Model>> models_;
  std::unordered_map<std::string, std::shared_ptr<Model>> by_identity_;
  std::unordered_map<std::string, std::string> hash_of_path_;
};

}  // namespace weir
