// SPDX-License-Identifier: Apache-2.0
// Where the network comes from that rknn_init is asked for: a file, or bytes that are the caller's.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <openvino/core/model.hpp>

#include "rknn_host/model/model_folders.h"
#include "rknn_host/model/model_map.h"
#include "rknn_host/model/rknn_file.h"

namespace weir::rknn_host {

/// Which part of a file or buffer is the model (rknn_init_extend).
struct Slice {
  int64_t offset = 0;
  uint32_t size = 0;  ///< 0: to the end
};

/// What says which network a .rknn file stands for.
struct Catalog {
  ModelMap map;
  ModelFolders folders;
};

/// Immutable. The network can be read again as long as this lives: another input shape is compiled when a
/// program asks for it, and neither the file's bytes nor the graph stay in memory until then.
class ModelSource {
 public:
  /// The model that `path` names: ONNX, OpenVINO IR (.xml with its .bin beside it), or X.rknn, for which the
  /// catalog's map, or X.onnx or X.xml beside it, or the catalog's folders say what to run. Throws Failure
  /// RKNN_ERR_MODEL_INVALID, RKNN_ERR_PARAM_INVALID (slice).
  [[nodiscard]] static ModelSource from_path(const std::string& path, const Slice& slice,
                                             const Catalog& catalog);

  /// The model in `bytes`, which may be freed afterwards: ONNX, or a .rknn that the catalog knows by its
  /// content. Throws as from_path().
  [[nodiscard]] static ModelSource from_bytes(std::span<const uint8_t> bytes, const Slice& slice,
                                              const Catalog& catalog);

  /// Throws Failure RKNN_ERR_MODEL_INVALID, also for a file that is another one by now.
  [[nodiscard]] std::shared_ptr<ov::Model> read() const;

  [[nodiscard]] const ModelEntry& entry() const { return entry_; }
  /// Of the bytes that were given, as weir computes it (XXH3, 128 bits); "" for a path where only its twin
  /// is.
  [[nodiscard]] const std::string& hash() const { return hash_; }
  /// For messages.
  [[nodiscard]] const std::string& label() const { return label_; }
  /// What WEIR_RKNN_HOST_MAP can call it: the name of its .rknn or other file, else the hash.
  [[nodiscard]] const std::string& key() const { return key_; }
  /// The tensors as the .rknn file names them; none where there is no such file, or it names none.
  [[nodiscard]] const std::vector<PlainTensor>& plain_tensors() const { return plain_tensors_; }
  /// Where what runs is not what the program seems to give: a line for the developer; else "".
  [[nodiscard]] const std::string& note() const { return note_; }

 private:
  class UnlinkedFile;

  /// `path` is "" where the program gave bytes, or a part of a file.
  static ModelSource from_content(std::span<const uint8_t> bytes, const std::string& label,
                                  const std::string& path, const ModelEntry* entry, const Catalog& catalog);

  /// Takes the network of the first of these .rknn files which has one.
  bool use_one_of(const std::vector<std::string>& rknn_files, const ModelMap& map);
  /// False for "".
  bool use_file(std::string path);

  std::string label_;
  std::string key_;
  std::string hash_;
  std::string note_;
  std::vector<PlainTensor> plain_tensors_;
  ModelEntry entry_;
  std::string path_;                           ///< of the ONNX file or IR; "" where it was bytes
  std::string file_hash_;                      ///< of what path_ names
  std::shared_ptr<const UnlinkedFile> bytes_;  ///< the bytes, on disk
};

}  // namespace weir::rknn_host
