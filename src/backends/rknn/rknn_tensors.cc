// SPDX-License-Identifier: Apache-2.0
#include "backends/rknn/rknn_tensors.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <memory>
#include <span>

#include <fmt/format.h>

#include "infer/class_names.h"

namespace weir {
namespace {

constexpr uint32_t kChannels = 3;

std::optional<ElementType> element_type(rknn_tensor_type type) {
  switch (type) {
    case RKNN_TENSOR_FLOAT32:
      return ElementType::kF32;
    case RKNN_TENSOR_FLOAT16:
      return ElementType::kF16;
    case RKNN_TENSOR_BFLOAT16:
      return ElementType::kBf16;
    case RKNN_TENSOR_INT8:
      return ElementType::kI8;
    case RKNN_TENSOR_UINT8:
      return ElementType::kU8;
    case RKNN_TENSOR_INT32:
      return ElementType::kI32;
    case RKNN_TENSOR_INT64:
      return ElementType::kI64;
    default:
      return std::nullopt;
  }
}

Layout layout_of(rknn_tensor_format format) {
  switch (format) {
    case RKNN_TENSOR_NCHW:
      return Layout::kNchw;
    case RKNN_TENSOR_NHWC:
      return Layout::kNhwc;
    case RKNN_TENSOR_NC1HWC2:
      return Layout::kNc1hwc2;
    default:
      return Layout::kUnknown;
  }
}

/// What a model computes is built into it, and shows in the type of what it reads. A PC has no NPU: there it
/// is f32 whatever the tensors are.
Precision precision_of(const RknnLibrary& library, rknn_tensor_type input) {
  if (library.host_runtime) return Precision::kF32;
  switch (input) {
    case RKNN_TENSOR_FLOAT32:
      return Precision::kF32;
    case RKNN_TENSOR_BFLOAT16:
      return Precision::kBf16;
    case RKNN_TENSOR_FLOAT16:
      return Precision::kF16;
    default:
      return Precision::kI8;
  }
}

std::span<const uint32_t> dimensions(const rknn_tensor_attr& attr) {
  return std::span(attr.dims).first(std::min<size_t>(attr.n_dims, RKNN_MAX_DIMS));
}

std::string name_of(const rknn_tensor_attr& attr) {
  return {attr.name, strnlen(attr.name, sizeof(attr.name))};
}

Result<rknn_tensor_attr> query_attr(const RknnLibrary& library, rknn_context context, rknn_query_cmd command,
                                    uint32_t index) {
  rknn_tensor_attr attr{};
  attr.index = index;
  const bool input = command == RKNN_QUERY_INPUT_ATTR || command == RKNN_QUERY_CURRENT_INPUT_ATTR;
  WEIR_RETURN_IF_ERROR(
      query(library, context, command, input ? "rknn_query of the input" : "rknn_query of an output", attr));
  return attr;
}

/// The picture that dimensions [1,H,W,3] or [1,3,H,W] hold.
std::optional<InputSize> picture_size(std::span<const uint32_t> dims, rknn_tensor_format format) {
  if (dims.size() < 4 || dims[0] != 1) return std::nullopt;
  const auto size = [](uint32_t width, uint32_t height) {
    return InputSize{static_cast<int>(width), static_cast<int>(height)};
  };
  if (format == RKNN_TENSOR_NHWC && dims[3] == kChannels) return size(dims[2], dims[1]);
  if (format == RKNN_TENSOR_NCHW && dims[1] == kChannels) return size(dims[3], dims[2]);
  return std::nullopt;
}

Error cannot_take(InputSize size) {
  return {ErrorCode::kUnsupported,
          fmt::format("can't take an input of {}x{}", size.width_px, size.height_px)};
}

/// Of the shapes that a model was converted with, that of `size`, for rknn_set_input_shapes.
Result<rknn_tensor_attr> shape_of_size(const RknnLibrary& library, rknn_context context,
                                       rknn_tensor_attr attr, InputSize size) {
  const auto range = std::make_unique<rknn_input_range>();  // 32 KB
  if (library.set_input_shapes == nullptr ||
      library.query(context, RKNN_QUERY_INPUT_DYNAMIC_RANGE, range.get(), sizeof(*range)) != RKNN_SUCC) {
    return cannot_take(size);
  }
  const uint32_t shapes = std::min<uint32_t>(range->shape_number, RKNN_MAX_DYNAMIC_SHAPE_NUM);
  for (uint32_t i = 0; i < shapes; ++i) {
    const auto dims = std::span(range->dyn_range[i]).first(std::min<size_t>(range->n_dims, RKNN_MAX_DIMS));
    if (picture_size(dims, range->fmt) != size) continue;
    attr.fmt = range->fmt;
    std::ranges::copy(dims, attr.dims);
    return attr;
  }
  return cannot_take(size);
}

/// From one row to the next, in pixels. Where the converted input says nothing, what the hardware reads does.
uint32_t row_pixels(const RknnLibrary& library, rknn_context context, const rknn_tensor_attr& attr,
                    rknn_query_cmd native_command, uint32_t width) {
  if (attr.w_stride != 0) return std::max(attr.w_stride, width);
  rknn_tensor_attr native{};
  const bool told = library.query(context, native_command, &native, sizeof(native)) == RKNN_SUCC;
  return told && native.fmt == RKNN_TENSOR_NHWC ? std::max(native.w_stride, width) : width;
}

TensorInfo output_info(const rknn_tensor_attr& attr, ElementType type) {
  TensorInfo info{.name = name_of(attr), .type = type, .layout = layout_of(attr.fmt)};
  for (const uint32_t dimension : dimensions(attr)) info.shape.push_back(dimension);
  if (attr.qnt_type == RKNN_TENSOR_QNT_AFFINE_ASYMMETRIC) {
    info.scale = attr.scale;
    info.zero_point = attr.zp;
  } else if (attr.qnt_type == RKNN_TENSOR_QNT_DFP) {
    info.scale = std::ldexp(1.0F, -attr.fl);
  }
  info.size_bytes = static_cast<size_t>(info.elements()) * size_of(type);
  return info;
}

/// Fills in what depends on the input: a picture of `tensors.info.input_size` in rows of `row_pixels`.
void describe_input(const rknn_tensor_attr& attr, uint32_t row_pixels, RknnTensors& tensors) {
  const auto width = static_cast<uint32_t>(tensors.info.input_size.width_px);
  const auto height = static_cast<uint32_t>(tensors.info.input_size.height_px);
  const uint32_t row_bytes = row_pixels * kChannels;
  tensors.info.inputs = {{.name = name_of(attr),
                          .shape = {1, height, width, kChannels},
                          .type = ElementType::kU8,
                          .layout = Layout::kNhwc,
                          .row_stride_bytes = row_bytes,
                          .size_bytes = size_t{row_bytes} * height}};
  tensors.input_bytes = std::max(row_bytes * height, attr.size_with_stride);
  tensors.input = attr;
  tensors.input.type = RKNN_TENSOR_UINT8;
  tensors.input.fmt = RKNN_TENSOR_NHWC;
  std::ranges::copy(std::array{1U, height, width, kChannels}, tensors.input.dims);
  tensors.input.size = height * width * kChannels;
  tensors.input.w_stride = row_pixels;
  tensors.input.pass_through = 0;
}

Status read_input(const RknnLibrary& library, rknn_context context, const std::optional<InputSize>& size,
                  RknnTensors& tensors) {
  WEIR_ASSIGN_OR_RETURN(rknn_tensor_attr attr, query_attr(library, context, RKNN_QUERY_INPUT_ATTR, 0));
  const std::optional<InputSize> own = picture_size(dimensions(attr), attr.fmt);
  if (!own) {
    return Error{ErrorCode::kInvalidArgument,
                 fmt::format("doesn't take one picture of three channels: its input '{}' is {}",
                             name_of(attr), fmt::join(dimensions(attr), "x"))};
  }
  tensors.info.precision = precision_of(library, attr.type);
  tensors.info.input_size = size.value_or(*own);
  rknn_query_cmd native_command = RKNN_QUERY_NATIVE_INPUT_ATTR;
  if (tensors.info.input_size != *own) {
    WEIR_ASSIGN_OR_RETURN(tensors.shape, shape_of_size(library, context, attr, *size));
    WEIR_RETURN_IF_ERROR(
        rknn_status("rknn_set_input_shapes", library.set_input_shapes(context, 1, &*tensors.shape)));
    WEIR_ASSIGN_OR_RETURN(attr, query_attr(library, context, RKNN_QUERY_CURRENT_INPUT_ATTR, 0));
    native_command = RKNN_QUERY_CURRENT_NATIVE_INPUT_ATTR;
  }
  const auto width = static_cast<uint32_t>(tensors.info.input_size.width_px);
  describe_input(attr, row_pixels(library, context, attr, native_command, width), tensors);
  return {};
}

/// A PC computes f32 and rounds to what a board would give, unless it is asked not to.
void take_as_floats(rknn_tensor_attr& attr) {
  attr.type = RKNN_TENSOR_FLOAT32;
  attr.size = attr.size_with_stride = attr.n_elems * sizeof(float);
}

Status read_outputs(const RknnLibrary& library, rknn_context context, uint32_t count, RknnTensors& tensors) {
  const rknn_query_cmd command = tensors.shape ? RKNN_QUERY_CURRENT_OUTPUT_ATTR : RKNN_QUERY_OUTPUT_ATTR;
  for (uint32_t i = 0; i < count; ++i) {
    WEIR_ASSIGN_OR_RETURN(rknn_tensor_attr attr, query_attr(library, context, command, i));
    if (library.host_runtime && attr.type == RKNN_TENSOR_FLOAT16) take_as_floats(attr);
    const std::optional<ElementType> type = element_type(attr.type);
    if (!type) {
      return Error{ErrorCode::kUnsupported,
                   fmt::format("output '{}' has elements of RKNN's type {}, which weir doesn't read",
                               name_of(attr), static_cast<int>(attr.type))};
    }
    tensors.outputs.push_back(attr);
    tensors.info.outputs.push_back(output_info(attr, *type));
  }
  return {};
}

}  // namespace

uint32_t RknnTensors::output_bytes(size_t i) const {
  return std::max(static_cast<uint32_t>(info.outputs[i].size_bytes), outputs[i].size_with_stride);
}

Result<RknnTensors> read_tensors(const RknnLibrary& library, rknn_context context,
                                 const std::optional<InputSize>& size) {
  rknn_input_output_num count{};
  WEIR_RETURN_IF_ERROR(WEIR_RKNN_QUERY(library, context, RKNN_QUERY_IN_OUT_NUM, count));
  if (count.n_input != 1) {
    return Error{ErrorCode::kInvalidArgument,
                 fmt::format("doesn't take one picture: it has {} inputs", count.n_input)};
  }
  RknnTensors tensors;
  WEIR_RETURN_IF_ERROR(read_input(library, context, size, tensors));
  WEIR_RETURN_IF_ERROR(read_outputs(library, context, count.n_output, tensors));
  rknn_custom_string names{};  // what was given to the toolkit as custom_string
  if (library.query(context, RKNN_QUERY_CUSTOM_STRING, &names, sizeof(names)) == RKNN_SUCC) {
    tensors.info.class_names = parse_class_names({names.string, strnlen(names.string, sizeof(names.string))});
  }
  return tensors;
}

}  // namespace weir
