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

/// Hash of the bytes of all files that a model is made of (XXH3, 128 bit, hexadecimal): of the one file's
/// bytes, or of those of model_files(), one after the other, and their sizes. Maps the files for the time of
/// the call. Errors: those of model_files(), kNotFound, kInvalidArgument (a folder, unreadable, empty).
[[nodiscard]] Result<std::string> content_hash(const std::string& path);

/// Thread-bound.
class ModelStore {
 public:
  explicit ModelStore(Backend& backend) : backend_(backend) {}

  /// Equal where the models are: content_hash(), for X.rknn with that of the X.onnx or X.xml beside it that a
  /// PC runs in its place. Computed once for a path.
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
