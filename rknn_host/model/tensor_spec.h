// SPDX-License-Identifier: Apache-2.0
// One input or output of a model as RKNN tells it to programs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "backends/rknn/abi/rknn_api.h"
#include "rknn_host/conversion.h"

namespace weir::rknn_host {

struct TensorSpec {
  std::string name;
  bool is_input = true;
  std::vector<size_t> shape;   ///< as the network has it
  bool channels_last = false;  ///< of a shape of four: the network has it as NHWC, else as NCHW
  rknn_tensor_type type = RKNN_TENSOR_FLOAT16;  ///< as a board would store it
  Quantization quantization;
  std::vector<float> mean;  ///< inputs: subtracted from what is not passed through; one, or one per channel
  std::vector<float> deviation;  ///< inputs: what is then divided by; as many

  [[nodiscard]] bool is_image() const { return shape.size() == 4; }
  /// An input that programs give pixels of 8 bits: 1, 3 or 4 channels.
  [[nodiscard]] bool is_picture() const;
  [[nodiscard]] Extent extent() const;
  [[nodiscard]] rknn_tensor_format network_order() const {
    return channels_last ? RKNN_TENSOR_NHWC : RKNN_TENSOR_NCHW;
  }
  /// What makes the network's numbers of the program's: one for all channels, or one per channel.
  [[nodiscard]] std::vector<Affine> input_affine(bool pass_through) const;
};

/// Which of the layouts that RKNN_QUERY_*_ATTR tell.
enum class View {
  kPlain,       ///< images in as NHWC, out as NCHW
  kNative,      ///< as the device has it: images in as NHWC with rows padded to 16, out as NC1HWC2
  kNativeNhwc,  ///< the same, out as NHWC
};

/// The attributes that rknn_query tells of the `index`-th tensor.
[[nodiscard]] rknn_tensor_attr attributes(const TensorSpec& spec, uint32_t index, View view);

/// The shape of an image input as attributes() tells it, of any other tensor its own.
[[nodiscard]] std::vector<uint32_t> told_dims(const TensorSpec& spec);

/// "images [1,416,416,3]", in the order that programs see.
[[nodiscard]] std::string describe(const TensorSpec& spec);

}  // namespace weir::rknn_host
