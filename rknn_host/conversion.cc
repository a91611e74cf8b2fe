// SPDX-License-Identifier: Apache-2.0
#include "rknn_host/conversion.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "rknn_host/failure.h"
#include "types/half.h"

namespace weir::rknn_host {
namespace {

/// A half as it is stored: a type of its own, so that it is not taken for a number of 16 bits.
struct Half {
  uint16_t bits;
};

/// Where the elements of one row of one channel lie: `begin`, begin + step, ...
struct Row {
  size_t begin;
  size_t step;
};

size_t row_length(const Extent& extent, const Packing& packing) {
  return packing.w_stride == 0 ? extent.w : packing.w_stride;
}

size_t rows(const Extent& extent, const Packing& packing) {
  return packing.h_stride == 0 ? extent.h : packing.h_stride;
}

size_t blocks(const Extent& extent, const Packing& packing) {
  return (extent.c + packing.c2 - 1) / packing.c2;
}

Row row_of(const Extent& extent, const Packing& packing, size_t n, size_t c, size_t h) {
  const size_t length = row_length(extent, packing);
  const size_t height = rows(extent, packing);
  switch (packing.fmt) {
    case RKNN_TENSOR_NHWC:
      return {(n * height + h) * length * extent.c + c, extent.c};
    case RKNN_TENSOR_NC1HWC2:
      return {((n * blocks(extent, packing) + c / packing.c2) * height + h) * length * packing.c2 +
                  c % packing.c2,
              packing.c2};
    default:
      return {((n * extent.c + c) * height + h) * length, 1};
  }
}

template <class T>
T load(const uint8_t* from, size_t index) {
  T value;
  std::memcpy(&value, from + index * sizeof(T), sizeof(T));
  return value;
}

template <class T>
void store(T value, uint8_t* to, size_t index) {
  std::memcpy(to + index * sizeof(T), &value, sizeof(T));
}

template <class T>
float number(T value) {
  return static_cast<float>(value);
}
float number(Half value) {
  return half_to_float(value.bits);
}

/// The nearest T, saturated.
template <class T>
T nearest(float value) {
  const float rounded = std::nearbyint(value);
  // The float of the greatest integer may be one more than it: so not <=.
  if (!(rounded < static_cast<float>(std::numeric_limits<T>::max()))) return std::numeric_limits<T>::max();
  if (!(rounded > static_cast<float>(std::numeric_limits<T>::min()))) return std::numeric_limits<T>::min();
  return static_cast<T>(rounded);
}

template <class T>
T quantize(float value, const Quantization& quantization) {
  if (std::isnan(value)) value = 0;
  return nearest<T>(value / quantization.scale + static_cast<float>(quantization.zero_point));
}

/// The stored form of `value`.
template <class T>
T stored(float value, const Quantization& quantization) {
  if constexpr (std::is_same_v<T, float>) {
    return value;
  } else if constexpr (std::is_same_v<T, Half>) {
    return Half{float_to_half(value)};
  } else if constexpr (sizeof(T) == 1) {
    return quantize<T>(value, quantization);
  } else {
    return std::isnan(value) ? T{0} : nearest<T>(value);
  }
}

template <class T>
void unpack_as(const uint8_t* from, const Packing& packing, const Extent& extent,
               std::span<const Affine> affine, rknn_tensor_format order, float* to) {
  const Packing target{.fmt = order};
  for (size_t n = 0; n < extent.n; ++n) {
    for (size_t h = 0; h < extent.h; ++h) {
      for (size_t c = 0; c < extent.c; ++c) {
        const Affine& map = affine[affine.size() == 1 ? 0 : c];
        const Row source = row_of(extent, packing, n, c, h);
        const Row row = row_of(extent, target, n, c, h);
        for (size_t w = 0; w < extent.w; ++w) {
          const float value = number(load<T>(from, source.begin + w * source.step));
          to[row.begin + w * row.step] = (value - map.offset) * map.factor;
        }
      }
    }
  }
}

template <class T>
void pack_as(const float* from, const Extent& extent, const Quantization& quantization,
             const Packing& packing, uint8_t* to) {
  const size_t channels =
      packing.fmt == RKNN_TENSOR_NC1HWC2 ? blocks(extent, packing) * packing.c2 : extent.c;
  for (size_t n = 0; n < extent.n; ++n) {
    for (size_t h = 0; h < extent.h; ++h) {
      for (size_t c = 0; c < channels; ++c) {
        const Row target = row_of(extent, packing, n, c, h);
        const float* row = c < extent.c ? from + row_of(extent, {}, n, c, h).begin : nullptr;
        for (size_t w = 0; w < extent.w; ++w) {
          const T value = row == nullptr ? T{} : stored<T>(row[w], quantization);
          store(value, to, target.begin + w * target.step);
        }
      }
    }
  }
}

/// Calls `body` with a value of the C++ type that elements of `type` have.
template <class Body>
void with_type(rknn_tensor_type type, Body&& body) {
  switch (type) {
    case RKNN_TENSOR_FLOAT32:
      return body(float{});
    case RKNN_TENSOR_FLOAT16:
      return body(Half{});
    case RKNN_TENSOR_INT8:
      return body(int8_t{});
    case RKNN_TENSOR_UINT8:
    case RKNN_TENSOR_BOOL:
      return body(uint8_t{});
    case RKNN_TENSOR_INT16:
      return body(int16_t{});
    case RKNN_TENSOR_UINT16:
      return body(uint16_t{});
    case RKNN_TENSOR_INT32:
      return body(int32_t{});
    case RKNN_TENSOR_UINT32:
      return body(uint32_t{});
    case RKNN_TENSOR_INT64:
      return body(int64_t{});
    default:
      throw Failure(RKNN_ERR_PARAM_INVALID, "a tensor type that is not converted");
  }
}

}  // namespace

size_t size_of(rknn_tensor_type type) {
  switch (type) {
    case RKNN_TENSOR_INT8:
    case RKNN_TENSOR_UINT8:
    case RKNN_TENSOR_BOOL:
      return 1;
    case RKNN_TENSOR_FLOAT16:
    case RKNN_TENSOR_INT16:
    case RKNN_TENSOR_UINT16:
      return 2;
    case RKNN_TENSOR_FLOAT32:
    case RKNN_TENSOR_INT32:
    case RKNN_TENSOR_UINT32:
      return 4;
    case RKNN_TENSOR_INT64:
      return 8;
    default:
      return 0;
  }
}

bool is_quantized(rknn_tensor_type type) {
  return type == RKNN_TENSOR_INT8 || type == RKNN_TENSOR_UINT8;
}

size_t packed_bytes(const Extent& extent, const Packing& packing) {
  const size_t channels =
      packing.fmt == RKNN_TENSOR_NC1HWC2 ? blocks(extent, packing) * packing.c2 : extent.c;
  return extent.n * channels * rows(extent, packing) * row_length(extent, packing) * size_of(packing.type);
}

void unpack(const uint8_t* from, const Packing& packing, const Extent& extent, std::span<const Affine> affine,
            rknn_tensor_format order, float* to) {
  with_type(packing.type,
            [&](auto type) { unpack_as<decltype(type)>(from, packing, extent, affine, order, to); });
}

void pack(const float* from, const Extent& extent, const Quantization& quantization, const Packing& packing,
          uint8_t* to) {
  with_type(packing.type,
            [&](auto type) { pack_as<decltype(type)>(from, extent, quantization, packing, to); });
}

void gather_pixels(const uint8_t* from, const Packing& packing, const Extent& extent, uint8_t* to) {
  const Packing target{.type = RKNN_TENSOR_UINT8, .fmt = RKNN_TENSOR_NHWC};
  for (size_t n = 0; n < extent.n; ++n) {
    for (size_t h = 0; h < extent.h; ++h) {
      if (packing.fmt == RKNN_TENSOR_NHWC) {
        std::copy_n(from + row_of(extent, packing, n, 0, h).begin, extent.w * extent.c,
                    to + row_of(extent, target, n, 0, h).begin);
        continue;
      }
      for (size_t c = 0; c < extent.c; ++c) {
        const Row source = row_of(extent, packing, n, c, h);
        const Row row = row_of(extent, target, n, c, h);
        for (size_t w = 0; w < extent.w; ++w)
          to[row.begin + w * row.step] = from[source.begin + w * source.step];
      }
    }
  }
}

float through_quantization(float value, rknn_tensor_type type, const Quantization& quantization) {
  const auto kept = type == RKNN_TENSOR_UINT8 ? static_cast<float>(quantize<uint8_t>(value, quantization))
                                              : static_cast<float>(quantize<int8_t>(value, quantization));
  return (kept - static_cast<float>(quantization.zero_point)) * quantization.scale;
}

}  // namespace weir::rknn_host
