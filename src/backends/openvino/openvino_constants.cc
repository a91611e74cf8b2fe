// SPDX-License-Identifier: Apache-2.0
#include "backends/openvino/openvino_constants.h"

#include <algorithm>
#include <string_view>

namespace weir::openvino {
namespace {

constexpr int kMostLevels = 100;  ///< of operations on constants: graphs of detectors have a dozen

bool is_shape_known(const ov::Node& node) {
  return std::string_view(node.get_type_name()) == "ShapeOf" && node.get_input_partial_shape(0).is_static();
}

}  // namespace

Constants::Constants(const ov::Model& model) {
  for (const std::shared_ptr<ov::Node>& node : model.get_ordered_ops()) {
    const auto is_known = [&](const ov::Input<ov::Node>& input) {
      return constant_nodes_.contains(input.get_source_output().get_node());
    };
    const ov::NodeVector::size_type inputs = node->get_input_size();
    const bool is_constant =
        ov::is_type<ov::op::v0::Constant>(node) ||
        (inputs > 0 && (is_shape_known(*node) || std::ranges::all_of(node->inputs(), is_known)));
    if (is_constant) constant_nodes_.insert(node.get());
  }
}

std::shared_ptr<ov::op::v0::Constant> Constants::compute(const ov::Output<ov::Node>& value, int level) {
  if (!constant_nodes_.contains(value.get_node()) || level > kMostLevels) return nullptr;
  if (auto constant = ov::as_type_ptr<ov::op::v0::Constant>(value.get_node_shared_ptr())) return constant;
  const auto [known, is_new] = computed_.try_emplace(value, nullptr);
  if (!is_new) return known->second;
  ov::OutputVector inputs = value.get_node()->input_values();
  for (ov::Output<ov::Node>& input : inputs) {
    if (is_shape_known(*value.get_node())) break;
    const auto constant = compute(input, level + 1);
    if (constant == nullptr) return nullptr;
    input = constant;
  }
  ov::OutputVector outputs(value.get_node()->get_output_size());
  if (!value.get_node()->constant_fold(outputs, inputs)) return nullptr;
  known->second = ov::as_type_ptr<ov::op::v0::Constant>(outputs[value.get_index()].get_node_shared_ptr());
  return known->second;
}

const std::vector<float>* Constants::floats(const ov::Output<ov::Node>& value) {
  if (const auto known = floats_.find(value); known != floats_.end()) return &known->second;
  const auto constant = compute(value);
  return constant == nullptr ? nullptr : &(floats_[value] = constant->cast_vector<float>());
}

const std::vector<int64_t>* Constants::integers(const ov::Output<ov::Node>& value) {
  if (const auto known = integers_.find(value); known != integers_.end()) return &known->second;
  const auto constant = compute(value);
  return constant == nullptr ? nullptr : &(integers_[value] = constant->cast_vector<int64_t>());
}

}  // namespace weir::openvino
