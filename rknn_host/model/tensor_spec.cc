// SPDX-License-Identifier: Apache-2.0
#include "rknn_host/model/tensor_spec.h"

#include <algorithm>
#include <cstring>

#include <fmt/ranges.h>

namespace weir::rknn_host {
namespace {

constexpr size_t kRowAlignment = 16;  ///< pixels, as an RK3588 pads the rows of a picture

/// Channels that lie side by side in the device's own layout, by the size of an element: 16 bytes.
size_t native_block(rknn_tensor_type type) {
  return 16 / size_of(type);
}

rknn_tensor_format told_format(const TensorSpec& spec, View view) {
  if (!spec.is_image()) return RKNN_TENSOR_UNDEFINED;
  if (spec.is_input || view == View::kNativeNhwc) return RKNN_TENSOR_NHWC;
  return view == View::kNative ? RKNN_TENSOR_NC1HWC2 : RKNN_TENSOR_NCHW;
}

std::vector<uint32_t> dims_in(const TensorSpec& spec, rknn_tensor_format fmt) {
  const Extent extent = spec.extent();
  const auto n = static_cast<uint32_t>(extent.n);
  const auto c = static_cast<uint32_t>(extent.c);
  const auto h = static_cast<uint32_t>(extent.h);
  const auto w = static_cast<uint32_t>(extent.w);
  const auto c2 = static_cast<uint32_t>(native_block(spec.type));
  switch (fmt) {
    case RKNN_TENSOR_NHWC:
      return {n, h, w, c};
    case RKNN_TENSOR_NCHW:
      return {n, c, h, w};
    case RKNN_TENSOR_NC1HWC2:
      return {n, (c + c2 - 1) / c2, h, w, c2};
    default:
      return {spec.shape.begin(), spec.shape.end()};
  }
}

}  // namespace

bool TensorSpec::is_picture() const {
  if (!is_input || !is_image()) return false;
  const size_t channels = extent().c;
  return channels == 1 || channels == 3 || channels == 4;
}

Extent TensorSpec::extent() const {
  if (!is_image()) {
    size_t elements = 1;
    for (const size_t dimension : shape) elements *= dimension;
    return {.w = elements};
  }
  if (channels_last) return {.n = shape[0], .c = shape[3], .h = shape[1], .w = shape[2]};
  return {.n = shape[0], .c = shape[1], .h = shape[2], .w = shape[3]};
}

std::vector<Affine> TensorSpec::input_affine(bool pass_through) const {
  if (pass_through) {
    if (!is_quantized(type)) return {Affine{}};
    return {{.offset = static_cast<float>(quantization.zero_point), .factor = quantization.scale}};
  }
  std::vector<Affine> affine(std::max<size_t>({mean.size(), deviation.size(), 1}));
  for (size_t i = 0; i < mean.size(); ++i) affine[i].offset = mean[i];
  for (size_t i = 0; i < deviation.size(); ++i) affine[i].factor = 1 / deviation[i];
  return affine;
}

rknn_tensor_attr attributes(const TensorSpec& spec, uint32_t index, View view) {
  rknn_tensor_attr attr{};
  attr.index = index;
  attr.fmt = told_format(spec, view);
  attr.type = spec.type;
  attr.qnt_type = RKNN_TENSOR_QNT_AFFINE_ASYMMETRIC;  // told for half floats, too, with scale 1
  attr.zp = spec.quantization.zero_point;
  attr.scale = spec.quantization.scale;
  spec.name.copy(attr.name, sizeof(attr.name) - 1);
  const std::vector<uint32_t> dims = dims_in(spec, attr.fmt);
  attr.n_dims = static_cast<uint32_t>(std::min<size_t>(dims.size(), RKNN_MAX_DIMS));
  std::copy_n(dims.begin(), attr.n_dims, attr.dims);
  attr.n_elems = 1;
  for (const uint32_t dimension : dims) attr.n_elems *= dimension;
  attr.size = attr.n_elems * static_cast<uint32_t>(size_of(spec.type));
  attr.size_with_stride = attr.size;
  if (spec.is_input && spec.is_image()) {
    const Extent extent = spec.extent();
    attr.w_stride = static_cast<uint32_t>((extent.w + kRowAlignment - 1) / kRowAlignment * kRowAlignment);
    attr.size_with_stride = static_cast<uint32_t>(
        packed_bytes(extent, {.type = spec.type, .fmt = RKNN_TENSOR_NHWC, .w_stride = attr.w_stride}));
  }
  return attr;
}

std::vector<uint32_t> told_dims(const TensorSpec& spec) {
  return dims_in(spec, told_format(spec, View::kPlain));
}

std::string describe(const TensorSpec& spec) {
  return fmt::format("{} [{}]", spec.name, fmt::join(told_dims(spec), ","));
}

}  // namespace weir::rknn_host
