// SPDX-License-Identifier: Apache-2.0
// What contexts share that were made from each other: the network, compiled once for every input shape in
// use.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "rknn_host/memory_account.h"
#include "rknn_host/model/graph.h"
#include "rknn_host/model/model_source.h"

namespace weir::rknn_host {

/// Thread-safe.
class HostModel {
 public:
  /// Reads the network and learns the tensors of every shape set; compiles nothing. Throws Failure
  /// RKNN_ERR_MODEL_INVALID, RKNN_ERR_MALLOC_FAIL.
  HostModel(std::shared_ptr<ov::Core> core, ModelSource source, const Graph::Options& options,
            MemoryAccount& account);

  /// The network compiled for a shape set; the same for all who ask while one of them holds it. Throws
  /// Failure RKNN_ERR_MODEL_INVALID.
  [[nodiscard]] std::shared_ptr<const Graph> graph(size_t shape_set, Form form);

  /// Lets go of the network as it was read, for those who compile nothing.
  void forget_network();

  [[nodiscard]] size_t shape_sets() const { return signatures_.size(); }
  /// The map gives it dynamic_shapes.
  [[nodiscard]] bool has_dynamic_shapes() const { return !source_.entry().dynamic_shapes.empty(); }
  /// The set whose inputs have the most elements: what contexts start with, and what tells programs how large
  /// their memory must be.
  [[nodiscard]] size_t largest_shape_set() const { return largest_shape_set_; }
  [[nodiscard]] const Signature& signature(size_t shape_set) const { return signatures_[shape_set]; }
  /// Of the constants; the same for every shape set.
  [[nodiscard]] int64_t weights_bytes() const { return weights_bytes_; }
  /// What activations take at least, from the shapes: for contexts that compute nothing.
  [[nodiscard]] int64_t least_internal_bytes() const { return least_internal_bytes_; }
  [[nodiscard]] const ModelSource& source() const { return source_; }
  /// The map's, else the names of the classes as the model's metadata has them, else "".
  [[nodiscard]] const std::string& custom_string() const { return custom_string_; }
  /// What a developer should know of it, a line each.
  [[nodiscard]] std::vector<std::string> notes() const;

 private:
  [[nodiscard]] ShapeSet shapes(size_t shape_set) const;

  const std::shared_ptr<ov::Core> core_;
  const ModelSource source_;
  const Graph::Options options_;
  std::vector<Signature> signatures_;
  size_t largest_shape_set_ = 0;
  std::string custom_string_;
  int64_t weights_bytes_ = 0;
  MemoryAccount::Charge weights_charge_;
  int64_t least_internal_bytes_ = 0;
  std::mutex mutex_;
  std::shared_ptr<ov::Model> unused_;  ///< as it was read, until the first graph is compiled from it
  std::map<std::pair<size_t, Form>, std::weak_ptr<const Graph>> graphs_;
};

}  // namespace weir::rknn_host
