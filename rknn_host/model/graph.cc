// SPDX-License-Identifier: Apache-2.0
#include "rknn_host/model/graph.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <openvino/core/preprocess/pre_post_process.hpp>
#include <openvino/op/constant.hpp>
#include <openvino/runtime/properties.hpp>

#include "backends/openvino/openvino_model.h"
#include "rknn_host/failure.h"

namespace weir::rknn_host {
namespace {

[[noreturn]] void invalid(const std::string& label, const std::string& what) {
  throw Failure(RKNN_ERR_MODEL_INVALID, fmt::format("model {}: {}", label, what));
}

template <class Port>
std::string name_of(const Port& port, const char* kind, size_t index) {
  return port.get_names().empty() ? fmt::format("{}{}", kind, index) : port.get_any_name();
}

/// Applies what the map says of the tensor, and ticks it off.
void apply(const std::map<std::string, TensorEntry>& entries, TensorSpec& spec, size_t& applied,
           const std::string& label) {
  const auto found = entries.find(spec.name);
  if (found == entries.end()) return;
  ++applied;
  spec.type = found->second.type;
  spec.quantization = found->second.quantization;
  spec.mean = found->second.mean;
  spec.deviation = found->second.deviation;
  for (const size_t count : {spec.mean.size(), spec.deviation.size()}) {
    if (count > 1 && count != spec.extent().c) {
      invalid(label, fmt::format("input '{}' has {} channels, WEIR_RKNN_HOST_MAP gives mean or std for {}",
                                 spec.name, spec.extent().c, count));
    }
  }
}

/// 3 at the end and not in the second place: height, width, channels.
bool looks_channels_last(const ov::PartialShape& shape) {
  return shape.rank() == 4 && shape[3] == 3 && shape[1] != 3;
}

void prepare_picture(ov::preprocess::InputInfo& info, const TensorSpec& spec,
                     const ov::element::Type& wanted) {
  info.tensor().set_element_type(ov::element::u8).set_layout("NHWC");
  info.model().set_layout(spec.channels_last ? "NHWC" : "NCHW");
  if (spec.mean.empty() && spec.deviation.empty()) {
    info.preprocess().convert_element_type(wanted);
    return;
  }
  info.preprocess().convert_element_type(ov::element::f32);
  const auto per_channel = [&](const std::vector<float>& numbers) {
    return numbers.size() == 1 ? std::vector<float>(spec.extent().c, numbers[0]) : numbers;
  };
  if (!spec.mean.empty()) info.preprocess().mean(per_channel(spec.mean));
  if (!spec.deviation.empty()) info.preprocess().scale(per_channel(spec.deviation));
  info.preprocess().convert_element_type(wanted);
}

std::shared_ptr<ov::Model> with_form(const std::shared_ptr<ov::Model>& model, Form form,
                                     const Signature& signature) {
  ov::preprocess::PrePostProcessor processor(model);
  for (size_t i = 0; i < signature.inputs.size(); ++i) {
    const ov::element::Type wanted = model->input(i).get_element_type();
    if (form == Form::kPixels && signature.inputs[i].is_picture()) {
      prepare_picture(processor.input(i), signature.inputs[i], wanted);
    } else {
      processor.input(i).tensor().set_element_type(ov::element::f32);
      processor.input(i).preprocess().convert_element_type(wanted);
    }
  }
  for (size_t i = 0; i < signature.outputs.size(); ++i) {
    processor.output(i).tensor().set_element_type(ov::element::f32);
  }
  return processor.build();
}

}  // namespace

bool Signature::has_pictures() const {
  return std::ranges::any_of(inputs, &TensorSpec::is_picture);
}

void set_shapes(ov::Model& model, const ShapeSet& shapes, const std::string& label) {
  std::map<ov::Output<ov::Node>, ov::PartialShape> wanted;
  if (!shapes.empty() && shapes.size() != model.inputs().size()) {
    invalid(label, fmt::format("it has {} inputs, dynamic_shapes in WEIR_RKNN_HOST_MAP gives {}",
                               model.inputs().size(), shapes.size()));
  }
  for (size_t i = 0; i < model.inputs().size(); ++i) {
    ov::PartialShape shape = model.input(i).get_partial_shape();
    if (!shapes.empty()) shape = ov::PartialShape(ov::Shape(shapes[i].begin(), shapes[i].end()));
    if (shape.rank().is_static() && shape.size() > 0 && shape[0].is_dynamic()) shape[0] = 1;
    if (shape.is_dynamic()) {
      invalid(label, fmt::format("input '{}' has no shape of its own: give it one with dynamic_shapes in "
                                 "WEIR_RKNN_HOST_MAP",
                                 name_of(model.input(i), "input", i)));
    }
    wanted[model.input(i)] = shape;
  }
  try {
    model.reshape(wanted);
  } catch (const std::exception& error) {
    invalid(label, fmt::format("it can't take these input shapes: {}", openvino::cause(error)));
  }
}

Signature read_signature(const ov::Model& model, const ModelEntry& entry, const std::string& label) {
  // So looks, to its reader, an empty file.
  if (model.inputs().empty() || model.outputs().empty()) invalid(label, "it has no input or no output");
  Signature signature;
  size_t inputs_applied = 0;
  size_t outputs_applied = 0;
  for (size_t i = 0; i < model.inputs().size(); ++i) {
    const auto port = model.input(i);
    const ov::Shape shape = port.get_shape();
    TensorSpec spec{
        .name = name_of(port, "input", i), .is_input = true, .shape = {shape.begin(), shape.end()}};
    spec.channels_last = looks_channels_last(shape);
    apply(entry.inputs, spec, inputs_applied, label);
    signature.inputs.push_back(std::move(spec));
  }
  for (size_t i = 0; i < model.outputs().size(); ++i) {
    const auto port = model.output(i);
    TensorSpec spec{.name = name_of(port, "output", i), .is_input = false};
    if (port.get_partial_shape().is_dynamic())
      invalid(label, fmt::format("output '{}' has no fixed shape", spec.name));
    const ov::Shape shape = port.get_shape();
    spec.shape = {shape.begin(), shape.end()};
    apply(entry.outputs, spec, outputs_applied, label);
    signature.outputs.push_back(std::move(spec));
  }
  if (inputs_applied != entry.inputs.size() || outputs_applied != entry.outputs.size()) {
    invalid(label, "WEIR_RKNN_HOST_MAP names an input or output that it has not");
  }
  return signature;
}

int64_t largest_operation_bytes(const ov::Model& model) {
  size_t most = 0;
  for (const auto& node : model.get_ops()) {
    size_t elements = 0;
    for (const auto& output : node->outputs()) {
      if (output.get_partial_shape().is_static()) elements += ov::shape_size(output.get_shape());
    }
    for (const auto& input : node->inputs()) {
      const bool is_weight = ov::is_type<ov::op::v0::Constant>(input.get_source_output().get_node());
      if (!is_weight && input.get_partial_shape().is_static()) elements += ov::shape_size(input.get_shape());
    }
    most = std::max(most, elements);
  }
  return static_cast<int64_t>(most * sizeof(float));
}

Graph::Graph(ov::Core& core, const std::shared_ptr<ov::Model>& model, Form form, Signature signature,
             const Options& options, const std::string& label)
    : signature_(std::move(signature)), form_(form) {
  try {
    compiled_ = core.compile_model(
        with_form(model, form, signature_), "CPU", ov::num_streams(options.parallel_runs),
        ov::inference_num_threads(options.parallel_runs), ov::hint::enable_cpu_pinning(false),
        ov::hint::inference_precision(ov::element::f32), ov::enable_profiling(options.profiling));
  } catch (const std::exception& error) {
    invalid(label, fmt::format("it can't be compiled: {}", openvino::cause(error)));
  }
}

ov::Shape Graph::input_shape(size_t i) const {
  const TensorSpec& spec = signature_.inputs[i];
  if (!takes_pixels(i)) return {spec.shape.begin(), spec.shape.end()};
  const Extent extent = spec.extent();
  return {extent.n, extent.h, extent.w, extent.c};
}

ov::InferRequest Graph::new_request() const {
  return compiled_.create_infer_request();
}

}  // namespace weir::rknn_host
