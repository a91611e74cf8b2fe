// SPDX-License-Identifier: Apache-2.0
// Where the network comes from that rknn_init is asked for: a file, or bytes that are the caller's.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include <openvino/core/model.hpp>

#include "rknn_host/model/model_map.h"

namespace weir::rknn_host {

/// Which part of a file or buffer is the model (rknn_init_extend).
struct Slice {
  int64_t offset = 0;
  uint32_t size = 0;  ///< 0: to the end
};

/// Immutable. The network can be read again as long as this lives: another input shape is compiled when a
/// program asks for it, and neither the file's bytes nor the graph stay in memory until then.
class ModelSource {
 public:
  /// The model that `path` names: ONNX, OpenVINO IR (.xml with its .bin beside it), or X.rknn, for which
  /// `map`, or X.onnx or X.xml beside it, says what to run. Throws Failure RKNN_ERR_MODEL_INVALID,
  /// RKNN_ERR_PARAM_INVALID (slice).
  [[nodiscard]] static ModelSource from_path(const std::string& path, const Slice& slice,
                                             const ModelMap& map);

  /// The model in `bytes`, which may be freed afterwards: ONNX, or a .rknn that `map` knows by its hash.
  /// Throws as from_path().
  [[nodiscard]] static ModelSource from_bytes(std::span<const uint8_t> bytes, const Slice& slice,
                                              const ModelMap& map);

  /// Throws Failure RKNN_ERR_MODEL_INVALID, also for a file that is another one by now.
  [[nodiscard]] std::shared_ptr<ov::Model> read() const;

  [[nodiscard]] const ModelEntry& entry() const { return entry_; }
  /// Of the bytes that were given, as weir computes it (XXH3, 128 bits); "" for a path where only its twin
  /// is.
  [[nodiscard]] const std::string& hash() const { return hash_; }
  /// For messages.
  [[nodiscard]] const std::string& label() const { return label_; }

 private:
  class UnlinkedFile;

  static ModelSource from_content(std::span<const uint8_t> bytes, const std::string& label,
                                  const ModelEntry* entry, const ModelMap& map);

  /// False for "".
  bool use_file(std::string path);

  std::string label_;
  std::string hash_;
  ModelEntry entry_;
  std::string path_;                           ///< of the ONNX file or IR; "" where it was bytes
  std::string file_hash_;                      ///< of what path_ names
  std::shared_ptr<const UnlinkedFile> bytes_;  ///< the bytes, on disk
};

}  // namespace weir::rknn_host
