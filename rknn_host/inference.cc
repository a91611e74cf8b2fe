// SPDX-License-Identifier: Apache-2.0
#include "rknn_host/inference.h"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>
#include <openvino/runtime/profiling_info.hpp>

#include "backends/openvino/openvino_model.h"
#include "rknn_host/failure.h"

namespace weir::rknn_host {
namespace {

/// The output's f32 can be computed right where they are wanted.
bool takes_floats_as_they_are(const TensorSpec& spec, const Binding& binding) {
  const bool same_order = !spec.is_image() || binding.packing.fmt == RKNN_TENSOR_NCHW ||
                          binding.packing.fmt == RKNN_TENSOR_UNDEFINED;
  const bool aligned = reinterpret_cast<uintptr_t>(binding.data) % alignof(float) == 0;
  return binding.owner != nullptr && binding.packing.type == RKNN_TENSOR_FLOAT32 && same_order && aligned &&
         !is_quantized(spec.type) && binding.packing.tight(spec.extent());
}

ov::Shape shape_of(const TensorSpec& spec) {
  return {spec.shape.begin(), spec.shape.end()};
}

}  // namespace

Form form_for(const Signature& signature, std::span<const Binding> inputs) {
  for (size_t i = 0; i < signature.inputs.size(); ++i) {
    if (signature.inputs[i].is_picture() && !inputs[i].holds_pixels()) return Form::kNumbers;
  }
  return Form::kPixels;
}

Inference::Inference(std::shared_ptr<const Graph> graph)
    : graph_(std::move(graph)),
      request_(graph_->new_request()),
      staging_(graph_->signature().inputs.size()),
      output_owner_(graph_->signature().outputs.size()) {}

void Inference::warm_up() {
  const size_t inputs = graph_->signature().inputs.size();
  std::vector<ov::Tensor> zeros;
  for (size_t i = 0; i < inputs; ++i) {
    zeros.emplace_back(graph_->takes_pixels(i) ? ov::element::u8 : ov::element::f32, graph_->input_shape(i));
    std::memset(zeros.back().data(), 0, zeros.back().get_byte_size());
    request_.set_input_tensor(i, zeros.back());
  }
  infer();
}

void Inference::run(std::span<const Binding> inputs, std::span<const Binding> outputs) {
  for (size_t i = 0; i < inputs.size(); ++i) set_input(i, inputs[i]);
  for (size_t i = 0; i < outputs.size(); ++i) set_output(i, outputs[i]);
  infer();
  for (size_t i = 0; i < outputs.size(); ++i) {
    if (outputs[i].owner == nullptr || output_owner_[i] != nullptr) continue;
    write_output(output(i), graph_->signature().outputs[i], outputs[i].packing, outputs[i].data);
  }
}

void Inference::set_input(size_t i, const Binding& binding) {
  const TensorSpec& spec = graph_->signature().inputs[i];
  const Extent extent = spec.extent();
  const bool pixels = graph_->takes_pixels(i);
  const ov::element::Type type = pixels ? ov::element::u8 : ov::element::f32;
  if (pixels && binding.packing.fmt == RKNN_TENSOR_NHWC && binding.packing.tight(extent)) {
    request_.set_input_tensor(i, ov::Tensor(type, graph_->input_shape(i), binding.data));
    return;
  }
  if (!staging_[i]) staging_[i] = ov::Tensor(type, graph_->input_shape(i));
  if (pixels) {
    gather_pixels(binding.data, binding.packing, extent, staging_[i].data<uint8_t>());
  } else {
    unpack(binding.data, binding.packing, extent, spec.input_affine(binding.pass_through),
           spec.network_order(), staging_[i].data<float>());
  }
  request_.set_input_tensor(i, staging_[i]);
}

void Inference::set_output(size_t i, const Binding& binding) {
  const TensorSpec& spec = graph_->signature().outputs[i];
  if (takes_floats_as_they_are(spec, binding)) {
    request_.set_output_tensor(i, ov::Tensor(ov::element::f32, shape_of(spec), binding.data));
    output_owner_[i] = binding.owner;
  } else if (output_owner_[i] != nullptr) {
    request_.set_output_tensor(i, ov::Tensor(ov::element::f32, shape_of(spec)));
    output_owner_[i].reset();
  }
}

void Inference::infer() {
  try {
    // Asynchronous, so that OpenVINO's threads compute, one per core, and whoever calls only waits.
    request_.start_async();
    request_.wait();
  } catch (const std::exception& error) {
    throw Failure(RKNN_ERR_FAIL, fmt::format("inference failed: {}", openvino::cause(error)));
  }
}

const float* Inference::output(size_t i) {
  return request_.get_output_tensor(i).data<const float>();
}

std::string Inference::profile() const {
  std::string text =
      fmt::format("{:>5} {:<24} {:<20} {:>10} {}\n", "ID", "OpType", "Implementation", "Time(us)", "Name");
  int id = 0;
  int64_t total_us = 0;
  for (const ov::ProfilingInfo& info : request_.get_profiling_info()) {
    if (info.status != ov::ProfilingInfo::Status::EXECUTED) continue;
    total_us += info.real_time.count();
    text += fmt::format("{:>5} {:<24} {:<20} {:>10} {}\n", id++, info.node_type, info.exec_type,
                        info.real_time.count(), info.node_name);
  }
  return text + fmt::format("Total Operator Elapsed Time(us): {}\n", total_us);
}

void write_output(const float* values, const TensorSpec& spec, const Packing& packing, uint8_t* to) {
  const Extent extent = spec.extent();
  const bool as_floats = packing.type == RKNN_TENSOR_FLOAT32 || packing.type == RKNN_TENSOR_FLOAT16;
  if (as_floats && is_quantized(spec.type)) {
    std::vector<float> kept(extent.elements());
    std::transform(values, values + kept.size(), kept.begin(),
                   [&](float value) { return through_quantization(value, spec.type, spec.quantization); });
    pack(kept.data(), extent, spec.quantization, packing, to);
  } else {
    pack(values, extent, spec.quantization, packing, to);
  }
}

}  // namespace weir::rknn_host
