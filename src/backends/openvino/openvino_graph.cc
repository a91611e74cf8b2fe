// SPDX-License-Identifier: Apache-2.0
#include "backends/openvino/openvino_graph.h"

#include <filesystem>
#include <sstream>

#include <fmt/format.h>
#include <openvino/core/preprocess/pre_post_process.hpp>
#include <openvino/frontend/manager.hpp>

#include "backends/openvino/openvino_formulas.h"
#include "backends/openvino/openvino_model.h"
#include "infer/class_names.h"
#include "infer/model_files.h"

namespace weir::openvino {
namespace {

Result<std::shared_ptr<ov::Model>> read_file(const std::string& path) {
  const std::string extension = std::filesystem::path(path).extension().string();
  std::error_code absent;
  if (!std::filesystem::is_regular_file(path, absent)) {
    return Error{ErrorCode::kNotFound, fmt::format("no such model file: '{}'", path)};
  }
  if (extension != ".onnx" && extension != ".xml") {
    return Error{ErrorCode::kInvalidArgument,
                 fmt::format("model '{}' is neither ONNX (.onnx) nor OpenVINO IR (.xml)", path)};
  }
  // What it is made of is there and lies where it may, before the reader opens any of it.
  if (const auto files = model_files(path); !files) return files.error();
  try {
    // Named, so that a damaged file is not offered to the readers of every other format.
    ov::frontend::FrontEndManager manager;
    const auto frontend = manager.load_by_framework(extension == ".onnx" ? "onnx" : "ir");
    const auto input = frontend->load(path);
    if (input == nullptr) {
      return Error{ErrorCode::kInvalidArgument, fmt::format("model '{}' is damaged: nothing in it", path)};
    }
    return frontend->convert(input);
  } catch (const std::exception& error) {
    return Error{ErrorCode::kInvalidArgument,
                 fmt::format("model '{}' is damaged or not a model: {}", path, cause(error))};
  }
}

/// Where the picture's channels are in a shape of four, by the dimension of 3.
Result<ov::Layout> picture_layout(const ov::Model& model, const std::string& path) {
  if (model.inputs().size() == 1) {
    const ov::PartialShape& shape = model.input().get_partial_shape();
    if (shape.rank() == 4 && shape[1] == 3) return ov::Layout("NCHW");
    if (shape.rank() == 4 && shape[3] == 3) return ov::Layout("NHWC");
  }
  std::ostringstream found;
  if (model.inputs().empty()) found << " none";
  for (const auto& input : model.inputs()) found << ' ' << input.get_any_name() << input.get_partial_shape();
  return Error{ErrorCode::kInvalidArgument,
               fmt::format("model '{}' doesn't take one picture of three channels: its inputs are{}", path,
                           found.str())};
}

Result<InputSize> choose_size(const ov::Model& model, const ov::Layout& layout, const ModelSpec& spec) {
  if (spec.input_size) return *spec.input_size;
  const ov::PartialShape& shape = model.input().get_partial_shape();
  const ov::Dimension& height = shape[ov::layout::height_idx(layout)];
  const ov::Dimension& width = shape[ov::layout::width_idx(layout)];
  if (height.is_dynamic() || width.is_dynamic()) {
    return Error{
        ErrorCode::kInvalidArgument,
        fmt::format("model '{}' has no input size of its own: give one with --input-size", spec.path)};
  }
  return InputSize{static_cast<int>(width.get_length()), static_cast<int>(height.get_length())};
}

Status resize(ov::Model& model, const ov::Layout& layout, InputSize size, const std::string& path) {
  ov::PartialShape shape = model.input().get_partial_shape();
  shape[ov::layout::batch_idx(layout)] = 1;
  shape[ov::layout::height_idx(layout)] = size.height_px;
  shape[ov::layout::width_idx(layout)] = size.width_px;
  if (shape == model.input().get_partial_shape()) return {};
  try {
    model.reshape(shape);
  } catch (const std::exception&) {
    return Error{ErrorCode::kUnsupported,
                 fmt::format("model '{}' can't take an input of {}x{}", path, size.width_px, size.height_px)};
  }
  return {};
}

Result<TensorInfo> output_info(const ov::Output<ov::Node>& output) {
  TensorInfo info;
  info.name = output.get_names().empty() ? "output" : output.get_any_name();
  if (output.get_partial_shape().is_dynamic()) {
    return Error{ErrorCode::kUnsupported, fmt::format("output '{}' has no fixed shape", info.name)};
  }
  for (const size_t dimension : output.get_shape()) info.shape.push_back(static_cast<int64_t>(dimension));
  info.type = ElementType::kF32;
  info.size_bytes = static_cast<size_t>(info.elements()) * sizeof(float);
  return info;
}

/// u8 NHWC in, whatever the network computes inside, f32 out.
std::shared_ptr<ov::Model> with_byte_input(const std::shared_ptr<ov::Model>& model,
                                           const ov::Layout& layout) {
  ov::preprocess::PrePostProcessor processor(model);
  const ov::element::Type wanted = model->input().get_element_type();
  processor.input().tensor().set_element_type(ov::element::u8).set_layout("NHWC");
  processor.input().model().set_layout(layout);
  processor.input().preprocess().convert_element_type(wanted);
  for (size_t i = 0; i < model->outputs().size(); ++i) {
    processor.output(i).tensor().set_element_type(ov::element::f32);
  }
  return processor.build();
}

}  // namespace

Result<Graph> read_graph(const ModelSpec& spec) {
  WEIR_ASSIGN_OR_RETURN(auto model, read_file(spec.path));
  WEIR_ASSIGN_OR_RETURN(const ov::Layout layout, picture_layout(*model, spec.path));
  WEIR_ASSIGN_OR_RETURN(const InputSize size, choose_size(*model, layout, spec));
  WEIR_RETURN_IF_ERROR(resize(*model, layout, size, spec.path));

  Graph graph;
  graph.weights_bytes = bytes_of_constants(*model);
  graph.info.path = spec.path;
  graph.info.backend = "openvino";
  graph.info.input_size = size;
  graph.info.class_names = parse_class_names(class_names_text(*model));
  try {
    graph.info.formulas = read_formulas(*model);
    graph.model = with_byte_input(model, layout);
  } catch (const std::exception& error) {
    return Error{ErrorCode::kInvalidArgument, fmt::format("model '{}': {}", spec.path, cause(error))};
  }
  const size_t row_bytes = static_cast<size_t>(size.width_px) * 3;
  graph.info.inputs = {{.name = graph.model->input().get_any_name(),
                        .shape = {1, size.height_px, size.width_px, 3},
                        .type = ElementType::kU8,
                        .layout = Layout::kNhwc,
                        .row_stride_bytes = row_bytes,
                        .size_bytes = row_bytes * static_cast<size_t>(size.height_px)}};
  for (const auto& output : graph.model->outputs()) {
    WEIR_ASSIGN_OR_RETURN(TensorInfo info, output_info(output));
    graph.info.outputs.push_back(std::move(info));
  }
  return graph;
}

}  // namespace weir::openvino
