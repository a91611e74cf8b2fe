// SPDX-License-Identifier: Apache-2.0
// What the engine does around a context's run: picture in, detections out.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "detect/decoder.h"
#include "image/letterbox.h"
#include "infer/backend.h"
#include "types/detection.h"
#include "types/picture.h"
#include "types/tensor.h"

namespace weir {

struct DetectorConfig {
  float score_threshold = 0.25F;  ///< 0..1; lower scores are left out
  float nms_threshold = 0.45F;    ///< 0..1; IoU above which two boxes of a class are one object
  std::string labels_path;        ///< one class name a line; "": the model's own names, or COCO's

  [[nodiscard]] Status validate() const;
};

/// Preprocessing, decoding, suppression and names for one model. Immutable, thread-safe.
class Detector {
 public:
  /// kInvalidArgument: a threshold out of range; labels that don't fit; a model whose inputs[0] is not
  /// [1,H,W,3] u8 NHWC, or whose outputs no decoder reads. kNotFound: no labels file.
  [[nodiscard]] static Result<std::shared_ptr<const Detector>> create(const ModelInfo& model,
                                                                      const DetectorConfig& config);

  /// `context`: of the model, as Model::new_context() gives it. kInvalidArgument: the model's outputs have
  /// the shape of what this detector reads, but what is in them is something else.
  [[nodiscard]] Status check(const Context& context) const;

  /// Scales and converts into `input`, which the model allocated; `scratch` is the caller's, one a thread.
  Letterbox preprocess(const PictureView& picture, InputBuffer& input, LetterboxScratch& scratch) const;

  /// `outputs`: those of the model, in its order. Boxes in source pixels as displayed, clipped to the
  /// picture, by falling score; what is empty after clipping is left out.
  [[nodiscard]] std::vector<Detection> detect(std::span<const ConstTensorView> outputs,
                                              const Letterbox& letterbox) const;

  [[nodiscard]] int num_classes() const { return static_cast<int>(labels_.size()); }
  /// 0 <= class_id < num_classes()
  [[nodiscard]] const std::string& label(int class_id) const {
    return labels_[static_cast<size_t>(class_id)];
  }
  [[nodiscard]] const std::vector<std::string>& labels() const { return labels_; }

 private:
  Detector(const ModelInfo& model, const DetectorConfig& config, std::unique_ptr<Decoder> decoder,
           std::vector<std::string> labels);

  InputSize input_size_;
  size_t row_stride_bytes_;
  size_t num_outputs_;
  DetectorConfig config_;
  std::unique_ptr<Decoder> decoder_;
  std::vector<std::string> labels_;
};

}  // namespace weir
