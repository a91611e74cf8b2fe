// SPDX-License-Identifier: Apache-2.0
// A small detector as an ONNX file, made without any tool.
#pragma once

#include <string>

#include "types/size.h"

namespace weir::testing {

struct OnnxDetector {
  InputSize size = {64, 64};
  int best_class = 0;      ///< of three
  std::string weights_in;  ///< where the last layer's weights and biases lie; "": in the file itself
};

/// A raw YOLOX head of strides 8, 16 and 32 that finds an object of `best_class` in every cell of every
/// picture: "images" [1,3,H,W] to "output" [1,N,8]. Graphs differ by size and weights_in alone. Writes the
/// weights, too, if weights_in is a file's name; makes folders. Returns `path`.
std::string write_onnx_detector(const std::string& path, const OnnxDetector& detector = {});

}  // namespace weir::testing
