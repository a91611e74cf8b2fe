// SPDX-License-Identifier: Apache-2.0
// Between the bytes of RKNN programs (types, layouts, strides, quantisation) and the float32 that the network
// computes with. Pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "backends/rknn/abi/rknn_api.h"

namespace weir::rknn_host {

/// A tensor as four dimensions. One that has not four is a single row: every layout of it is the same.
struct Extent {
  size_t n = 1;
  size_t c = 1;
  size_t h = 1;
  size_t w = 1;

  [[nodiscard]] size_t elements() const { return n * c * h * w; }
  bool operator==(const Extent&) const = default;
};

/// How a tensor lies in memory.
struct Packing {
  rknn_tensor_type type = RKNN_TENSOR_FLOAT32;
  rknn_tensor_format fmt = RKNN_TENSOR_NCHW;  ///< UNDEFINED is taken for NCHW
  size_t w_stride = 0;                        ///< elements (of one channel) from row to row; 0: the width
  size_t h_stride = 0;                        ///< rows from picture to picture; 0: the height
  size_t c2 = 1;                              ///< NC1HWC2: channels that lie side by side

  /// No padding in it.
  [[nodiscard]] bool tight(const Extent& extent) const {
    return (w_stride == 0 || w_stride == extent.w) && (h_stride == 0 || h_stride == extent.h);
  }
};

/// What integers of a quantised tensor mean: real = (stored - zero_point) * scale.
struct Quantization {
  float scale = 1;
  int32_t zero_point = 0;
};

/// real = (number - offset) * factor
struct Affine {
  float offset = 0;
  float factor = 1;
};

/// Bytes of one element; 0 for types that are not converted (INT4, BFLOAT16 and what is no type).
[[nodiscard]] size_t size_of(rknn_tensor_type type);

/// INT8 or UINT8: stored with scale and zero point.
[[nodiscard]] bool is_quantized(rknn_tensor_type type);

/// From the first byte to behind the last, with padding. The strides must be at most 2^20.
[[nodiscard]] size_t packed_bytes(const Extent& extent, const Packing& packing);

/// Reads numbers of any type and layout, applies `affine` (one for all channels, or one per channel), and
/// writes `extent` as float32 without padding in the layout `order` (NCHW or NHWC). `from` needs no
/// alignment.
void unpack(const uint8_t* from, const Packing& packing, const Extent& extent, std::span<const Affine> affine,
            rknn_tensor_format order, float* to);

/// Writes float32 that lie as NCHW without padding in any type and layout. Integers of 8 bits are quantised:
/// value / scale + zero_point, rounded half to even, saturated, NaN as zero_point. Padding stays as it is,
/// except the channels that fill up the last NC1HWC2 block: zero.
void pack(const float* from, const Extent& extent, const Quantization& quantization, const Packing& packing,
          uint8_t* to);

/// Any layout and strides of 8-bit pixels to NHWC without padding.
void gather_pixels(const uint8_t* from, const Packing& packing, const Extent& extent, uint8_t* to);

/// The value that is left of `value` once it was stored in 8 bits of `type`.
[[nodiscard]] float through_quantization(float value, rknn_tensor_type type,
                                         const Quantization& quantization);

}  // namespace weir::rknn_host
