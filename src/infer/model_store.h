// SPDX-License-Identifier: Apache-2.0
// Turns a sharing policy into models: who asks for the same content gets the same model.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "infer/backend.h"

namespace weir {

/// Hash of the bytes of all files that a model is made of (XXH3, 128 bit, hexadecimal): of the one file's
/// bytes, or of those of model_files(), one after the other, and their sizes. Maps the files for the time of
/// the call. Errors: those of model_files(), kNotFound, kInvalidArgument (a folder, unreadable, empty).
[[nodiscard]] Result<std::string> content_hash(const std::string& path);

/// Equal where the models are: content_hash(), for X.rknn with that of the X.onnx or X.xml beside it that a
/// PC runs in its place. Errors: those of content_hash().
[[nodiscard]] Result<std::string> identity_hash(const std::string& path);

/// Knows the models that are there; those who use one keep it.
class ModelStore {
 public:
  /// Loads, or returns the model that was loaded for the same content, input size, precision, backend and
  /// sharer and is still in use. `hash`: identity_hash() of spec.path. `sharer` names who may share: "" for
  /// everybody, a stream's name, or a name of its own per context. One call at a time.
  [[nodiscard]] Result<std::shared_ptr<Model>> get(Backend& backend, const ModelSpec& spec,
                                                   const std::string& hash, std::string_view sharer);

  /// Those in use, in the order in which they were loaded. Any thread.
  [[nodiscard]] std::vector<std::shared_ptr<Model>> models() const;

 private:
  struct Entry {
    std::string identity;
    std::weak_ptr<Model> model;
  };

  mutable std::mutex mutex_;  // guards entries_
  std::vector<Entry> entries_;
};

}  // namespace weir
