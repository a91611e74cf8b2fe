// SPDX-License-Identifier: Apache-2.0
// A small detector as an ONNX file, made without any tool.
#pragma once

#include <string>

#include "types/size.h"

namespace weir::testing {

/// What the graph does with the numbers of its last layers, x, y, w, h, objectness and classes.
enum class OnnxHead {
  kRaw,        ///< a YOLOX head: sigmoid(objectness), sigmoid(classes)
  kDecoded,    ///< the same, and boxes as YOLOX's --decode_in_inference exports them, in pixels
  kSigmoidXy,  ///< the same, but with boxes' centres as YOLOv5 has them
  kLogits      ///< nothing at all
};

struct OnnxDetector {
  InputSize size = {64, 64};
  int best_class = 0;  ///< of three
  OnnxHead head = OnnxHead::kRaw;
  std::string weights_in;  ///< where the last layer's weights and biases lie; "": in the file itself
};

/// A detector of strides 8, 16 and 32 that finds an object of `best_class` in every cell of every picture, in
/// the middle of the cell and 1.6 cells wide: "images" [1,3,H,W] to "output" [1,N,8]. Graphs differ by size,
/// head and weights_in alone. Writes the weights, too, if weights_in is a file's name; makes folders. Returns
/// `path`.
std::string write_onnx_detector(const std::string& path, const OnnxDetector& detector = {});

}  // namespace weir::testing
